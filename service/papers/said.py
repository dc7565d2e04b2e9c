"""A value of a submission in the words of a paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from service.forms import Component, choices, computed, shown, typed, wan
from service.papers.amounts import capital, paper_date


def said(component: Component, value: Any, options: Mapping[str, Any], format_: str = "") -> str:
    """The words for a value; empty when there is none. `format_` is one of template.FORMATS."""
    if value in (None, "", []):
        return ""
    known = computed(value) if component.computed else typed(component, value)
    if isinstance(known, Decimal) and component.is_money:
        return _amount(known, format_)
    if isinstance(known, date):
        return paper_date(known)
    if component.type == "dynamiclist":
        return "；".join(_row(component, row, options) for row in value if isinstance(row, Mapping))
    return shown(component, value, options)


def _amount(yuan: Decimal, format_: str) -> str:
    if format_ == "capital":
        return capital(yuan)
    if format_ == "wan":
        return f"{wan(yuan)} 万元"
    if format_ == "yuan":
        return f"{yuan:,.2f} 元"
    return f"{yuan:,.2f} 元（{wan(yuan)} 万元）"


def _row(component: Component, row: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    cells = (said(c, row.get(key), options, "yuan") for key, c in component.columns.items())
    return "，".join(filter(None, cells))


def boxes_of(
    component: Component, value: Any, options: Mapping[str, Any]
) -> tuple[tuple[str, bool], ...]:
    """The options of a choice, each with whether it was chosen."""
    chosen = value if isinstance(value, list) else [value]
    return tuple((label, v in chosen) for v, label in choices(component, options) or ())
