"""Check a submission against a form: form-js's rules and ours, on the server.

Keys that the form does not have are errors; hidden, disabled and read-only fields are dropped, as
form-js does; computed fields are computed here and never taken from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.feel import Function
from service.forms.kinds import MAX_ROWS, problem, told
from service.forms.plain import plain
from service.forms.schema import CHOICES, TEXTS, Component, Form
from service.forms.scope import Scope, settle
from service.forms.typed import number

MAX_UNKNOWN = 20


@dataclass
class Checked:
    """`values`: what is kept, JSON-able, by key. `errors`: a sentence by key (`list[0].cell` inside rows)."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def validate(
    form: Form,
    submission: Mapping[str, Any],
    *,
    context: Mapping[str, Any],
    now: datetime,
    functions: Mapping[str, Function] | None = None,
) -> Checked:
    """Check `submission` (JSON values by key); never raises on what it holds.

    `context`: FEEL-ready names for expressions, and lists of options. `functions`: `host_functions`
    of the calendar, needed only by expressions that count working days.
    """
    checked = Checked()
    _refuse_unknown(submission, form.fields, checked, "", "表单里没有这一项，请去掉后再提交。")
    known = {k: _bounded(v) for k, v in submission.items() if k in form.fields}
    _fields(form.components, form.fields, known, Scope(context, now, functions), {}, checked, "")
    return checked


def _bounded(value: Any) -> Any:
    # Expressions see at most one row more than a list may have; the list's own check refuses it.
    return value[: MAX_ROWS + 1] if isinstance(value, list) else value


def _refuse_unknown(
    given: Mapping[str, Any],
    fields: Mapping[str, Component],
    checked: Checked,
    prefix: str,
    sentence: str,
) -> None:
    unknown = [key for key in given if key not in fields or fields[key].computed]
    for key in unknown[:MAX_UNKNOWN]:
        if key not in fields:
            checked.errors[prefix + (told(key) or "?")] = sentence


def _fields(
    components: tuple[Component, ...],
    fields: Mapping[str, Component],
    given: Mapping[str, Any],
    scope: Scope,
    around: Mapping[str, Any],
    checked: Checked,
    prefix: str,
) -> None:
    """Check one level: the form, or a row with the form's names `around` it."""
    names, gone = settle(components, fields, given, scope, around)
    seen = {**around, **names}
    for key, component in fields.items():
        if key in gone or scope.is_readonly(component, seen):
            continue
        if component.computed:
            checked.values[key] = plain(names[key])
            continue
        _field(component, given.get(key), seen, scope, checked, prefix + key)


def _field(
    component: Component,
    value: Any,
    names: Mapping[str, Any],
    scope: Scope,
    checked: Checked,
    name: str,
) -> None:
    if isinstance(value, str) and component.type not in CHOICES:
        value = value.strip()
    if value in (None, "", []) or (component.type == "checkbox" and value is False):
        _absent(component, names, scope, checked, name)
        return
    wrong = problem(component, value, names, scope)
    rows: list[dict[str, Any]] = []
    if wrong is None and component.type == "dynamiclist":
        count = len(checked.errors)
        rows = _rows(component, value, names, scope, checked, name)
        if len(checked.errors) > count:
            return
    if wrong is None and component.rule is not None and not scope.holds(component.rule, names):
        wrong = _broken_rule(component, value)
    if wrong:
        checked.errors[name] = wrong
    else:
        checked.values[component.key] = rows or _normal(component, value)


def _absent(
    component: Component, names: Mapping[str, Any], scope: Scope, checked: Checked, name: str
) -> None:
    rows = component.type == "dynamiclist" and int(component.properties.get("minRows") or 0) > 0
    if rows or scope.is_required(component, names):
        checked.errors[name] = _missing(component)
    elif component.type == "checkbox":
        checked.values[component.key] = False


def _missing(component: Component) -> str:
    if component.type == "dynamiclist":
        least = max(int(component.properties.get("minRows") or 1), 1)
        return f"“{component.label}”至少填 {least} 行。"
    verb = "填写"
    if component.type in CHOICES:
        verb = "选择"
    elif component.type == "filepicker":
        verb = "上传"
    elif component.type == "checkbox":
        verb = "确认并勾选"
    return f"请{verb}“{component.label}”。"


def _broken_rule(component: Component, value: Any) -> str:
    sentence = component.properties.get("ruleMessage") or "填写的内容不符合要求，请核对"
    sentence = sentence.rstrip("。")
    if component.type in ("number", "datetime"):
        return f"{sentence}，现在填的是 {told(value)}。"
    return f"{sentence}。"


def _rows(
    component: Component,
    value: list[Mapping[str, Any]],
    names: Mapping[str, Any],
    scope: Scope,
    checked: Checked,
    name: str,
) -> list[dict[str, Any]]:
    columns = component.columns
    kept = []
    for index, row in enumerate(value):
        part = Checked()
        prefix = f"{name}[{index}]."
        _refuse_unknown(row, columns, part, prefix, "表格里没有这一列，请去掉后再提交。")
        _fields(component.components, columns, row, scope, names, part, prefix)
        kept.append(part.values)
        checked.errors |= part.errors
    return kept


def _normal(component: Component, value: Any) -> Any:
    """A value as it is kept: numbers as text with the form's decimals, the rest as given."""
    if component.type == "number":
        found = number(value)
        assert found is not None
        digits = component.raw.get("decimalDigits")
        return f"{found + 0:.{digits}f}" if isinstance(digits, int) else format(found + 0, "f")
    if component.type == "filepicker":
        files = value if isinstance(value, list) else [value]
        kept = [dict(f) if isinstance(f, Mapping) else f for f in files]
        return kept if component.raw.get("multiple") else kept[0]
    return value.strip() if component.type in TEXTS else value
