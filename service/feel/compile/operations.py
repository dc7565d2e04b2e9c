"""Arithmetic, comparison, logic, `if`, `instance of` and paths."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from service.feel.compile.build import builds, compile_tree, only, parts
from service.feel.compile.scope import Code, Scope
from service.feel.operators import arithmetic, compare, conjunction, disjunction
from service.feel.paths import member
from service.feel.tokens import normal_name
from service.feel.types import instance_of, type_of_tree
from service.feel.values import DaysTime, YearsMonths, kind

ROOT = 30


@builds("binary")
def _binary(children: list[Any]) -> Code:
    left, operator, right = compile_tree(children[0]), str(children[1]), compile_tree(children[2])

    def apply(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
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
            if isinstance(power, Decimal) and power != power.to_integral_value():
                scope.run.tick(ROOT)  # a power that is not whole is a logarithm and an exponential
            value = arithmetic("**", value, power)
        return value

    return apply


@builds("negative")
def _negative(children: list[Any]) -> Code:
    inner = only(children)

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        if isinstance(value, Decimal):
            return -value
        if isinstance(value, YearsMonths | DaysTime):
            return arithmetic("*", value, Decimal(-1))
        return scope.run.null(f"-{kind(value)} 无意义")

    return apply


@builds("compare")
def _compare(children: list[Any]) -> Code:
    left, operator, right = compile_tree(children[0]), str(children[1]), compile_tree(children[2])

    def apply(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if isinstance(a, list | dict):
            scope.run.charge(a)
        return compare(operator, a, b)

    return apply


@builds("between")
def _between(children: list[Any]) -> Code:
    value, low, high = (compile_tree(child) for child in parts(children))

    def apply(scope: Scope) -> Any:
        it = value(scope)
        return conjunction([compare(">=", it, low(scope)), compare("<=", it, high(scope))])

    return apply


def _logic(join: Callable[[list[Any]], Any], decisive: bool) -> Callable[[list[Any]], Code]:
    def build(children: list[Any]) -> Code:
        left, right = (compile_tree(child) for child in parts(children))

        def apply(scope: Scope) -> Any:
            first = left(scope)
            if first is decisive:
                return first
            second = right(scope)
            if first is (not decisive) and isinstance(second, bool):
                return second
            return join([first, second])

        return apply

    return build


builds("and_")(_logic(conjunction, False))
builds("or_")(_logic(disjunction, True))


@builds("if_")
def _if(children: list[Any]) -> Code:
    test, yes, no = (compile_tree(child) for child in parts(children))
    return lambda scope: yes(scope) if test(scope) is True else no(scope)


@builds("instance")
def _instance(children: list[Any]) -> Code:
    value, wanted = compile_tree(children[0]), type_of_tree(children[3])

    def apply(scope: Scope) -> Any:
        found = value(scope)
        if isinstance(found, list | dict):
            scope.run.charge(found, found)  # a type is looked up for each item
        return instance_of(found, wanted, scope.run.types)

    return apply


@builds("path")
def _path(children: list[Any]) -> Code:
    inner, name = compile_tree(children[0]), normal_name(str(children[2]))

    def apply(scope: Scope) -> Any:
        value = inner(scope)
        if isinstance(value, list):
            scope.run.tick(len(value))
            return [member(item, name, scope.run) for item in value]
        return member(value, name, scope.run)

    return apply
