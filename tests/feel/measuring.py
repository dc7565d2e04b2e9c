"""Processor time and memory of one evaluation, so that a busy machine does not look like a slow expression."""

from __future__ import annotations

import functools
import gc
import time
import tracemalloc
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from service.feel import parse
from service.model.errors import BadInput

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
# uses up the steps of an evaluation with what costs least: what a whole budget of counted work takes here
PLAIN = "for i in 1..4999 return i + i"
MOST = 10  # no text takes longer than so many times as long
MEMORY = 20_000_000


def outcome(text: str, context: Mapping[str, Any]) -> str:
    """`refused`, or the kind of value; any other error is one of ours."""
    try:
        value = parse(text, names=context).evaluate(context, now=NOW)
    except BadInput:
        return "refused"
    return type(value).__name__


def times_plain(text: str, context: Mapping[str, Any]) -> float:
    """Processor time of parsing and evaluating a text, as times that of PLAIN: no constant of a machine.

    What looks like too much is measured again, between two measurements of PLAIN, since others may have
    had the core's caches meanwhile.
    """
    found = seconds(text, context) / _plain()
    for _ in range(4):
        if found < MOST:
            break
        before, again, after = seconds(PLAIN, {}), seconds(text, context), seconds(PLAIN, {})
        found = min(found, again / max(before, after))
    return found


@functools.cache
def _plain() -> float:
    return min(seconds(PLAIN, {}) for _ in range(10))


def seconds(text: str, context: Mapping[str, Any]) -> float:
    """Processor time of parsing and evaluating."""
    gc.collect(0)
    begun = time.thread_time()
    outcome(text, context)
    return time.thread_time() - begun


def peak_memory(text: str, context: Mapping[str, Any]) -> int:
    """Bytes at the peak of an evaluation."""
    tracemalloc.start()
    try:
        outcome(text, context)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
