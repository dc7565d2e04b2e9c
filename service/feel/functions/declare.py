"""How a built-in function is declared: its FEEL signature beside its Python body."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import DecimalException
from typing import Any

from service.feel.limits import Run
from service.feel.values import Function, kind

FUNCTIONS: dict[str, Function] = {}

# short names of parameter types in signatures
_TYPES = {
    "num": {"number"},
    "str": {"string"},
    "bool": {"boolean"},
    "list": {"list"},
    "ctx": {"context"},
    "date": {"date"},
    "dur": {"years and months duration", "days and time duration"},
    "day": {"date", "date and time"},
    "fn": {"function"},
    "range": {"range"},
    "point": {
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "years and months duration",
        "days and time duration",
    },
    "any": set(),
}


def builtin(
    signature: str, *, null_ok: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare `name(a: type, [b: type])`; types are those of `_TYPES`; `…` after the last makes it variadic.

    A call with a null argument, or one of another type, gives null, unless `null_ok`. A list of one
    item stands for the item where a single value is wanted, and a single value for a list of one
    (DMN 1.5, 10.3.2.9.4). Several signatures of one name: each is tried in the order declared.
    """
    match = re.fullmatch(r"([^(]+)\((.*)\)", signature)
    assert match
    parts = [p.strip() for p in match[2].split(",") if p.strip()]
    variadic = bool(parts) and parts[-1].endswith("…")
    names, kinds, required = [], [], 0
    for part in parts:
        name, _, type_name = part.rstrip("…").strip("[]").partition(":")
        names.append(name.strip())
        kinds.append(type_name.strip())
        required += not part.startswith("[") and not part.endswith("…")

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        def call(run: Run, *arguments: Any) -> Any:
            fitted = _fit(arguments, kinds, null_ok)
            if fitted is None:
                return run.null(f"{match[1]} 的参数不合适")
            try:
                return body(run, *fitted)
            except (DecimalException, OverflowError, ValueError, ArithmeticError):
                return run.null(f"{match[1]} 无法计算")

        made = Function(tuple(names), call, variadic, required, match[1], tuple(kinds))
        before = FUNCTIONS.get(match[1])
        FUNCTIONS[match[1]] = _either(before, made) if before else made
        return body

    return declare


def _fit(arguments: tuple[Any, ...], kinds: list[str], null_ok: bool) -> list[Any] | None:
    fitted = []
    for i, given in enumerate(arguments):
        value = given
        wanted = kinds[min(i, len(kinds) - 1)]
        accepted = _TYPES[wanted]
        if value is None:
            if not null_ok:
                return None
        elif wanted == "list":
            value = value if isinstance(value, list) else [value]
        elif accepted and kind(value) not in accepted:
            if not (isinstance(value, list) and len(value) == 1 and kind(value[0]) in accepted):
                return None
            value = value[0]
        fitted.append(value)
    return fitted


def _either(first: Function, second: Function) -> Function:
    """Two signatures of one name: by number and types of the arguments."""

    def call(run: Run, *arguments: Any) -> Any:
        for function in (first, second):
            if _suits(function, arguments):
                return function.call(run, *arguments)
        return run.null(f"{first.name} 的参数不合适")

    signatures = (*(first.signatures or (first,)), second)
    names = first.parameters + tuple(p for p in second.parameters if p not in first.parameters)
    return Function(
        names,
        call,
        first.variadic or second.variadic,
        min(first.required, second.required),
        first.name,
        signatures=signatures,
    )


def _suits(function: Function, arguments: tuple[Any, ...]) -> bool:
    if function.signatures:
        return any(_suits(signature, arguments) for signature in function.signatures)
    few, many = function.required, len(function.parameters)
    if len(arguments) < few or (len(arguments) > many and not function.variadic):
        return False
    if not function.types:
        return True
    return _fit(arguments, list(function.types), True) is not None
