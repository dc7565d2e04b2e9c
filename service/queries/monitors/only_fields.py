"""Where a condition has come true, a project holds some fields only (`when`, `fields`, no `facts`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.engine.context import evaluate
from service.queries.monitors.found import Found
from service.queries.monitors.past import Done, Log


def only_fields(log: Log, events: Iterable[Done], monitor: Mapping[str, Any]) -> Iterator[Found]:
    """One test for each submission of such a project, those before the condition came true as well."""
    everything = list(events)
    meant = {e.project for e in everything if _meant(e, monitor["when"])}
    fields, facts = set(monitor["fields"]), list(monitor.get("facts") or ())
    for event in everything:
        if event.project not in meant or not event.submitted:
            continue
        more = sorted(k for k, v in event.submitted.items() if k not in fields and v is not None)
        more += [name for name in facts if event.names.get(name) is not None]
        yield Found(event.seq, f"保存了 {'、'.join(more)}" if more else "")


def _meant(event: Done, condition: str) -> bool:
    return evaluate(event.definition, condition, event.names, event.at) is True
