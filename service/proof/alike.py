"""Whether two expressions come to the same, found by trying: another way of writing one is no other rule."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from service.feel import FeelLimitExceeded, FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.proof.partial import Clock, names_read

TRIES = 150
DAYS = (date(2025, 1, 31), date(2025, 12, 31), date(2026, 3, 2))
NOW = datetime(2025, 6, 30, 4, tzinfo=UTC)
WRITTEN = re.compile(r"-?P(?=[\dT])|\d{4}-\d\d-")
TEXTS = re.compile(r'"([^"]*)"')
NUMBERS = re.compile(r"(?<![\w.\"])\d+(?:\.\d+)?(?![\w.])")


def alike(one: str, other: str, settings: Mapping[str, Any], clock: Clock) -> bool:
    """Whether both give the same for all of many values of the names that they read, and not always nothing: then the
    values were of no kind that they speak of, and nothing is known."""
    if " ".join(one.split()) == " ".join(other.split()):
        return True
    try:
        left, right = (parse(text, names=HOST_NAMES) for text in (_literal(one), _literal(other)))
        if left.free_names ^ right.free_names:
            return False
        known = names_read(_literal(one))
    except FeelSyntaxError:
        return False
    told = False
    for names in _tries(f"{one} {other}", known, settings):
        value = _value(left, names, clock)
        if value != _value(right, names, clock):
            return False
        told |= value is not None
    return told


def _literal(text: str) -> str:
    """ISO dates and durations are written without quotes in a timer."""
    return f'@"{text}"' if WRITTEN.match(text) else text


def _value(expression: Any, names: Mapping[str, Any], clock: Clock) -> Any:
    try:
        return expression.evaluate(names, now=NOW, functions=clock.functions)
    except FeelLimitExceeded:
        return None


def _tries(
    said: str, names: frozenset[str], settings: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Values for the names: what the texts compare with, its neighbours, days, and nothing."""
    numbers = {Decimal(n) for n in NUMBERS.findall(said)} | {Decimal(0), Decimal(1)}
    values: list[Any] = [None, True, False, *DAYS, *dict.fromkeys(TEXTS.findall(said))]
    values += sorted({n + d for n in numbers for d in (-1, 0, 1)})
    of_names = sorted(names - {"settings"})
    rand = random.Random(said)  # noqa: S311 (the same texts are tried with the same values)
    for number in range(TRIES):
        found = {name: rand.choice(values) for name in of_names}
        yield {**found, "settings": _settings(settings, number, rand)}


def _settings(settings: Mapping[str, Any], number: int, rand: random.Random) -> dict[str, Any]:
    """The settings as they are, and with each number another one."""
    if not number:
        return dict(settings)
    return {
        name: Decimal(rand.randint(1, 40)) if isinstance(value, Decimal) else value
        for name, value in settings.items()
    }
