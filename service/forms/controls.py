"""What a page shows of a form: visible controls with values, errors, options, hints, clauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.forms.options import choices, suggestions
from service.forms.plain import plain
from service.forms.schema import Component, Form
from service.forms.scope import Scope, around_row, seen, settle
from service.forms.shown import amount, shown


@dataclass(frozen=True)
class Control:
    """One visible part: `name` is the HTML name, `value` what stands in it, `error` what is wrong.

    `beside` is the amount in 万元, or the words of a computed choice. A group has its parts `inside`; a
    list has `rows` of controls, the last one blank for a new row.
    """

    component: Component
    name: str
    value: Any
    error: str | None
    options: tuple[tuple[str, str], ...]
    suggestions: tuple[str, ...]
    required: bool
    readonly: bool
    beside: str = ""
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
    """The form's visible parts in order, with `values` as typed by the person, also wrong ones."""
    page = _Page(errors, Scope(context, now))
    names, _ = settle(form.components, form.fields, values, page.scope, {})
    return tuple(page.parts(form.components, values, seen(names, {}), ""))


@dataclass(frozen=True)
class _Page:
    errors: Mapping[str, str]
    scope: Scope

    def parts(
        self,
        components: tuple[Component, ...],
        values: Mapping[str, Any],
        names: Mapping[str, Any],
        prefix: str,
    ) -> Iterator[Control]:
        for component in components:
            if not self.scope.holds(component.hide, names):
                made = self.part(component, values, names, prefix)
                if component.type != "group" or made.inside:
                    yield made

    def part(
        self,
        component: Component,
        values: Mapping[str, Any],
        names: Mapping[str, Any],
        prefix: str,
    ) -> Control:
        name = prefix + component.key if component.is_input else ""
        value = values.get(component.key) if component.is_input else None
        if component.computed:
            value = plain(names.get(component.key))
        grouped = component.type == "group"
        inside = tuple(self.parts(component.components, values, names, prefix)) if grouped else ()
        return Control(
            component,
            name,
            value,
            self.errors.get(name) if name else None,
            choices(component, self.scope.context) or (),
            suggestions(component, self.scope.context),
            self.scope.is_required(component, names) or _needs_rows(component),
            bool(component.computed) or self.scope.is_readonly(component, names),
            _beside(component, value, self.scope.context),
            inside,
            self.rows(component, value, names, name) if component.type == "dynamiclist" else (),
        )

    def rows(
        self, component: Component, value: Any, names: Mapping[str, Any], name: str
    ) -> tuple[tuple[Control, ...], ...]:
        given = (
            [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        )
        made = []
        for index, row in enumerate([*given, {}]):
            around = around_row(names, index)
            cells, _ = settle(component.components, component.columns, row, self.scope, around)
            known, prefix = seen(cells, around), f"{name}[{index}]."
            made.append(tuple(self.parts(component.components, row, known, prefix)))
        return tuple(made)


def _beside(component: Component, value: Any, context: Mapping[str, Any]) -> str:
    if value in (None, ""):
        return ""
    if component.is_money:
        return amount(value)
    return shown(component, value, context) if component.computed and component.options_from else ""


def _needs_rows(component: Component) -> bool:
    return int(component.properties.get("minRows") or 0) > 0
