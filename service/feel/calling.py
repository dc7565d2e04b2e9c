"""Calls of function values, by order or by name: counted, and null when the arguments do not fit."""

from __future__ import annotations

from typing import Any

from service.feel.errors import FeelLimitExceeded
from service.feel.limits import Run
from service.feel.values import SIZED, Function

CALL = 2  # steps


def invoke(function: Any, arguments: list[Any], run: Run) -> Any:
    """Call a function value with arguments in order; null when it is none or they do not fit."""
    if not isinstance(function, Function):
        return run.null("调用的不是函数")
    count = len(arguments)
    if count < function.required or (count > len(function.parameters) and not function.variadic):
        return run.null(f"{function.name} 的参数个数不对")
    run.tick(CALL)
    for argument in arguments:
        if isinstance(argument, SIZED):
            run.charge(argument)
    run.depth += 1
    if run.depth > run.limits.depth:
        raise FeelLimitExceeded(f"函数调用超过 {run.limits.depth} 层，请改写。")
    try:
        found = function.call(run, *arguments)
    finally:
        run.depth -= 1
    return run.sized(found) if isinstance(found, SIZED) else found


def invoke_named(function: Any, named: dict[str, Any], run: Run) -> Any:
    """Call a function value with arguments by name.

    Of several signatures the first is meant that knows all names and accepts the values; one that has
    them in the order written comes before the others.
    """
    if not isinstance(function, Function):
        return run.null("调用的不是函数")
    for signature in sorted(function.signatures, key=lambda s: s.parameters != tuple(named)):
        if set(named) <= set(signature.parameters):
            found = invoke_named(signature, named, run)
            if found is not None:
                return found
    if function.signatures:
        return run.null(f"{function.name} 的参数不合适")
    if not set(named) <= set(function.parameters):
        return run.null(
            f"{function.name} 没有参数 {'、'.join(set(named) - set(function.parameters))}"
        )
    ordered = list(function.parameters)
    while ordered and ordered[-1] not in named:
        ordered.pop()
    if len(ordered) < function.required:
        return run.null(f"{function.name} 缺少参数")
    return invoke(function, [named.get(name) for name in ordered], run)
