"""Run every monitor of the newest bundle over the history."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import Connection

from service.definitions import newest_definition
from service.model.errors import BadInput
from service.queries.monitors.different_persons import different_persons
from service.queries.monitors.found import Found
from service.queries.monitors.holds import holds
from service.queries.monitors.ledger import ledger
from service.queries.monitors.only_fields import only_fields
from service.queries.monitors.only_reads import only_reads
from service.queries.monitors.past import Done, Log, past
from service.queries.monitors.signed import signed

Monitor = Callable[[Log, Iterable[Done], Mapping[str, Any]], Iterator[Found]]
KINDS: dict[str, Monitor] = {
    "different_persons": different_persons,
    "holds": holds,
    "ledger": ledger,
    "only_fields": only_fields,
    "only_reads": only_reads,
    "signed": signed,
}


@dataclass(frozen=True)
class Violation:
    """What the event `seq` did against the invariant."""

    seq: int
    text: str


@dataclass(frozen=True)
class Checked:
    """An invariant: its sentence, how many events were tested, which of them broke it."""

    invariant: str
    text: str
    tested: int
    violations: tuple[Violation, ...]


def monitor(connection: Connection) -> list[Checked]:
    """All runtime invariants over the whole history. Raises BadInput for monitors that cannot be read."""
    log = Log(connection)
    return checked(log, list(past(log)))


def checked(log: Log, everything: list[Done]) -> list[Checked]:
    """All runtime invariants over what `past` gave of a log."""
    definition = newest_definition(log.connection)
    files = definition.bundle.files if definition else {}
    monitors = _read(files.get("processes/monitors.yaml"))
    if not monitors:
        return []
    texts = _texts(files.get("processes/invariants.yaml"))
    found: dict[str, list[Found]] = {}
    for one in monitors:
        results = KINDS[one["kind"]](log, everything, one)
        found.setdefault(one["invariant"], []).extend(results)
    return [
        Checked(
            name,
            texts.get(name, ""),
            len(results),
            tuple(Violation(f.seq, f.problem) for f in sorted(results) if f.problem),
        )
        for name, results in found.items()
    ]


@functools.lru_cache(maxsize=4)
def _read(source: bytes | None) -> list[dict[str, Any]]:
    monitors = (
        (yaml.load(source, Loader=yaml.CSafeLoader) or {}).get("monitors", []) if source else []
    )
    for one in monitors:
        if not isinstance(one, dict) or one.get("kind") not in KINDS or "invariant" not in one:
            raise BadInput(f"monitors.yaml：每项要有 invariant 和 kind（{'、'.join(KINDS)}）。")
    return monitors


@functools.lru_cache(maxsize=4)
def _texts(source: bytes | None) -> dict[str, str]:
    entries = (
        (yaml.load(source, Loader=yaml.CSafeLoader) or {}).get("invariants", []) if source else []
    )
    return {entry["id"]: entry["text"] for entry in entries}
