"""What is wrong with one value, by type of component: form-js's rules, said in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import regex

from service.forms.options import choices
from service.forms.schema import Component
from service.forms.scope import Scope
from service.forms.typed import moment, number
from service.regulation.dates import SHANGHAI

MAX_TEXT = Decimal(20_000)
MAX_ROWS = 500
MAX_FILES = 50
MAX_NAME = 300
MAX_AMOUNT = Decimal(10) ** 15
PATTERN_SECONDS = 0.05
# The pattern of form-js-viewer 2.0.0 (Validator.js), so that both agree on every address.
EMAIL = regex.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
# Control characters except tab and line ends, and halves of surrogate pairs: no file keeps them.
UNSEEN = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Names = Mapping[str, Any]
Check = Callable[[Component, Any, Names, Scope], str | None]


def problem(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    """The sentence that says what to do about a value that is there, or None."""
    return _CHECKS[component.type](component, value, names, scope)


def told(value: Any) -> str:
    """A value in a message, cut short, without what cannot be seen."""
    return str(UNSEEN.sub("", str(value)))[:40]


def limit(component: Component, name: str, names: Names, scope: Scope) -> Decimal | None:
    """A limit of `validate`; one written in FEEL is evaluated, and none when it gives no number."""
    found = component.limits.get(name)
    if found is None or isinstance(found, Decimal):
        return found
    value = scope.of(found, names)
    return value if isinstance(value, Decimal) else None


def _text(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    if not isinstance(value, str):
        return "请填写文字。"
    if UNSEEN.search(value):
        return "文字里有看不见的控制字符，请重新输入。"
    length = len(value.strip())
    most = min(limit(component, "maxLength", names, scope) or MAX_TEXT, MAX_TEXT)
    if length > most:
        return f"最多 {most:f} 个字，现在是 {length} 个，请删减。"
    least = limit(component, "minLength", names, scope) or Decimal(0)
    if length < least:
        return f"至少 {least:f} 个字，现在是 {length} 个，请补充。"
    return _shape(component, value)


def _shape(component: Component, value: str) -> str | None:
    if component.rules.get("validationType") == "email" and not EMAIL.fullmatch(value):
        return f"请填邮箱地址，如 name@example.cn，现在填的是 {told(value)}。"
    pattern = component.rules.get("pattern")
    if not pattern:
        return None
    try:
        fits = regex.search(str(pattern), value, timeout=PATTERN_SECONDS)
    except TimeoutError:
        fits = None
    message = str(component.rules.get("patternErrorMessage") or "格式不对，请按提示填写").rstrip(
        "。"
    )
    return None if fits else f"{message}，现在填的是 {told(value)}。"


def _number(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    if component.is_money and isinstance(value, float):
        return '金额要以文字提交，如 "200000.00"，以免丢失角分。'
    found = number(value)
    if found is None:
        return f"请填数字，现在填的是 {told(value)}。"
    if abs(found) >= MAX_AMOUNT:
        return f"数字太大，请核对，现在填的是 {told(value)}。"
    digits = component.raw.get("decimalDigits")
    if isinstance(digits, int) and _decimals(found) > digits:
        wanted = f"最多 {digits} 位小数" if digits else "请填整数"
        return f"{wanted}，现在填的是 {told(value)}。"
    step = number(component.raw.get("increment"))
    if step and found % step:
        return f"请填 {step:f} 的整倍数，现在填的是 {told(value)}。"
    return _between(component, found, value, names, scope)


def _decimals(found: Decimal) -> int:
    text = format(found, "f")
    return len(text.partition(".")[2].rstrip("0"))


def _between(
    component: Component, found: Decimal, value: Any, names: Names, scope: Scope
) -> str | None:
    least, most = limit(component, "min", names, scope), limit(component, "max", names, scope)
    unit = (component.raw.get("appearance") or {}).get("suffixAdorner") or ""
    unit = f" {unit}" if unit else ""
    if least is not None and found < least:
        return f"不能小于 {least:f}{unit}，现在填的是 {told(value)}。"
    if most is not None and found > most:
        return f"不能大于 {most:f}{unit}，现在填的是 {told(value)}。"
    return None


def _one(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    known = choices(component, scope.context)
    fits = isinstance(value, str) and len(value) <= MAX_NAME and not UNSEEN.search(value)
    if not fits or (known is not None and value not in {v for v, _ in known}):
        return f"请从给出的选项中选择“{component.label}”。"
    return None


def _several(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        return f"请从给出的选项中选择“{component.label}”。"
    found = next((p for v in value if (p := _one(component, v, names, scope))), None)
    return found or (None if len(set(value)) == len(value) else "同一个选项只选一次。")


def _moment(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    subtype = component.raw.get("subtype") or "date"
    found = moment(value, subtype)
    if found is None:
        wanted = {"date": "日期，如 2026-03-01", "time": "时间，如 09:30"}.get(
            subtype, "日期和时间，如 2026-03-01T09:30"
        )
        return f"请填{wanted}，现在填的是 {told(value)}。"
    past = component.raw.get("disallowPassedDates") and isinstance(found, date)
    if past and str(value)[:10] < scope.now.astimezone(SHANGHAI).date().isoformat():
        return f"“{component.label}”不能早于今天，现在填的是 {told(value)}。"
    return None


def _flag(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    return None if isinstance(value, bool) else f"请勾选或不勾选“{component.label}”。"


def _files(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_FILES or not all(is_file(item) for item in items):
        return f"“{component.label}”没有传好，请重新上传。"
    if len(items) > 1 and not component.raw.get("multiple"):
        return "这里只能传一个文件，请去掉其余的。"
    return None


def is_file(item: Any) -> bool:
    """Whether it is a stored file (name, SHA-256 and size) or the words for one kept on paper."""
    if isinstance(item, str):
        return 0 < len(item) <= MAX_NAME and not UNSEEN.search(item)
    return (
        isinstance(item, Mapping)
        and set(item) == {"name", "digest", "size"}
        and isinstance(item["name"], str)
        and 0 < len(item["name"]) <= MAX_NAME
        and not UNSEEN.search(item["name"])
        and isinstance(item["digest"], str)
        and bool(regex.fullmatch(r"[0-9a-f]{64}", item["digest"]))
        and type(item["size"]) is int
        and 0 <= item["size"] < 2**40
    )


def _list(component: Component, value: Any, names: Names, scope: Scope) -> str | None:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return f"“{component.label}”没有填好，请逐行填写。"
    least = int(component.properties.get("minRows") or 0)
    most = min(int(component.properties.get("maxRows") or MAX_ROWS), MAX_ROWS)
    if len(value) < least:
        return f"“{component.label}”至少填 {least} 行，现在是 {len(value)} 行。"
    if len(value) > most:
        return f"“{component.label}”最多填 {most} 行，现在是 {len(value)} 行，请删减。"
    return None


_CHECKS: dict[str, Check] = {
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
