"""Where a page ends, as the opaque text that asks for the next one."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from service.model.errors import BadInput

Place = datetime | str | int


def after_row(place: Place, key: str, order: str = "") -> str:
    """The cursor behind a row that stands at `place`, `key` in the order of its list.

    `order` names the order where a list has several.
    """
    said = place.isoformat() if isinstance(place, datetime) else place
    text = json.dumps([said, key, order], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, str]:
    """Moment and key of the row behind which to go on. Raises BadInput."""
    place, key = read_place(text, datetime)
    assert isinstance(place, datetime)
    return place, key


def read_place(text: str, kind: type, order: str = "") -> tuple[Place, str]:
    """Place (a `kind`: datetime, str or int) and key of the row behind which to go on, in an order.

    Raises BadInput, also for a place in another order.
    """
    wrong = BadInput("这一页的地址不完整，请从第一页重新翻起。")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        said, key, of = json.loads(raw)
        place: Any = datetime.fromisoformat(said) if kind is datetime else said
    except (binascii.Error, ValueError, TypeError, RecursionError) as broken:
        raise wrong from broken
    fits = type(place) is kind and _may_stand(place)
    if not fits or not isinstance(key, str) or not key or of != order:
        raise wrong
    return place, key


def _may_stand(place: Any) -> bool:
    """Whether a database can compare with it: a moment with its zone, a number that fits."""
    if isinstance(place, datetime):
        return place.tzinfo is not None
    return not isinstance(place, int) or abs(place) < 2**62
