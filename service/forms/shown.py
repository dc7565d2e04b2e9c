"""What a page shows of a form: its visible controls with values and errors, or values to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.forms.schema import Component, Form
from service.forms.typed import number, typed
from service.forms.validate import choices

WAN = Decimal(10000)


@dataclass(frozen=True)
class Control:
    """One visible part: `name` is the HTML name, `value` what stands in it, `error` what is wrong."""

    component: Component
    name: str
    value: Any
    error: str | None
    options: tuple[tuple[str, str], ...]
    required: bool
    inside: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()


def controls(
    form: Form,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    context: Mapping[str, Any],
    now: datetime,
) -> tuple[Control, ...]:
    """The form's parts in order. Conditions are not applied to what is hidden only by an answer still open."""
    names = {**context, **{k: typed(c, values.get(k)) for k, c in form.fields.items()}}
    return tuple(_controls(form.components, values, errors, "", names, context, now))


def _controls(
    components: tuple[Component, ...],
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    prefix: str,
    names: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
) -> Iterator[Control]:
    for component in components:
        if component.hide is not None and component.hide.evaluate(names, now=now) is True:
            continue
        name = prefix + component.key if component.is_input else ""
        value = values.get(component.key) if component.is_input else None
        if component.computed is not None:
            value = component.computed.evaluate(names, now=now)
        required = component.required or (
            component.required_if is not None
            and component.required_if.evaluate(names, now=now) is True
        )
        inside: tuple[Control, ...] = ()
        rows: tuple[tuple[Control, ...], ...] = ()
        if component.type == "group":
            inside = tuple(
                _controls(component.components, values, errors, prefix, names, context, now)
            )
            if not inside:
                continue
        elif component.type == "dynamiclist":
            given = value if isinstance(value, list) else []
            blank = max(int(component.raw.get("defaultRepetitions") or 1), len(given) + 1)
            rows = tuple(
                tuple(
                    _controls(
                        component.components,
                        given[i] if i < len(given) else {},
                        errors,
                        f"{name}[{i}].",
                        names,
                        context,
                        now,
                    )
                )
                for i in range(blank)
            )
        yield Control(
            component, name, value, errors.get(name), choices(component, context) or (), required, inside, rows
        )


def shown_values(
    form: Form, values: Mapping[str, Any], context: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """(label, text) of the values of a submission, for history and print; empty ones are left out."""
    return [
        (component.label, text)
        for key, component in form.fields.items()
        if (text := shown(component, values.get(key), context or {}))
    ]


def shown(component: Component, value: Any, context: Mapping[str, Any]) -> str:
    """A value as people read it: labels of options, 是/否, amounts with 万元."""
    if value in (None, "", []):
        return ""
    if component.type in ("select", "radio", "checklist", "taglist"):
        labels = dict(choices(component, context) or ())
        items = value if isinstance(value, list) else [value]
        return "、".join(labels.get(str(item), str(item)) for item in items)
    if component.type == "checkbox":
        return "是" if value is True else "否"
    if component.type == "number":
        return _amount(component, value)
    if component.type == "filepicker":
        items = value if isinstance(value, list) else [value]
        return "、".join(str(i["name"]) if isinstance(i, Mapping) else str(i) for i in items)
    if component.type == "dynamiclist":
        inner = [c for c in component.components if c.is_input]
        return "；".join(
            "，".join(f"{c.label} {shown(c, row.get(c.key), context)}" for c in inner if row.get(c.key))
            for row in value
        )
    return str(value)


def _amount(component: Component, value: Any) -> str:
    found = number(value)
    if component.properties.get("format") != "money" or not isinstance(found, Decimal):
        return str(value)
    return f"{wan(found)} 万元（{found:,.2f} 元）"


def wan(yuan: Decimal) -> str:
    """Yuan as 万元 with at least two decimals, never rounded across a limit."""
    found = (yuan / WAN).normalize()
    exponent = found.as_tuple().exponent
    digits = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{found:,.{digits}f}"
