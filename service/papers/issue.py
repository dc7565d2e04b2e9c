"""A sheet that is handed out: what it was filled from, and the code that binds paper and record."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from service.model.values import canonical_json

CODE = re.compile(r"[A-Z2-7]{20}")


@dataclass(frozen=True)
class Issue:
    """`bundle`: digest of the definitions with the sheet's form; `upto`, `head`: number and hash of the
    project's last event then; `content`: digest of the filled sheet.
    """

    project_key: str
    sheet_id: str
    instance_key: str
    bundle: str
    upto: int
    head: str
    content: str
    printed_at: datetime
    printed_by: str
    printed_by_name: str

    @property
    def code(self) -> str:
        """100 bits over all that the paper rests on, as 20 letters and figures.

        The moment counts by the minute, so that pressing twice hands out one paper.
        """
        about = {
            "project": self.project_key,
            "sheet": self.sheet_id,
            "instance": self.instance_key,
            "bundle": self.bundle,
            "upto": self.upto,
            "head": self.head,
            "content": self.content,
            "at": self.printed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
            "by": self.printed_by,
        }
        return base64.b32encode(hashlib.sha256(canonical_json(about)).digest())[:20].decode()


def code_of(text: str) -> str | None:
    """A code as typed or scanned: small letters, blanks and lines between are forgiven; else None."""
    found = re.sub(r"[\s\-－—]", "", text).upper().replace("0", "O").replace("1", "I")
    return found if CODE.fullmatch(found) else None


def grouped(code: str) -> str:
    """A code in groups of four, to read and to type."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
