"""What a check of a bundle says: a rule, where, what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.model.errors import Refused

Problem = tuple[str, str]  # rule, sentence
_PLACE = re.compile(r"^(?P<path>[\w./-]+\.\w+)(?::(?P<line>\d+))?[：: ]*")


@dataclass(frozen=True)
class Finding:
    """What is wrong where, and what to do; `rule` is an id of the registry (`service/lint/rules`)."""

    path: str
    line: int
    element: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.element}：{self.text}"


def unreadable(path: str, refused: Refused, rule: str = "readable") -> Finding:
    """The finding of a file that could not be read; a message that begins with file and line gives the line."""
    said = _PLACE.match(refused.message)
    line = int(said["line"]) if said and said["line"] else 1
    text = refused.message[said.end() :] if said else refused.message
    return Finding(path, line, "", rule, text or refused.message)
