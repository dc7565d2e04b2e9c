"""Literals, names, lists, contexts and ranges."""

from __future__ import annotations

import re
from decimal import DecimalException
from typing import Any

from lark import Token

from service.feel.compile.build import builds, compile_tree, constant, parts
from service.feel.compile.scope import Code, Scope
from service.feel.operators import order
from service.feel.temporal import read_at
from service.feel.tokens import normal_name
from service.feel.values import NUMBERS, Range

ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.S)
PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def text_of_token(raw: str) -> str:
    """The characters of a string literal."""

    def one(match: re.Match[str]) -> str:
        if match[1] or match[2]:
            return chr(int(match[1] or match[2], 16))
        return PLAIN.get(match[3], "\\" + match[3])

    text = ESCAPE.sub(one, raw[1:-1])
    # surrogate pairs written as two \u escapes are one character
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@builds("number")
def _number(children: list[Any]) -> Code:
    try:
        return constant(NUMBERS.create_decimal(str(children[0])))
    except DecimalException:  # beyond the range of numbers
        return constant(None)


@builds("string")
def _string(children: list[Any]) -> Code:
    return constant(text_of_token(children[0]))


@builds("boolean")
def _boolean(children: list[Any]) -> Code:
    return constant(children[0].type == "TRUE")


@builds("null")
def _null(children: list[Any]) -> Code:
    return constant(None)


@builds("at")
def _at(children: list[Any]) -> Code:
    return constant(read_at(text_of_token(children[1])))


@builds("name")
def _name(children: list[Any]) -> Code:
    name = str(children[0])

    return lambda scope: scope.find(name)


@builds("list_")
def _list(children: list[Any]) -> Code:
    codes = [compile_tree(child) for child in parts(children)]
    return lambda scope: [code(scope) for code in codes]


@builds("context")
def _context(children: list[Any]) -> Code:
    entries = [(_key(e.children[0]), compile_tree(e.children[2])) for e in parts(children)]
    twice = len({key for key, _ in entries}) != len(entries)

    def build(scope: Scope) -> Any:
        if twice:
            return scope.run.null("同一个键写了两次")
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for key, code in entries:
            made[key] = code(inner)
        return made

    return build


def _key(token: Token) -> str:
    return text_of_token(token) if token.type == "STRING" else normal_name(str(token))


@builds("interval")
def _interval(children: list[Any]) -> Code:
    low, high = compile_tree(children[1]), compile_tree(children[3])
    start_in, end_in = str(children[0]) == "[", str(children[4]) == "]"

    def build(scope: Scope) -> Any:
        a, b = low(scope), high(scope)
        if a is not None and b is not None and order(a, b) is None:
            return scope.run.null("范围两端的类型不同")
        return Range(a, b, start_in, end_in)

    return build


@builds("open_range")
def _open_range(children: list[Any]) -> Code:
    operator, code = str(children[1].children[0]), compile_tree(children[1].children[1])

    def build(scope: Scope) -> Any:
        value = code(scope)
        if operator in ("<", "<="):
            return Range(None, value, False, operator == "<=", start_bounded=False)
        if operator in (">", ">="):
            return Range(value, None, operator == ">=", False, end_bounded=False)
        return Range(value, value, compared=True) if operator == "=" else None

    return build
