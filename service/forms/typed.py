"""Submitted JSON values as FEEL sees them: amounts exact, dates as dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from service.forms.schema import Component, Form


def typed(component: Component, value: Any) -> Any:
    """One value; what does not fit its component is given back as it is."""
    if value in (None, ""):
        return None
    if component.type in ("number", "expression"):
        return number(value)  # a computed text stays a text
    if component.type == "datetime" and isinstance(value, str):
        return moment(value)
    if component.type == "dynamiclist" and isinstance(value, list):
        inner = {c.key: c for c in component.components if c.is_input}
        return [
            {key: typed(inner[key], cell) for key, cell in row.items() if key in inner}
            for row in value
            if isinstance(row, Mapping)
        ]
    return value


def typed_values(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a form by key, FEEL-ready; missing ones are null."""
    return {key: typed(component, values.get(key)) for key, component in form.fields.items()}


def number(value: Any) -> Any:
    """A Decimal, or the value itself when it is no number."""
    if isinstance(value, bool):
        return value
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return value
    return found if found.is_finite() and abs(found.adjusted()) < 30 else value


def moment(value: str) -> Any:
    """A date or date-time from ISO text, or the text itself."""
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        return value
