"""Values of a submission to read: for history and print."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.forms.options import choices
from service.forms.schema import CHOICES, Component, Form
from service.forms.typed import number

WAN = Decimal(10000)


PAIR = 2  # cells of a row that need no names: what it is about, and what is said of it


def shown_values(
    form: Form, values: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """(label, text) of the values of a submission; empty ones are left out."""
    return [
        (component.label, text)
        for key, component in form.fields.items()
        if (text := shown(component, values.get(key), context or {}))
    ]


def shown(component: Component, value: Any, context: Mapping[str, Any]) -> str:
    """A value as people read it: labels of options, 是/否, amounts with 万元."""
    if value in (None, "", []):
        return ""
    if component.is_money:
        return amount(value)
    if component.type in CHOICES or component.options_from:
        labels = dict(choices(component, context) or ())
        return "、".join(labels.get(str(item), str(item)) for item in _items(value))
    if component.type == "dynamiclist":
        return "；".join(_row(component, row, context) for row in _items(value))
    return _plain_text(component, value)


def _plain_text(component: Component, value: Any) -> str:
    if component.type == "checkbox":
        return "是" if value is True else "否"
    if component.type == "filepicker":
        names = (i["name"] if isinstance(i, Mapping) else i for i in _items(value))
        return "、".join(str(name) for name in names)
    unit = (component.raw.get("appearance") or {}).get("suffixAdorner")
    return f"{value} {unit}" if unit else str(value)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _row(component: Component, row: Any, context: Mapping[str, Any]) -> str:
    if not isinstance(row, Mapping):
        return str(row)
    all_ = ((c.label, shown(c, row.get(k), context)) for k, c in component.columns.items())
    cells = [(label, text) for label, text in all_ if text]
    if len(cells) == PAIR:
        return "：".join(text for _, text in cells)
    return "，".join(f"{label} {text}" for label, text in cells)


def amount(value: Any) -> str:
    """An amount in 万元 with the yuan beside it; what is no number as it stands."""
    found = number(value)
    return str(value) if found is None else f"{wan(found)} 万元（{found:,.2f} 元）"


def wan(yuan: Decimal) -> str:
    """Yuan as 万元 with at least two decimals, never rounded across a limit."""
    whole, _, rest = f"{yuan / WAN:,f}".partition(".")
    return f"{whole}.{rest.rstrip('0'):0<2}"
