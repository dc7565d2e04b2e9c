"""A condition holds whenever an act is done (`act`, `that` in FEEL, `since` an act before, `says`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.engine.context import evaluate
from service.queries.monitors.found import Found
from service.queries.monitors.past import Done, Log


def holds(log: Log, events: Iterable[Done], monitor: Mapping[str, Any]) -> Iterator[Found]:
    """One test for each event that did the act; `since` is the day on which the other act was last done."""
    for event in events:
        if monitor["act"] not in event.acts:
            continue
        names = {
            **event.names,
            "since": event.last.get(monitor.get("since", "")),
            "settings": event.definition.setting_values,
        }
        good = evaluate(event.definition, monitor["that"], names, event.at) is True
        yield Found(event.seq, "" if good else str(monitor["says"]))
