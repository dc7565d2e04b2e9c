"""A total is always the exact sum of its amounts (`act`, `amount`, `total`), by adding them up anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from service.queries.monitors.found import Found
from service.queries.monitors.past import Done, Log


def ledger(log: Log, events: Iterable[Done], monitor: Mapping[str, Any]) -> Iterator[Found]:
    """One test for each event of a project in which the total exists."""
    sums: dict[str, Decimal] = {}
    for event in events:
        if monitor["act"] in event.acts:
            amount = event.names.get(monitor["amount"])
            if isinstance(amount, Decimal):
                sums[event.project] = sums.get(event.project, Decimal(0)) + amount
        total = event.names.get(monitor["total"])
        if total is None and event.project not in sums:
            continue
        right = sums.get(event.project, Decimal(0))
        said = "" if total == right else f"台账记为 {total} 元，逐笔相加是 {right} 元"
        yield Found(event.seq, said)
