"""Random expressions give what feelin gives, except in the argued cases of docs/reference/feel-differences.md.

Ordinary runs compare with stored answers; `BANJIE_FEELIN=<folder> pytest -m heavy tests/feel -s` asks
feelin in node about 2,000 new expressions. `BANJIE_FEELIN=… python -m tests.feel.test_differential`
stores answers anew.
"""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service.feel import evaluate_text
from service.feel.text import text_of_value
from service.model.errors import BadInput

HERE = Path(__file__).parent / "differential"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
STORED = 300


class Grammar:
    """Expressions at random from a seed; mostly well typed, now and then not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *ways: Any) -> str:
        return str(self.random.choice(ways)())

    def number(self, depth: int) -> str:
        r = self.random
        if depth <= 0:
            return r.choice(["0", "1", "2", "3", "7", "10", "100", "0.5", "2.25", "(-4)", "12345"])
        d = depth - 1
        return self.pick(
            lambda: f"({self.number(d)} {r.choice('+-*/')} {self.number(d)})",
            lambda: f"(if {self.boolean(d)} then {self.number(d)} else {self.number(d)})",
            lambda: f"{r.choice(['sum', 'min', 'max', 'count', 'mean'])}({self.numbers(d)})",
            lambda: f"{r.choice(['floor', 'ceiling', 'abs'])}({self.number(d)})",
            lambda: f"modulo({self.number(d)}, {r.choice([2, 3, 7])})",
            lambda: f"string length({self.text(d)})",
            lambda: f"{self.numbers(d)}[{r.choice([1, 2, -1, 9])}]",
            lambda: f"{self.context(d)}.a",
            lambda: self.number(0),
        )

    def numbers(self, depth: int) -> str:
        d = depth - 1
        items = ", ".join(self.number(d) for _ in range(self.random.randint(1, 4)))
        if depth <= 0:
            return f"[{items}]"
        return self.pick(
            lambda: f"[{items}]",
            lambda: f"(for n in {self.numbers(d)} return (n * 2))",
            lambda: f"{self.numbers(d)}[item > 2]",
            lambda: f"sublist([{items}], 1, 1)",
            lambda: f"append([{items}], {self.number(d)})",
            lambda: f"concatenate({self.numbers(d)}, [{items}])",
            lambda: f"reverse({self.numbers(d)})",
            lambda: f"distinct values([{items}])",
            lambda: f"sort([{items}], function(a, b) a < b)",
            lambda: f"flatten([[{items}], {self.numbers(d)}])",
        )

    def boolean(self, depth: int) -> str:
        r = self.random
        if depth <= 0:
            return r.choice(["true", "false"])
        d = depth - 1
        compared = r.choice(["=", "!=", "<", "<=", ">", ">="])
        return self.pick(
            lambda: f"({self.number(d)} {compared} {self.number(d)})",
            lambda: f"({self.text(d)} {r.choice(['=', '!='])} {self.text(d)})",
            lambda: f"({self.boolean(d)} {r.choice(['and', 'or'])} {self.boolean(d)})",
            lambda: f"not({self.boolean(d)})",
            lambda: (
                f"({self.number(d)} between {r.choice([-5, 0, 1])} and {r.choice([1, 10, 100])})"
            ),
            lambda: f"({self.number(d)} in {r.choice('[(')}1..10{r.choice('])')})",
            lambda: f"({self.number(d)} in (1, 2, > 50))",
            lambda: f"({r.choice(['some', 'every'])} n in {self.numbers(d)} satisfies n > 2)",
            lambda: (
                f"{r.choice(['contains', 'starts with', 'ends with'])}({self.text(d)}, {self.text(0)})"
            ),
            lambda: f"list contains({self.numbers(d)}, {self.number(0)})",
            lambda: f"({self.number(d)} instance of {r.choice(['number', 'string'])})",
            lambda: f"({self.date(d)} {compared} {self.date(d)})",
            lambda: f"{r.choice(['odd', 'even'])}({r.choice([1, 2, 7, 10])})",
            lambda: f"{r.choice(['all', 'any'])}([{self.boolean(d)}, {self.boolean(d)}])",
        )

    def text(self, depth: int) -> str:
        r = self.random
        if depth <= 0:
            return r.choice(['"甲"', '"政务信息化"', '"abc"', '""', '"a b"', '"乙"'])
        d = depth - 1
        return self.pick(
            lambda: f"({self.text(d)} + {self.text(d)})",
            lambda: f"{r.choice(['upper case', 'lower case'])}({self.text(d)})",
            lambda: f'substring("政务信息化项目", {r.choice([1, 3, -2])}, {r.choice([1, 2])})',
            lambda: f'substring {r.choice(["before", "after"])}({self.text(d)}, "b")',
            lambda: f"(if {self.boolean(d)} then {self.text(d)} else {self.text(d)})",
            lambda: f'string join([{self.text(d)}, {self.text(d)}], "、")',
            lambda: f"string({self.boolean(d)})",
            lambda: f'replace({self.text(d)}, "a", "x")',
            lambda: f"{self.context(d)}.b",
            lambda: self.text(0),
        )

    def date(self, depth: int) -> str:
        r = self.random
        days = ["2026-02-28", "2024-02-29", "2025-12-31", "2025-11-30", "2026-03-01"]
        literal = f'date("{r.choice(days)}")'
        if depth <= 0:
            return literal
        period = r.choice(["P1D", "P3M", "P1Y", "P30D"])
        return f'({literal} {r.choice("+-")} duration("{period}"))'

    def context(self, depth: int) -> str:
        return f"{{a: {self.number(depth - 1)}, b: {self.text(depth - 1)}}}"

    def any(self) -> str:
        depth = self.random.randint(1, 3)
        if self.random.random() < 0.05:  # wrong types
            return f"({self.number(1)} {self.random.choice('+-*')} {self.text(1)})"
        return self.pick(
            lambda: self.number(depth),
            lambda: self.boolean(depth),
            lambda: self.text(depth),
            lambda: self.numbers(depth),
            lambda: f"string({self.date(1)})",
            lambda: f"{self.date(1)}.{self.random.choice(['year', 'month', 'day'])}",
            lambda: self.context(depth),
        )


def expressions(seed: int, count: int) -> list[str]:
    grammar = Grammar(seed)
    return [grammar.any() for _ in range(count)]


def ask(texts: list[str]) -> list[Any]:
    """feelin's answers; the folder in BANJIE_FEELIN holds its node_modules."""
    done = subprocess.run(
        ["node", str(HERE / "ask.js")],
        input="".join(json.dumps(text) + "\n" for text in texts),
        cwd=os.environ["BANJIE_FEELIN"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def ours(text: str) -> Any:
    try:
        return plain(evaluate_text(text, {}, now=NOW))
    except BadInput as refused:
        return {"refused": refused.message}


def plain(value: Any) -> Any:
    """A value of ours as ask.js writes feelin's."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {"context": {key: plain(item) for key, item in value.items()}}
    return {"text": text_of_value(value)}


def same(a: Any, b: Any) -> bool:
    """Equal, numbers up to what a double can hold: the first argued difference."""
    if isinstance(a, dict) and isinstance(b, dict) and "number" in a and "number" in b:
        return math.isclose(float(a["number"]), float(b["number"]), rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict) and "context" in a and "context" in b:
        left, right = a["context"], b["context"]
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    return bool(a == b)


# where the standard is on our side; docs/reference/feel-differences.md argues each
ARGUED = {
    "0.1 + 0.2 = 0.3": (True, False),
    "12345678901234567890 + 1 = 12345678901234567890": (False, True),
    "3 between 10 and 1": (False, True),
}


def compared(texts: list[str], answers: list[Any]) -> tuple[Counter[str], list[str]]:
    """How many are equal, of which null; and the differences."""
    reasons: Counter[str] = Counter()
    open_: list[str] = []
    for text, theirs in zip(texts, answers, strict=True):
        found = ours(text)
        if same(found, theirs):
            reasons["null" if found is None else "equal"] += 1
        else:
            open_.append(f"{text}\n    ours {found}\n    feelin {theirs}")
    return reasons, open_


def test_stored_answers() -> None:
    stored = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
    texts, answers = zip(*stored["answers"], strict=True)
    reasons, open_ = compared(list(texts), list(answers))
    assert not open_, "\n".join(open_[:10])
    assert reasons["equal"] > 0.7 * len(texts)


@pytest.mark.parametrize(("text", "answers"), ARGUED.items())
def test_argued_differences(text: str, answers: tuple[Any, Any]) -> None:
    assert ours(text) == answers[0]


@pytest.mark.heavy
def test_argued_differences_are_still_there() -> None:
    assert ask(list(ARGUED)) == [theirs for _, theirs in ARGUED.values()]


@pytest.mark.heavy
def test_two_thousand_new_expressions() -> None:
    seed = random.SystemRandom().randrange(10**9)
    texts = expressions(seed, 2000)
    reasons, open_ = compared(texts, ask(texts))
    print(f"seed {seed}: {dict(reasons)}")
    assert not open_, f"seed {seed}: {len(open_)} open\n" + "\n".join(open_[:10])


if __name__ == "__main__":
    chosen = expressions(59, STORED)
    package = Path(os.environ["BANJIE_FEELIN"]) / "node_modules/feelin/package.json"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    lines = ",\n".join(
        json.dumps([t, a], ensure_ascii=False) for t, a in zip(chosen, ask(chosen), strict=True)
    )
    (HERE / "answers.json").write_text(
        f'{{"feelin": "{version}", "answers": [\n{lines}\n]}}\n', encoding="utf-8"
    )
