"""Submitted JSON values as FEEL sees them: amounts exact, dates as dates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from service.forms.schema import Component, Form

NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?|[+-]?\.[0-9]{1,18}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
YEARS = range(1900, 2200)


def typed(component: Component, value: Any) -> Any:
    """One value, FEEL-ready; null when it is missing or does not fit its component."""
    if value in (None, ""):
        return None
    if component.type == "number":
        return number(value)
    if component.type == "datetime":
        return moment(value, component.raw.get("subtype") or "date")
    if component.type == "dynamiclist":
        rows = value if isinstance(value, list) else []
        return [typed_row(component, row) for row in rows if isinstance(row, Mapping)]
    return value if isinstance(value, str | bool | list) else None


def typed_row(component: Component, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a dynamic list; missing cells are null."""
    return {key: typed(column, row.get(key)) for key, column in component.columns.items()}


def typed_values(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a form by key, FEEL-ready; missing ones are null."""
    return {
        key: computed(values.get(key)) if component.computed else typed(component, values.get(key))
        for key, component in form.fields.items()
    }


def computed(value: Any) -> Any:
    """A kept computed value with its type back: numbers and dates are kept as text."""
    if not isinstance(value, str):
        return value
    found = number(value)
    return found if found is not None else (moment(value, "date") or value)


def number(value: Any) -> Decimal | None:
    """A Decimal from text or an integer (a binary float through its shortest text); else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = format(value, "f") if isinstance(value, Decimal) else str(value).strip()
    return Decimal(text) if NUMBER.fullmatch(text) else None


def moment(value: Any, subtype: str) -> date | datetime | time | None:
    """A date, time or date-time from ISO text; else None."""
    if not isinstance(value, str):
        return None
    try:
        if subtype == "date":
            found = date.fromisoformat(value) if DAY.fullmatch(value) else None
            return found if found and found.year in YEARS else None
        if subtype == "time":
            return time.fromisoformat(value) if CLOCK.fullmatch(value) else None
        day, _, clock = value.partition("T")
        fits = DAY.fullmatch(day) and CLOCK.fullmatch(clock) and int(day[:4]) in YEARS
        return datetime.fromisoformat(value) if fits else None
    except ValueError:
        return None
