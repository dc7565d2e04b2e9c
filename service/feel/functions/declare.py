"""How a built-in function is declared: its FEEL signature beside its Python body."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
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
    name = match[1]
    parts = [p.strip() for p in match[2].split(",") if p.strip()]
    variadic = bool(parts) and parts[-1].endswith("…")
    names, kinds, required = [], [], 0
    for part in parts:
        parameter, _, type_name = part.rstrip("…").strip("[]").partition(":")
        names.append(parameter.strip())
        kinds.append(type_name.strip())
        required += not part.startswith("[") and not part.endswith("…")

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        made = Signature(tuple(names), tuple(kinds), variadic, required, null_ok, body)
        signatures = (*_SIGNATURES.get(name, ()), made)
        _SIGNATURES[name] = signatures
        alone = tuple(s.function(name, _calling(name, (s,))) for s in signatures)
        FUNCTIONS[name] = alone[0] if len(alone) == 1 else _joined(name, alone, signatures)
        return body

    return declare


@dataclass(frozen=True)
class Signature:
    """One way to call a function: parameters and their kinds, and the body."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    variadic: bool
    required: int
    null_ok: bool
    body: Callable[..., Any]

    def function(self, name: str, call: Callable[..., Any]) -> Function:
        """As a value of FEEL."""
        return Function(self.names, call, self.variadic, self.required, name, self.kinds)

    def fitted(self, arguments: tuple[Any, ...]) -> list[Any] | None:
        """The arguments as the body wants them; None when number or types are others."""
        count = len(arguments)
        if count < self.required or (count > len(self.kinds) and not self.variadic):
            return None
        found = []
        for i, value in enumerate(arguments):
            wanted = self.kinds[i if i < len(self.kinds) else -1]
            if value is None or wanted == "any":
                found.append(value)
            elif wanted == "list":
                found.append(value if isinstance(value, list) else [value])
            elif kind(value) in _TYPES[wanted]:
                found.append(value)
            elif isinstance(value, list) and len(value) == 1 and kind(value[0]) in _TYPES[wanted]:
                found.append(value[0])
            else:
                return None
        return found


_SIGNATURES: dict[str, tuple[Signature, ...]] = {}


def _calling(name: str, signatures: tuple[Signature, ...]) -> Callable[..., Any]:
    def call(run: Run, *arguments: Any) -> Any:
        for signature in signatures:
            fitted = signature.fitted(arguments)
            if fitted is None:
                continue
            if not signature.null_ok and None in arguments:
                break
            try:
                return signature.body(run, *fitted)
            except (DecimalException, OverflowError, ValueError, ArithmeticError):
                return run.null(f"{name} 无法计算")
        return run.null(f"{name} 的参数不合适")

    return call


def _joined(name: str, alone: tuple[Function, ...], signatures: tuple[Signature, ...]) -> Function:
    """Several signatures of one name: the first that the arguments fit is meant."""
    return Function(
        tuple(dict.fromkeys(p for function in alone for p in function.parameters)),
        _calling(name, signatures),
        any(s.variadic for s in signatures),
        min(s.required for s in signatures),
        name,
        signatures=alone,
    )
