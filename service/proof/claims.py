"""Statements about a decision table alone, and about who does an act and what it asks: no token moves.

`table T if C then has "x" …` (these results are among those given), `is "x"`, `some`, `none`. The inputs that
C reads, and those that share a column with them, get every representative value (the constants of C and of
the table with their neighbours); the others are unknown, so a claim that holds, holds whatever they are. Where
it does not yet, the inputs that decide get values too, until it holds or the counterexample is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from service.dmn import DecisionModel
from service.dmn.table import Rule, Table
from service.model.errors import BadInput
from service.proof.partial import Clock, evaluated, names_read, value_of
from service.proof.rulebook import Rulebook
from service.proof.rules import Fired, fired, table_of

CLAIM = re.compile(r"table (\w+) if (.+) then (has .+|is .+|some|none)")
TEXTS = re.compile(r'"([^"]*)"')
NUMBERS = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
BY = re.compile(r"([\w.]+) by (\w+)")
ASKS = re.compile(r"([\w.]+) asks (\w+)")
DAYS = (date(2025, 3, 3), date(2025, 3, 4), date(2025, 3, 5))
OTHERS = ("其他甲", "其他乙")  # two, so that inputs of one column can be equal or not
MOST = 20_000


@dataclass(frozen=True)
class Counter:
    """Inputs for which a table does not give what the statement wants."""

    inputs: Mapping[str, Any]
    gives: tuple[str, ...]

    def __str__(self) -> str:
        said = "，".join(f"{name} = {_shown(value)}" for name, value in self.inputs.items())
        return f"{said} 时，表给出：{'、'.join(self.gives) or '无'}"


def _shown(value: Any) -> str:
    if value is None:
        return "空"
    return (
        {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )


def check_table(book: Rulebook, text: str) -> Counter | None:
    """None when the claim holds, else inputs that show that it does not.

    Raises BadInput for a claim that cannot be read, or whose condition no input meets.
    """
    match = CLAIM.fullmatch(" ".join(text.split()))
    if not match:
        raise BadInput(f"关于决策表的不变式读不懂：{text}")
    name, condition, wanted = match.groups()
    model = book.decisions.get(name)
    table = table_of(model.decisions[name]) if model else None
    if model is None or table is None:
        raise BadInput(f"不变式提到的决策表 {name} 不存在。")
    claim, met = _Claim(book, model, table, condition, wanted), False
    names = _shared(table, names_read(condition) & set(model.decisions[name].input_names))
    for inputs in claim.points(names):
        if value_of(condition, {**book.effects.always, **inputs}, book.effects.clock) is True:
            met = True
            counter = claim.broken(inputs)
            if counter is not None:
                return counter
    if not met:
        raise BadInput(f"不变式的条件没有一种输入能满足：{text}")
    return None


@dataclass(frozen=True)
class _Claim:
    """What is claimed of a table under a condition."""

    book: Rulebook
    model: DecisionModel
    table: Table
    condition: str
    wanted: str

    def broken(self, inputs: Mapping[str, Any]) -> Counter | None:
        """None when the claim holds for all inputs that agree with these, else one where it does not."""
        clock = self.book.effects.clock
        found = fired(self.table, inputs, clock)
        if _gives(found, self.wanted, clock):
            return None
        open_ = _deciding(self.table, self.open_rules(found)) - set(inputs)
        if not open_:
            return Counter(inputs, tuple(_results((*found.surely, *found.perhaps), clock)))
        tried = (self.broken({**inputs, **more}) for more in self.points(open_))
        return next((counter for counter in tried if counter is not None), None)

    def open_rules(self, found: Fired) -> list[Rule]:
        """The rules that may fire and would make a difference to the claim."""
        if not self.wanted.startswith("has "):
            return list(found.perhaps)
        wanted, clock = TEXTS.findall(self.wanted), self.book.effects.clock
        return [rule for rule in found.perhaps if _results((rule,), clock)[0] in wanted]

    def points(self, names: frozenset[str]) -> Iterator[dict[str, Any]]:
        """All combinations of representative values. Raises BadInput for more than MOST."""
        samples = {n: self.samples(n) for n in sorted(names)}
        size = prod(len(values) for values in samples.values())
        if size > MOST:
            raise BadInput(f"决策表 {self.table.decision} 的不变式要试 {size} 种输入，请分成几条。")
        for values in product(*samples.values()):
            yield dict(zip(samples, values, strict=True))

    def samples(self, name: str) -> list[Any]:
        """Representative values of an input, by its type; null when the text speaks of it."""
        settings = self.book.settings
        if isinstance(settings.get(name), Decimal):
            return [settings[name]]
        said = _said(name, self.table, self.condition)
        kind = str(getattr(self.model.inputs.get(name), "name", ""))
        nothing: list[Any] = [None] if re.search(r"\bnull\b", said) else []
        if kind == "boolean":
            return [True, False, *nothing]
        if kind == "date":
            return [*DAYS, *nothing]
        if kind == "number":
            constants = {Decimal(n) for n in NUMBERS.findall(said)} | {Decimal(0), Decimal(1)}
            constants |= {v for n, v in settings.items() if re.search(rf"\b{n}\b", said)}
            return sorted({c + d for c in constants for d in (-1, 0, 1)})
        return [*dict.fromkeys(TEXTS.findall(said)), *OTHERS, *nothing]


def _deciding(table: Table, rules: list[Rule]) -> frozenset[str]:
    """Inputs that these rules look at."""
    columns = {
        number
        for rule in rules
        for number, test in enumerate(rule.tests)
        if test.text.strip() != "-"
    }
    names = (table.inputs[number].expression.free_names for number in columns)
    return frozenset().union(*names)


def _shared(table: Table, names: frozenset[str]) -> frozenset[str]:
    """The names, and those that stand in one column with them."""
    columns = [c.expression.free_names for c in table.inputs if c.expression.free_names & names]
    return names.union(*columns)


def _gives(found: Fired, wanted: str, clock: Clock) -> bool:
    surely = _results(found.surely, clock)
    if wanted == "some":
        return bool(surely)
    if wanted == "none":
        return not found.surely and not found.perhaps
    texts = TEXTS.findall(wanted)
    if wanted.startswith("is "):
        return not found.perhaps and surely == texts
    return set(texts) <= set(surely)


def _results(rules: Iterable[Rule], clock: Clock) -> list[str]:
    """What the rules give, as text; several output columns are joined by 、."""
    return ["、".join(_cell(evaluated(cell, {}, clock)) for cell in rule.outputs) for rule in rules]


def _cell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(name: str, table: Table, condition: str) -> str:
    """The condition, and all that the columns that read an input say."""
    found = [condition]
    for number, column in enumerate(table.inputs):
        if name in column.expression.free_names:
            found += [column.expression.text, *(rule.tests[number].text for rule in table.rules)]
    return " ".join(found)


def check_element(book: Rulebook, text: str) -> list[str]:
    """What speaks against `A by LANE` (elements that carry act A outside the lane) or `A asks TABLE` (elements
    that carry it and have the table neither as their gate nor as their decision). Raises BadInput.
    """
    words = " ".join(text.split())
    if match := BY.fullmatch(words):
        act, lane = match.groups()
        return [f"「{n.label}」在泳道 {n.lane} 里" for n in book.acting(act) if n.lane != lane]
    if match := ASKS.fullmatch(words):
        act, table = match.groups()
        if table not in book.decisions:
            raise BadInput(f"不变式提到的决策表 {table} 不存在。")
        return [
            f"「{n.label}」不再用决策表 {table} 核对"
            for n in book.acting(act)
            if table not in (n.decision, n.properties.get("gate"))
        ]
    raise BadInput(f"关于办理单位和核对的不变式读不懂：{text}")
