"""Check a submission against a form: form-js's rules and ours, on the server.

Keys that the form does not have are errors; hidden, disabled and read-only fields are dropped, as
form-js does; computed fields are computed here and never taken from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.forms.kinds import MAX_ROWS, problem, told
from service.forms.plain import plain
from service.forms.schema import CHOICES, Component, Form
from service.forms.scope import Scope, around_row, seen, settle
from service.forms.typed import number

MAX_UNKNOWN = 20
UNKNOWN = "表单里没有这一项，请去掉后再提交。"


@dataclass
class Checked:
    """`values`: what is kept, JSON-able. `errors`: a sentence by key (in rows `list[0].cell`)."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Level:
    """The form, or one row of a list with the form's names `around` it; `prefix` of error keys."""

    components: tuple[Component, ...]
    fields: Mapping[str, Component]
    scope: Scope
    around: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = ""


def validate(
    form: Form, submission: Mapping[str, Any], *, context: Mapping[str, Any], now: datetime
) -> Checked:
    """Check `submission` (JSON values by key); never raises on what it holds.

    `context`: FEEL-ready names for expressions (variables, facts, `settings`) and lists of options.
    """
    return _check_level(_Level(form.components, form.fields, Scope(context, now)), submission)


def _check_level(level: _Level, submission: Mapping[str, Any]) -> Checked:
    checked = Checked()
    for key in [key for key in submission if key not in level.fields][:MAX_UNKNOWN]:
        checked.errors[level.prefix + (told(key) or "?")] = UNKNOWN
    given = {k: _bounded(v) for k, v in submission.items() if k in level.fields}
    names, gone = settle(level.components, level.fields, given, level.scope, level.around)
    known = seen(names, level.around)
    for key, component in level.fields.items():
        if key in gone or level.scope.is_readonly(component, known):
            continue
        if component.computed:
            checked.values[key] = plain(names[key])
        else:
            _field(component, given.get(key), known, level, checked)
    return checked


def _bounded(value: Any) -> Any:
    # Expressions see at most one row more than a list may have; the list's own check refuses it.
    return value[: MAX_ROWS + 1] if isinstance(value, list) else value


def _field(
    component: Component, value: Any, names: Mapping[str, Any], level: _Level, checked: Checked
) -> None:
    name = level.prefix + component.key
    if isinstance(value, str) and component.type not in CHOICES:
        value = value.strip()
    if value in (None, "", []) or (component.type == "checkbox" and value is False):
        if _rows_wanted(component) or level.scope.is_required(component, names):
            checked.errors[name] = _missing(component)
        elif component.type == "checkbox":
            checked.values[component.key] = False
        return
    wrong = problem(component, value, names, level.scope)
    rows: list[dict[str, Any]] = []
    if wrong is None and component.type == "dynamiclist":
        parts = list(_rows(component, value, names, level))
        rows = [part.values for part in parts]
        if any(part.errors for part in parts):
            checked.errors.update(e for part in parts for e in part.errors.items())
            return
    broken = component.rule is not None and not level.scope.holds(component.rule, names)
    if wrong or broken:
        checked.errors[name] = wrong or _broken_rule(component, value)
    else:
        checked.values[component.key] = rows or _normal(component, value)


def _rows(
    component: Component, value: list[Mapping[str, Any]], names: Mapping[str, Any], level: _Level
) -> Iterator[Checked]:
    for index, row in enumerate(value):
        prefix = f"{level.prefix}{component.key}[{index}]."
        around = around_row(names, index)
        inner = _Level(component.components, component.columns, level.scope, around, prefix)
        yield _check_level(inner, row)


def _rows_wanted(component: Component) -> int:
    return int(component.properties.get("minRows") or 0)


def _missing(component: Component) -> str:
    if component.type == "dynamiclist":
        return f"“{component.label}”至少填 {max(_rows_wanted(component), 1)} 行。"
    verbs = {"filepicker": "上传", "checkbox": "确认并勾选"} | dict.fromkeys(CHOICES, "选择")
    return f"请{verbs.get(component.type, '填写')}“{component.label}”。"


def _broken_rule(component: Component, value: Any) -> str:
    sentence = component.properties.get("ruleMessage") or "填写的内容不符合要求，请核对"
    shown = f"，现在填的是 {told(value)}" if component.type in ("number", "datetime") else ""
    return f"{sentence.rstrip('。')}{shown}。"


def _normal(component: Component, value: Any) -> Any:
    """A value as it is kept: numbers as text with the form's decimals, the rest as given."""
    if component.type == "number":
        found = number(value)
        assert found is not None
        digits = component.raw.get("decimalDigits")
        found = found or found.copy_abs()  # no minus before a zero
        return format(found, f".{digits}f" if isinstance(digits, int) else "f")
    if component.type == "filepicker":
        files = value if isinstance(value, list) else [value]
        kept = [dict(f) if isinstance(f, Mapping) else f for f in files]
        return kept if component.raw.get("multiple") else kept[0]
    return value
