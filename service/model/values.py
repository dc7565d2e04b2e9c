"""Values of routing variables, and their canonical JSON.

A value is None, bool, Decimal, str, date, datetime (aware), or a list of strings. In JSON a number
is `{"number": "200000.00"}`, a date `{"date": "2026-03-01"}`, a date-time `{"dateTime": "…Z"}`;
the rest stand for themselves. So a value comes back with its type, and equal values have equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Value = None | bool | Decimal | str | date | datetime | list[str]
Variables = Mapping[str, Value]


def to_json(value: Any) -> Any:
    """The JSON form of a value, or of a list or mapping of values."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal | int):
        return {"number": format(Decimal(value), "f")}
    if isinstance(value, datetime):
        return {"dateTime": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": {str(k): to_json(v) for k, v in value.items()}}
    raise TypeError(f"not a value of a variable: {type(value).__name__}")


def from_json(data: Any) -> Any:
    """The value whose JSON form is `data`; the inverse of `to_json`."""
    if isinstance(data, list):
        return [from_json(item) for item in data]
    if not isinstance(data, dict):
        return data
    ((kind, text),) = data.items()
    if kind == "number":
        return Decimal(text)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "dateTime":
        return datetime.fromisoformat(text)
    return {k: from_json(v) for k, v in text.items()}


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical_json(data: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces (RFC 8785 for our value range: no floats)."""
    return _ENCODER.encode(data).encode()
