"""Where a page ends, as the opaque text that asks for the next one."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from service.model.errors import BadInput


def after_row(at: datetime, key: str) -> str:
    """The cursor behind a row that stands at `at`, `key` in the order of its list."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {key}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, str]:
    """Moment and key of the row behind which to go on. Raises BadInput."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at, _, key = raw.partition(" ")
        moment = datetime.fromisoformat(at)
    except (binascii.Error, ValueError) as wrong:
        raise BadInput("这一页的地址不完整，请从第一页重新翻起。") from wrong
    if moment.tzinfo is None or not key:
        raise BadInput("这一页的地址不完整，请从第一页重新翻起。")
    return moment, key
