"""Every built-in function and every operator, over the largest values, in loops: bounded in time and memory.

`attacks.py` writes the texts from the functions' own signatures and the grammar's kinds of nodes, so nothing
that is added can be forgotten. Ordinary runs try a few texts each; `pytest -m heavy tests/feel -s` tries
thousands, and prints the slowest.
"""

from __future__ import annotations

import itertools
import random

import pytest

from service.feel.compile import BUILDERS
from service.feel.functions import BUILTINS
from tests.feel.attacks import CONTEXT, OPERATORS, POOLS, TIMES, calls, signatures, some, uses
from tests.feel.measuring import MEMORY, MOST, outcome, peak_memory, times_plain

CALLS = {name: [TIMES + text for text in some(calls(name), 3)] for name in sorted(BUILTINS)}
USES = {kind: [TIMES + text for text in some(uses(kind), 6)] for kind in sorted(OPERATORS)}
ATTACKS = list(itertools.chain(*CALLS.values(), *USES.values()))


def test_every_operator_is_attacked() -> None:
    assert OPERATORS.keys() == BUILDERS.keys()


def test_every_parameter_has_large_values() -> None:
    kinds = {k for f in BUILTINS.values() for s in signatures(f) for k in s.types}
    assert kinds <= POOLS.keys()


def test_there_are_two_hundred() -> None:
    assert len(set(ATTACKS)) >= 200


@pytest.mark.parametrize("text", [t for texts in CALLS.values() for t in texts[:2]])
def test_a_function_is_bounded_in_time(text: str) -> None:
    assert times_plain(text, CONTEXT) < MOST


@pytest.mark.parametrize("text", [t for texts in USES.values() for t in texts])
def test_an_operator_is_bounded_in_time(text: str) -> None:
    assert times_plain(text, CONTEXT) < MOST


@pytest.mark.parametrize("text", [texts[-1] for texts in (*CALLS.values(), *USES.values())])
def test_bounded_in_memory(text: str) -> None:
    outcome("1", CONTEXT)
    assert peak_memory(text, CONTEXT) < MEMORY


def nested(seed: int, count: int) -> list[str]:
    """Attacks put into one another: where a large value stood, a call or operator over large values."""
    chosen = random.Random(seed)
    texts = [t for name in BUILTINS for t in some(calls(name), 40)]
    texts += [t for kind in OPERATORS for t in some(uses(kind), 40) if len(t) < 300]
    made = []
    for _ in range(count):
        text = chosen.choice(texts)
        for name in ("rising", "wide", "huge", "keys"):
            if name in text and len(text) < 1000:
                text = text.replace(name, f"({chosen.choice(texts)})", 1)
        made.append(chosen.choice((TIMES, "for i in 1..70, j in 1..70 return ", "")) + text)
    return made


@pytest.mark.heavy
def test_thousands_are_bounded() -> None:
    seed = random.SystemRandom().randrange(10**9)
    texts = [TIMES + t for name in BUILTINS for t in some(calls(name), 25)]
    texts += [TIMES + t for kind in OPERATORS for t in some(uses(kind), 60)]
    texts += nested(seed, 2000)
    slow = sorted(((times_plain(t, CONTEXT), t) for t in dict.fromkeys(texts)), reverse=True)
    print(f"seed {seed}: {len(slow)} texts")
    for times, text in slow[:15]:
        print(f"{times:5.1f} times a plain budget  {text[:150]}")
    assert slow[0][0] < MOST


@pytest.mark.heavy
def test_thousands_are_bounded_in_memory() -> None:
    texts = [TIMES + t for name in BUILTINS for t in some(calls(name), 8)]
    texts += [TIMES + t for kind in OPERATORS for t in some(uses(kind), 20)] + nested(7, 300)
    worst = sorted(((peak_memory(t, CONTEXT), t) for t in dict.fromkeys(texts)), reverse=True)
    for peak, text in worst[:8]:
        print(f"{peak / 1e6:6.1f} MB  {text[:150]}")
    assert worst[0][0] < MEMORY
