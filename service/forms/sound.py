"""What can be wrong with one component of a schema, beyond its type and its expressions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import regex

from service.forms.schema import CHOICES, Component
from service.forms.typed import number

MAX_DIGITS = 10
DATES = ("date", "time", "datetime")
SHAPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("properties", "validate", "conditional", "appearance"), dict),
    **dict.fromkeys(("values", "components"), list),
    **dict.fromkeys(("id", "key", "path", "label", "dateLabel", "text", "description"), str),
    **dict.fromkeys(("valuesKey", "expression", "subtype"), str),
    **dict.fromkeys(("multiple", "disabled", "disallowPassedDates"), bool),
    "readonly": (bool, str),
    "increment": (int, str, Decimal),
}


def misshapen(data: Mapping[str, Any]) -> str | None:
    """The name of an attribute whose JSON type is not the one of form-js."""
    given = ((n, s) for n, s in SHAPES.items() if data.get(n) is not None)
    return next((name for name, shape in given if not isinstance(data[name], shape)), None)


def unsound(made: Component) -> str | None:
    """What is wrong with a component as a whole, as words to put behind its name."""
    checks = (_choice, _date, _computed, _list, _number, _pattern, _formats)
    return next((words for check in checks if (words := check(made))), None)


def _choice(made: Component) -> str | None:
    if made.type in CHOICES and not made.options and not made.options_from:
        return "没有选项，请填 values 或 valuesKey。"
    return None


def _date(made: Component) -> str | None:
    if made.type == "datetime" and (made.raw.get("subtype") or "date") not in DATES:
        return "的 subtype 要是 date、time 或 datetime。"
    return None


def _computed(made: Component) -> str | None:
    return "没有 expression。" if made.type == "expression" and not made.computed else None


def _list(made: Component) -> str | None:
    if made.type != "dynamiclist":
        return None
    if any(c.type == "dynamiclist" for c in made.columns.values()):
        return "里不能再放列表，请拆成两张表。"
    for name in ("minRows", "maxRows"):
        if not regex.fullmatch("[0-9]{1,3}", made.properties.get(name, "1")):
            return f"的 {name} 要是整数。"
    return None if made.columns else "没有列。"


def _number(made: Component) -> str | None:
    digits = made.raw.get("decimalDigits", 0)
    if digits is not None and not (type(digits) is int and 0 <= digits <= MAX_DIGITS):
        return f"的 decimalDigits 要在 0 到 {MAX_DIGITS} 之间。"
    step = made.raw.get("increment")
    if step and (number(step) or 0) <= 0:
        return "的 increment 要是正数。"
    return None


def _pattern(made: Component) -> str | None:
    if made.rules.get("validationType") not in (None, "", "custom", "email"):
        return "的 validationType 只能是 email，电话请用 pattern。"
    try:
        regex.compile(str(made.rules.get("pattern") or ""))
    except regex.error as wrong:
        return f"的 pattern 写法不对（{wrong}）。"
    return None


def _formats(made: Component) -> str | None:
    known = made.properties.get("format") in (None, "money")
    return None if known else "的 format 只能是 money。"
