"""Arithmetic, comparison, logic, `if`, `instance of` and paths."""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from service.feel.compile.build import builds, compile_tree, constant_of, only, parts
from service.feel.compile.scope import Code, Scope
from service.feel.operators import arithmetic, compare, conjunction
from service.feel.paths import member
from service.feel.tokens import normal_name
from service.feel.types import instance_of, type_of_tree
from service.feel.values import NESTED, NUMBERS, SIZED, DaysTime, YearsMonths, kind

ROOT, WHOLE_POWER = 30, 2  # steps
NUMERIC = {
    "+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply, "/": NUMBERS.divide,
}  # fmt: skip
PLAIN: dict[str, Callable[[Any, Any], bool]] = {
    "=": python.eq, "!=": python.ne, "<": python.lt, "<=": python.le, ">": python.gt, ">=": python.ge,
}  # fmt: skip


@builds("binary")
def _binary(children: list[Any]) -> Code:
    left, operator, right = compile_tree(children[0]), str(children[1]), compile_tree(children[2])
    numbers = NUMERIC[operator]

    def apply(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return numbers(a, b)
            except DecimalException:
                return scope.run.null(f"{operator} 的结果超出范围")
        scope.run.tick()  # dates and durations cost more than a plain node
        result = arithmetic(operator, a, b)
        if result is None:
            scope.run.null(f"{kind(a)} {operator} {kind(b)} 无意义")
        elif type(result) is str:
            scope.run.sized(result)
        return result

    return apply


@builds("powers")
def _powers(children: list[Any]) -> Code:
    codes = [compile_tree(child) for child in parts(children)]

    def apply(scope: Scope) -> Any:
        value = codes[0](scope)
        for code in codes[1:]:
            power = code(scope)
            whole = not isinstance(power, Decimal) or power == power.to_integral_value()
            # a power that is not whole is a logarithm and an exponential
            scope.run.tick(WHOLE_POWER if whole else ROOT)
            value = arithmetic("**", value, power)
        return value

    return apply


@builds("negative")
def _negative(children: list[Any]) -> Code:
    inner = only(children)

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        if isinstance(value, Decimal):
            return NUMBERS.minus(value)
        if isinstance(value, YearsMonths | DaysTime):
            return arithmetic("*", value, Decimal(-1))
        return scope.run.null(f"-{kind(value)} 无意义")

    return apply


@builds("compare")
def _compare(children: list[Any]) -> Code:
    left, operator, right = compile_tree(children[0]), str(children[1]), compile_tree(children[2])
    plain = PLAIN[operator]
    fixed = constant_of(right)
    if fixed and type(fixed[0]) in (Decimal, str):
        return _compare_fixed(left, operator, fixed[0])

    def apply(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if type(a) is Decimal and type(b) is Decimal:
            return plain(a, b)
        if isinstance(a, SIZED):
            scope.run.charge(a, a)
        elif a is not None and b is not None:
            scope.run.tick()
        return compare(operator, a, b)

    return apply


def _compare_fixed(left: Code, operator: str, right: Decimal | str) -> Code:
    """A comparison with a number or text that is written: the most frequent kind of condition."""
    plain, wanted = PLAIN[operator], type(right)

    def apply(scope: Scope) -> Any:
        a = left(scope)
        return plain(a, right) if type(a) is wanted else compare(operator, a, right)

    return apply


@builds("between")
def _between(children: list[Any]) -> Code:
    value, low, high = (compile_tree(child) for child in parts(children))

    def apply(scope: Scope) -> Any:
        it = value(scope)
        if type(it) is not Decimal:
            scope.run.charge(it, it, it)
            scope.run.tick(2)
        return conjunction([compare(">=", it, low(scope)), compare("<=", it, high(scope))])

    return apply


def _logic(kind_: str, decisive: bool) -> Callable[[list[Any]], Code]:
    def build(children: list[Any]) -> Code:
        codes = [compile_tree(child) for child in _chained(children, kind_)]

        def apply(scope: Scope) -> Any:
            unknown = False
            for code in codes:
                value = code(scope)
                if value is decisive:
                    return decisive
                if not isinstance(value, bool):
                    unknown = True
            return None if unknown else not decisive

        return apply

    return build


def _chained(children: list[Any], kind_: str) -> list[Any]:
    """The operands of `a and b and c`, which the grammar nests to the left."""
    left, *rest = parts(children)
    return [*(_chained(left.children, kind_) if left.data == kind_ else [left]), *rest]


builds("and_")(_logic("and_", False))
builds("or_")(_logic("or_", True))


@builds("if_")
def _if(children: list[Any]) -> Code:
    test, yes, no = (compile_tree(child) for child in parts(children))
    return lambda scope: yes(scope) if test(scope) is True else no(scope)


@builds("instance")
def _instance(children: list[Any]) -> Code:
    value, wanted = compile_tree(children[0]), type_of_tree(children[3])

    def apply(scope: Scope) -> Any:
        found = value(scope)
        if isinstance(found, NESTED):
            scope.run.charge(found, found)  # a type is looked up for each item
        return instance_of(found, wanted, scope.run.types)

    return apply


@builds("path")
def _path(children: list[Any]) -> Code:
    inner, name = compile_tree(children[0]), normal_name(str(children[2]))

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        if isinstance(value, list):
            scope.run.tick(1 + len(value) // 4)
            return [member(item, name, scope.run) for item in value]
        return member(value, name, scope.run)

    return apply
