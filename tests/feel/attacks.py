"""Attacks written by rule: every built-in function and every operator over the largest values there are, in loops.

The signatures come from the functions themselves and the operators from the builders of the grammar, so that
a new one is attacked without anybody thinking of it; `OPERATORS` has to name every kind of node.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from service.feel.functions import BUILTINS
from service.feel.values import Function

CONTEXT: dict[str, Any] = {
    "huge": Decimal("9.99e6144"),
    "tiny": Decimal("1e-6143"),
    "third": Decimal(1) / Decimal(3),
    "five": 5000,
    "latin": "a" * 50_000,
    "wide": "政" * 50_000,
    "commas": "政," * 25_000,
    "spaces": "a " * 25_000,
    "digits": "9" * 50_000,
    "shared": [list(range(70))] * 70,
    "rising": list(range(5000)),
    "falling": list(range(5000, 0, -1)),
    "texts": [f"政{i}" for i in range(5000)],
    "long": ["b" * 3000 + str(i) for i in range(60)],
    "rows": [{"a": i, "key": f"k{i}", "value": i} for i in range(1500)],
    "pairs": [[i, i + 1] for i in range(2000)],
    "days": [datetime(2026, 1, 1, 0, i % 60, tzinfo=UTC) for i in range(3000)],
    "keys": {f"k{i}": i for i in range(5000)},
    "nested": {"a": {"b": {"c": {f"k{i}": [i] for i in range(1000)}}}},
    "truth": [True] * 5000,
}
LISTS = [
    "rising",
    "texts",
    "rows",
    "pairs",
    "long",
    "days",
    "shared",
    "falling",
    "truth",
    "[rising, rising]",
]
TEXTS = [
    '"(a|aa)+$"',
    "wide",
    "commas",
    "latin",
    "digits",
    "spaces",
    '","',
    '"政"',
    '"(\\\\p{L}?){99}9"',
]
POOLS: dict[str, list[str]] = {
    "num": ["huge", "i", "third", "tiny", "five", "-1"],
    "str": TEXTS,
    "list": LISTS,
    "ctx": ["keys", "nested", "{a: keys, b: wide}"],
    "fn": [
        "function(a, b) a < b",
        "function(a, b) count(rising[item > 0]) > 0",
        "before",
        "list contains",
    ],
    "date": ['date("-9999999-12-31")', '@"2026-03-02"'],
    "day": ['@"2026-03-02T10:00:00@Asia/Shanghai"', 'date("-9999999-12-31")', '@"2026-03-02"'],
    "dur": ['@"P999999999Y"', '@"P1DT0.000000001S"'],
    "bool": ["true"],
    "range": [
        "[tiny..huge]",
        "[wide..commas]",
        '[@"2026-03-02T10:00:00@Asia/Shanghai"..@"2026-04-02T10:00:00Z"]',
    ],
    "point": ["huge", "wide", '@"2026-03-02T10:00:00@Asia/Shanghai"', '@"10:00:00@Asia/Shanghai"'],
    "any": [
        *LISTS,
        "keys",
        "wide",
        "huge",
        '@"2026-03-02T10:00:00@Asia/Shanghai"',
        "function(a) a",
        "[wide, wide]",
    ],
}
TIMES = "for i in 1..4999 return "
KEEPING = "for i in 1..4999, j in 1..4 return "

# for each kind of node of the grammar: what it is attacked with; {x} and {y} are any of VALUES
VALUES = [
    "wide",
    "rising",
    "rows",
    "keys",
    "shared",
    "huge",
    '@"2026-03-02T10:00:00@Asia/Shanghai"',
    '@"P1DT1S"',
    "i",
]
LONG_SUM = " + ".join(["1.1"] * 140)
OPERATORS: dict[str, list[str]] = {
    "binary": ["{x} + {y}", "{x} - {y}", "{x} * {y}", "{x} / {y}", LONG_SUM.replace("1.1", "i")],
    "powers": ["{x} ** {y}", "1.0000001 ** 999999999", "third ** third", "i ** 0.5 ** 0.5 ** 0.5", "huge ** -1"],
    "negative": ["-{x}", "-" * 140 + "i"],
    "compare": ["{x} = {y}", "{x} != {y}", "{x} < {y}", "{x} >= {y}", '{x} = "a"', "{x} <= 5"],
    "between": ["{x} between {x} and {y}"],
    "and_": [" and ".join(["i = i"] * 140), "{x} and {y}"],
    "or_": [" or ".join(["i > five"] * 140)],
    "if_": ["if {x} = {y} then {x} else {y}"],
    "instance": ["{x} instance of list<list<number>>", "{x} instance of list<Any>",
                 "{x} instance of context<a: number, key: string>", "{x} instance of range<number>"],
    "path": ["{x}.a", "{x}.a.b.c", "rows.value", "pairs.a"],
    "filter": ["{x}[item = {y}]", "{x}[-1]", "rows[a > 3]", "{x}[{y}]", "rising[rising[item > 1] = item]"],
    "for_": ["for j in {x} return j", "for j in 1..4999 return i + j", "for j in rising, k in rising return 1",
             "for j in 1..999 return partial", "for j in [tiny..huge] return 1",
             'for j in @"2026-03-02"..@"2036-03-02" return j'],
    "quantified": ["some j in {x} satisfies j = {y}", "every j in {x} satisfies j = j",
                   "every j in rising satisfies " + " and ".join(["j = j"] * 60)],
    "in_": ["{x} in {y}", "{x} in ({x}, {y})", "{x} in [{x}..{y}]", "{x} in (> {y})", "{x} in [[{x}]]"],
    "function_": ["(function(a) a)({x})", "(function(a, b) " + LONG_SUM.replace("1.1", "a") + ")(i, i)",
                  "(function(a: list<list<number>>) a)({x})", "function(a) a"],
    "call": ["{x}({y})", "count(list: {x})"],
    "list_": ["[{x}, {y}]", "[" + ", ".join(["i"] * 600) + "]", "[{x}, {y}] = [{x}, {y}]"],
    "context": ["{{a: {x}, b: {y}}}", "{{" + ", ".join(f"k{n}: i" for n in range(300)) + "}}"],
    "interval": ["[{x}..{y}]", "[i..i] = [i..i]"],
    "open_range": ["(> {x})", "5 in (= {x})"],
    "name": ["{x}", "undefined", " + ".join(["undefined"] * 100)],
    "grouped": ["(({x}))"],
    "number": ["9" * 3000, "1e6144"],
    "string": ['"' + "政" * 3000 + '"', '"' + "\\u0041" * 600 + '"'],
    "boolean": ["true"],
    "null": ["null"],
    "at": ['@"2026-03-02T10:00:00@Asia/Shanghai"', '@"' + "9" * 3000 + '"'],
    "expression": ["{x}"],
}  # fmt: skip


def signatures(function: Function) -> tuple[Function, ...]:
    return function.signatures or (function,)


def calls(name: str) -> Iterator[str]:
    """Calls of a built-in function with every combination of the pools of its parameters."""
    for signature in signatures(BUILTINS[name]):
        kinds = list(signature.types)
        if signature.variadic:
            kinds += [kinds[-1]] * 2
        pools = [POOLS[kind] for kind in kinds]
        for arguments in itertools.product(*pools):
            yield f"{name}({', '.join(arguments)})"


def uses(kind: str) -> Iterator[str]:
    """Uses of an operator over every pair of large values."""
    for template in OPERATORS[kind]:
        seen = set()
        for x, y in itertools.product(VALUES, VALUES):
            text = template.format(x=x, y=y)
            if text not in seen:
                seen.add(text)
                yield text


def some(texts: Iterator[str], count: int) -> list[str]:
    """So many of the texts, spread evenly."""
    every = list(texts)
    step = max(1, len(every) // count)
    return every[::step][:count]
