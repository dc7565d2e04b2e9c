"""`string()` of a value: how FEEL writes it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from service.feel.far import Far
from service.feel.temporal import text_of
from service.feel.values import Function, Range


def text_of_number(value: Decimal) -> str:
    """Plain notation without trailing zeros; with an exponent when it would be very long."""
    if value.is_zero():
        return "0"
    if value == value.to_integral_value() and abs(value.adjusted()) < 35:
        return format(value.quantize(Decimal(1)) if value.adjusted() < 30 else value, "f").split(
            "."
        )[0]
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain if len(plain) < 60 else str(value)


def text_of_value(value: Any, *, inside: bool = False) -> str | None:
    """The text of a value; strings inside lists, contexts and ranges stand in quotes."""
    if value is None:
        return "null" if inside else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if inside else value
    if isinstance(value, Decimal):
        return text_of_number(value)
    if isinstance(value, date | time | Far):
        return text_of(value)
    if isinstance(value, list):
        return "[" + ", ".join(str(text_of_value(item, inside=True)) for item in value) + "]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_key(k)}: {text_of_value(v, inside=True)}" for k, v in value.items())
            + "}"
        )
    if isinstance(value, Range):
        return _range(value)
    return "function" if isinstance(value, Function) else str(value)


def _key(key: str) -> str:
    plain = all(c.isalnum() or c in "_ ?'.+-*/" for c in key) and key
    return key if plain else '"' + key.replace('"', '\\"') + '"'


def _range(value: Range) -> str:
    start = "" if value.start is None else text_of_value(value.start, inside=True)
    end = "" if value.end is None else text_of_value(value.end, inside=True)
    return (
        f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"
    )
