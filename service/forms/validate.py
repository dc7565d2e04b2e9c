"""Check a submission against a form: form-js's rules and ours, on the server.

Keys that the form does not have are errors; hidden, disabled and read-only fields are dropped, as
form-js does; computed fields are computed here and never taken from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.feel import Expression
from service.forms.schema import CHOICES, Component, Form
from service.forms.typed import moment, number, typed
from service.model.values import to_json

MAX_TEXT = 20_000
MAX_ROWS = 500


@dataclass
class Checked:
    """`values`: what is kept, JSON-able, by key. `errors`: a sentence by key (`list[0].cell` inside rows)."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Scope:
    context: Mapping[str, Any]
    now: datetime

    def of(self, expression: Expression, names: Mapping[str, Any]) -> Any:
        return expression.evaluate({**self.context, **names}, now=self.now)


def validate(
    form: Form, submission: Mapping[str, Any], *, context: Mapping[str, Any], now: datetime
) -> Checked:
    """Check `submission` (JSON values by key). `context`: names for expressions, and lists of options."""
    checked = Checked()
    for key in submission:
        if key not in form.fields:
            checked.errors[str(key)[:80]] = "表单里没有这一项，请去掉后再提交。"
    scope = _Scope(context, now)
    names = {key: typed(c, submission.get(key)) for key, c in form.fields.items()}
    names |= {key: None for key in names if key in hidden(form, names, scope)}
    gone = hidden(form, names, scope)
    _compute(form, names, scope)
    for key, component in form.fields.items():
        if key in gone or component.raw.get("disabled") or component.raw.get("readonly"):
            continue
        if component.type == "expression":
            checked.values[key] = _plain(names[key])
            continue
        _check(component, submission.get(key), names, scope, checked, key)
    return checked


def hidden(form: Form, names: Mapping[str, Any], scope: Any) -> set[str]:
    """Keys of fields that a condition hides (a hidden group hides all in it)."""
    found: set[str] = set()

    def walk(components: tuple[Component, ...], off: bool) -> None:
        for component in components:
            gone = off or (component.hide is not None and scope.of(component.hide, names) is True)
            if component.is_input and gone:
                found.add(component.key)
            if component.type == "group":
                walk(component.components, gone)

    walk(form.components, False)
    return found


def _compute(form: Form, names: dict[str, Any], scope: _Scope) -> None:
    for key, component in form.fields.items():
        if component.computed is not None:
            names[key] = scope.of(component.computed, names)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | bool | None) else to_json(value)


def _check(
    component: Component,
    value: Any,
    names: Mapping[str, Any],
    scope: _Scope,
    checked: Checked,
    key: str,
) -> None:
    if isinstance(value, str):
        value = value.strip() if component.type != "textarea" else value.rstrip()
    empty = value in (None, "", []) or (component.type == "checkbox" and value is not True)
    needed = component.required or (
        component.required_if is not None and scope.of(component.required_if, names) is True
    )
    if empty:
        if needed:
            checked.errors[key] = _missing(component)
        elif component.type == "checkbox":
            checked.values[key] = False
        return
    problem = _KINDS[component.type](component, value, scope)
    if problem is None and component.type == "dynamiclist":
        _rows(component, value, names, scope, checked, key)
        problem = checked.errors.get(key)
        if problem or any(k.startswith(f"{key}[") for k in checked.errors):
            return
    if problem is None and component.rule is not None and scope.of(component.rule, names) is not True:
        problem = component.properties.get("ruleMessage") or "填写的内容不符合要求，请核对。"
    if problem:
        checked.errors[key] = problem
    elif component.type != "dynamiclist":
        checked.values[key] = _normal(component, value)


def _missing(component: Component) -> str:
    verb = "选择" if component.type in CHOICES or component.type == "datetime" else "填写"
    if component.type == "filepicker":
        verb = "上传"
    if component.type == "checkbox":
        return f"请勾选“{component.label}”。"
    if component.type == "dynamiclist":
        return f"请至少填写一行“{component.label}”。"
    return f"请{verb}“{component.label}”。"


def _normal(component: Component, value: Any) -> Any:
    if component.type == "number":
        found = number(value)
        digits = component.raw.get("decimalDigits")
        if isinstance(digits, int):
            found = found.quantize(Decimal(1).scaleb(-digits))
        return format(found, "f")
    return value


def _text(component: Component, value: Any, scope: _Scope) -> str | None:
    if not isinstance(value, str):
        return "这里应是文字。"
    rules = component.rules
    longest = int(rules.get("maxLength") or MAX_TEXT)
    if len(value) > longest:
        return f"最多 {longest} 个字，现在是 {len(value)} 个。"
    if len(value) < int(rules.get("minLength") or 0):
        return f"至少 {rules['minLength']} 个字，现在是 {len(value)} 个。"
    pattern = rules.get("pattern")
    if pattern and not re.search(str(pattern), value):
        return component.properties.get("patternMessage") or "格式不对，请按提示填写。"
    return None


