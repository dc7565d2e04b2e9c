"""A computed value as it is kept in a submission."""

from __future__ import annotations

from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

COMPUTED_PLACES = Decimal("0.000001")


def plain(value: Any) -> Any:
    """A computed value as JSON: numbers and dates as text, whatever else cannot be kept as null."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Decimal):
        short = value.quantize(COMPUTED_PLACES, ROUND_HALF_UP) if abs(value) < 10**18 else value
        text = format(short, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date | time):
        return value.isoformat()
    return [plain(item) for item in value] if isinstance(value, list) else None
