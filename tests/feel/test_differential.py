"""Random expressions give what feelin gives, except in the argued cases of docs/reference/feel-differences.md.

Hypothesis writes them by `grammar.py`, which leaves out what is argued; a difference shrinks to its smallest
form. Ordinary runs compare with stored answers; `BANJIE_FEELIN=<folder> pytest -m heavy tests/feel -s` asks
feelin in node about 2,000 new ones. `BANJIE_FEELIN=… python -m tests.feel.test_differential` stores anew.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from service.feel import evaluate_text
from service.feel.text import text_of_value
from service.feel.values import kind
from service.model.errors import BadInput
from tests.feel.grammar import expressions

HERE = Path(__file__).parent / "differential"
PAGE = Path(__file__).parents[2] / "docs/reference/feel-differences.md"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
STORED, NEW = 400, 2000
Ask = Callable[[str], Any]


@contextmanager
def feelin() -> Iterator[Ask]:
    """A node process that answers; the folder in BANJIE_FEELIN holds its node_modules."""
    process = subprocess.Popen(
        ["node", str(HERE / "ask.js")],
        cwd=os.environ["BANJIE_FEELIN"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert process.stdin
    assert process.stdout
    write, read = process.stdin, process.stdout

    def ask(text: str) -> Any:
        write.write(json.dumps(text) + "\n")
        write.flush()
        return json.loads(read.readline())

    try:
        yield ask
    finally:
        write.close()
        process.wait(timeout=10)
        read.close()


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
    name = kind(value)
    return {"kind": "duration" if "duration" in name else name, "text": text_of_value(value)}


def same(a: Any, b: Any) -> bool:
    """Equal, numbers up to what a double can hold; NaN is how feelin says that there is no number."""
    if a is None and b == {"number": "NaN"}:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        if "number" in a and "number" in b:
            near = float(a["number"]), float(b["number"])
            return math.isclose(*near, rel_tol=1e-9, abs_tol=1e-9)
        if "context" in a and "context" in b:
            left, right = a["context"], b["context"]
            return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def argued() -> list[tuple[str, str, str]]:
    """Rows of the page: expression, what we give, what feelin gives, both as FEEL text."""
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    cells = [[c.strip("| ").strip("`") for c in row] for row in rows if row[0].startswith("| `")]
    return [(row[0], row[1], row[2]) for row in cells]


def test_stored_answers() -> None:
    stored = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))["answers"]
    wrong = [(text, ours(text), theirs) for text, theirs in stored if not same(ours(text), theirs)]
    assert not wrong, wrong[:10]
    assert len(stored) >= STORED
    assert sum(theirs is not None for _, theirs in stored) > 0.7 * len(stored)


@pytest.mark.parametrize(("text", "wanted", "_theirs"), argued())
def test_argued_differences(text: str, wanted: str, _theirs: str) -> None:
    found = evaluate_text(text, {}, now=NOW)
    assert text_of_value(found, inside=True) == wanted


@pytest.mark.heavy
def test_argued_differences_are_still_there() -> None:
    with feelin() as ask:
        for text, _, theirs in argued():
            assert written(ask(text)) == theirs, text


def written(answer: Any) -> str:
    """An answer of feelin as the page writes it."""
    if isinstance(answer, dict):
        if "refused" in answer:
            return "error"
        return str(answer.get("number") or answer.get("text"))
    if isinstance(answer, list):
        return "[" + ", ".join(map(written, answer)) + "]"
    return json.dumps(answer, ensure_ascii=False)


@pytest.mark.heavy
def test_two_thousand_new_expressions() -> None:
    reasons: Counter[str] = Counter()
    with feelin() as ask:

        @settings(
            max_examples=NEW, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(expressions())
        def agree(text: str) -> None:
            found, theirs = ours(text), ask(text)
            assert same(found, theirs), f"{text}\n    ours {found}\n    feelin {theirs}"
            reasons["null" if found is None else "value"] += 1

        agree()
    print(dict(reasons))
    assert reasons.total() >= NEW


def _store() -> None:
    kept: dict[str, Any] = {}
    with feelin() as ask:

        @seed(59)
        @settings(
            max_examples=3 * STORED, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(expressions())
        def keep(text: str) -> None:
            if len(kept) < STORED + 50 and len(text) < 400:
                kept[text] = ask(text)

        keep()
    package = Path(os.environ["BANJIE_FEELIN"]) / "node_modules/feelin/package.json"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    lines = ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in kept.items())
    (HERE / "answers.json").write_text(
        f'{{"feelin": "{version}", "answers": [\n{lines}\n]}}\n', encoding="utf-8"
    )


if __name__ == "__main__":
    _store()