def _number(component: Component, value: Any, scope: _Scope) -> str | None:
    found = number(value) if isinstance(value, str | int | float | Decimal) else value
    if not isinstance(found, Decimal):
        return f"请填数字，现在填的是 {str(value)[:40]}。"
    digits = component.raw.get("decimalDigits")
    exponent = found.normalize().as_tuple().exponent
    if isinstance(digits, int) and isinstance(exponent, int) and -exponent > digits:
        return f"最多 {digits} 位小数，现在填的是 {value}。" if digits else f"请填整数，现在填的是 {value}。"
    least, most = component.rules.get("min"), component.rules.get("max")
    if least is not None and found < Decimal(str(least)):
        return f"不能小于 {least}，现在填的是 {value}。"
    if most is not None and found > Decimal(str(most)):
        return f"不能大于 {most}，现在填的是 {value}。"
    return None


def choices(component: Component, context: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """(value, label) of a component's options; None when the context does not give them."""
    if component.options_from:
        given = context.get(component.options_from)
        if given is None:
            return None
        return tuple(
            (str(o["value"]), str(o["label"])) if isinstance(o, Mapping) else (str(o), str(o))
            for o in given
        )
    return tuple((o.value, o.label) for o in component.options)


def _one(component: Component, value: Any, scope: _Scope) -> str | None:
    known = choices(component, scope.context)
    if not isinstance(value, str) or (known is not None and value not in {v for v, _ in known}):
        return "请从给出的选项中选择。"
    return None


def _several(component: Component, value: Any, scope: _Scope) -> str | None:
    if not isinstance(value, list) or len(set(map(str, value))) != len(value):
        return "请从给出的选项中选择。"
    return next((p for v in value if (p := _one(component, v, scope))), None)


def _moment(component: Component, value: Any, scope: _Scope) -> str | None:
    subtype = component.raw.get("subtype") or "date"
    found = moment(value) if isinstance(value, str) else None
    if subtype == "date" and type(found) is not date:
        return f"请填日期，如 2026-03-01，现在填的是 {str(value)[:40]}。"
    if subtype != "date" and not isinstance(found, datetime | date):
        return f"请填日期和时间，现在填的是 {str(value)[:40]}。"
    return None


def _flag(component: Component, value: Any, scope: _Scope) -> str | None:
    return None if isinstance(value, bool) else "请勾选或不勾选。"


def _files(component: Component, value: Any, scope: _Scope) -> str | None:
    items = value if isinstance(value, list) else [value]
    if len(items) > 50 or not all(_is_file(item) for item in items):
        return "附件没有传好，请重新上传。"
    if len(items) > 1 and not component.raw.get("multiple"):
        return "这里只能传一个文件。"
    return None


def _is_file(item: Any) -> bool:
    if isinstance(item, str):
        return 0 < len(item) <= 300
    return (
        isinstance(item, Mapping)
        and set(item) == {"name", "digest", "size"}
        and isinstance(item["name"], str)
        and bool(re.fullmatch(r"[0-9a-f]{64}", str(item["digest"])))
    )


def _list(component: Component, value: Any, scope: _Scope) -> str | None:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return "表格没有填好，请逐行填写。"
    least = int(component.rules.get("minItems") or component.raw.get("minItems") or 0)
    if len(value) < least:
        return f"至少填 {least} 行，现在是 {len(value)} 行。"
    return f"最多 {MAX_ROWS} 行。" if len(value) > MAX_ROWS else None


def _rows(
    component: Component,
    value: list[Mapping[str, Any]],
    names: Mapping[str, Any],
    scope: _Scope,
    checked: Checked,
    key: str,
) -> None:
    inner = {c.key: c for c in component.components if c.is_input}
    kept = []
    for index, row in enumerate(value):
        part = Checked()
        row_names = {**names, **{k: typed(c, row.get(k)) for k, c in inner.items()}}
        for cell in row:
            if cell not in inner:
                part.errors[str(cell)[:80]] = "表格里没有这一列。"
        for cell, inner_component in inner.items():
            _check(inner_component, row.get(cell), row_names, scope, part, cell)
        kept.append(part.values)
        checked.errors |= {f"{key}[{index}].{cell}": text for cell, text in part.errors.items()}
    if not any(k.startswith(f"{key}[") for k in checked.errors):
        checked.values[key] = kept


_KINDS: dict[str, Callable[[Component, Any, _Scope], str | None]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "select": _one,
    "radio": _one,
    "checklist": _several,
    "taglist": _several,
    "datetime": _moment,
    "checkbox": _flag,
    "filepicker": _files,
    "dynamiclist": _list,
}
