"""What the log says of an instance, as the engine wants it when a step has to be carried in again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.definitions import definition_of, in_force
from service.engine import Past, undone_by
from service.model.inputs import MigrateInstance
from service.model.values import from_json
from service.model.wire import decode_input
from service.store import history
from service.store.history import StoredEvent


@dataclass(frozen=True)
class Restored:
    """What a return has to put right outside the instance: `facts` of the project with their values from
    before, and `children`: running or ended instances that only what is undone had started.
    """

    facts: Mapping[str, Any]
    children: tuple[str, ...]
    answers: bool  # whether a message from an instance that stays would be undone


def past_of(
    connection: Connection,
    instance_key: str,
    project_key: str | None,
    *,
    rules: Connection | None = None,
    before: int | None = None,
    onto: str | None = None,
) -> list[Past]:
    """The inputs of an instance in order, up to the event number `before`; none when the log is older than
    returns are, or when it has changed its version. `onto`: the digest of a version to
    be tried instead of its own. `rules`: where the settings and the calendar stand, the same database unless given.
    """
    facts: dict[str, Any] = {}
    found = []
    for event in _log(connection, instance_key, project_key):
        if before is not None and event.seq >= before:
            break
        body = event.body
        if "begins" in body:
            facts["project_no"] = body["begins"]["no"]
        if event.instance_key == instance_key and "input" in body:
            input_ = decode_input(body["input"])
            if isinstance(input_, MigrateInstance) and onto:
                continue  # the log is carried in as if it had always been that version
            if "ids" not in body or isinstance(input_, MigrateInstance):
                return []
            deployed = definition_of(connection, onto or body["bundle"])
            found.append(
                Past(
                    int(event.instance_seq or 0),
                    input_,
                    event.at,
                    dict(facts),
                    in_force(rules or connection, deployed, event.at),
                    body["ids"],
                    body["effects"],
                )
            )
        facts.update(_facts_set(body))
    return found


def restored(
    connection: Connection, instance_key: str, project_key: str | None, undone: Collection[int]
) -> Restored:
    """What follows outside the instance when its inputs `undone` no longer count."""
    log = list(_log(connection, instance_key, project_key))
    gone = _all_undone(log) | {(instance_key, seq) for seq in undone}
    facts: dict[str, Any] = {}
    names: set[str] = set()
    for event in log:
        here = (event.instance_key, event.instance_seq)
        if here in gone:
            names |= _facts_set(event.body).keys() if here[1] in undone else set()
        elif not undone_by(event.body.get("effects", ())):
            facts.update(_facts_set(event.body))
    seqs = {e.seq for e in log if e.instance_key == instance_key and e.instance_seq in undone}
    children = tuple(
        str(e.instance_key)
        for e in log
        if e.act == "start_instance" and e.body.get("cause") in seqs
    )
    return Restored(
        {n: facts.get(n) for n in sorted(names)} if project_key else {},
        children,
        _answered(log, seqs, (instance_key, *children)),
    )


def _answered(log: list[StoredEvent], seqs: set[int], own: Collection[str]) -> bool:
    """Whether one of the events came from an instance that is neither this one nor a child."""
    by_seq = {e.seq: e for e in log}
    causes = (by_seq.get(by_seq[s].body.get("cause", 0)) for s in seqs)
    return any(c is not None and c.instance_key not in own for c in causes)


def _all_undone(log: Iterable[StoredEvent]) -> set[tuple[str | None, int | None]]:
    return {(e.instance_key, seq) for e in log for seq in undone_by(e.body.get("effects", ()))}


def _facts_set(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: from_json(value)
        for effect, fields in body.get("effects", ())
        if effect == "FactsSet"
        for name, value in fields["facts"].items()
    }


def _log(
    connection: Connection, instance_key: str, project_key: str | None
) -> Iterable[StoredEvent]:
    if project_key is not None:
        return history.read(connection, project_key=project_key)
    return history.read(connection, instance_key=instance_key)
