"""Opinions that several units give beside each other (联合审核, 验收组), round by round, as the log has them.

Which tasks those are, the diagram says: user tasks with a duty to review behind one parallel split, and the
members of a multi-instance task, as far as their form asks for a conclusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition, Process, undone_by
from service.model.values import from_json
from service.queries.board import CLOSED, GIVEN, OPEN, Board, Opinion, Place, Round
from service.queries.holders import holder_name
from service.queries.joint_tasks import joint_tasks, said_in
from service.store import history as log
from service.store import tables as t
from service.store.among import among
from service.store.register import unit_names


def boards_of(
    connection: Connection, project_key: str, *, events: Iterable[log.StoredEvent] | None = None
) -> list[Board]:
    """The reviews of a project, the newest first. `events`: its log, where it is read already."""
    looks: dict[tuple[str, str, str], _Look] = {}
    for event in events or log.read(connection, project_key=project_key):
        if "effects" not in event.body:
            continue
        definition = definition_of(connection, event.body["bundle"])
        for look in looks.values():
            look.hear_return(event)
        for process_id, elements in _asked_in(definition, event.body["effects"]):
            key = (str(event.instance_key), process_id, elements[0])
            if key not in looks:
                name = _name(definition.processes[process_id], elements)
                before = sum(look.name.partition("（第")[0] == name for look in looks.values())
                name += f"（第{before + 1}次）" if before else ""  # in another instance
                looks[key] = _Look(key[0], process_id, elements, name)
        for look in looks.values():
            if look.instance_key == event.instance_key:
                look.hear(connection, definition, event)
    names = _names(connection, [k for look in looks.values() for k in look.by_task])
    found = [board for look in looks.values() if (board := look.board(names)) is not None]
    return sorted(found, key=lambda board: board.rounds[-1].at, reverse=True)


def _asked_in(
    definition: Definition, effects: Iterable[Any]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(process, group of tasks) of which a step opens one."""
    for name, fields in effects:
        if name == "UserTaskCreated":
            process = definition.processes[fields["process_id"]]
            for elements in joint_tasks(definition, process):
                if fields["element_id"] in elements:
                    yield process.id, elements


def _name(process: Process, elements: tuple[str, ...]) -> str:
    if len(elements) > 1:
        return process.name
    return f"{process.name}：{process.elements[elements[0]].name}"


@dataclass
class _Look:
    """One review while the log is read."""

    instance_key: str
    process_id: str
    elements: tuple[str, ...]
    name: str
    rounds: list[Round] = field(default_factory=list)
    by_task: dict[str, tuple[int, Place]] = field(default_factory=dict)
    given_at: dict[int, tuple[int, Place]] = field(default_factory=dict)

    def hear_return(self, event: log.StoredEvent) -> None:
        """Opinions that a return has taken back."""
        if event.instance_key == self.instance_key:
            for seq in undone_by(event.body["effects"]):
                if seq in self.given_at:
                    self._change(*self.given_at[seq], undone=True)

    def hear(self, connection: Connection, definition: Definition, event: log.StoredEvent) -> None:
        """Tasks that are opened, completed and cancelled."""
        opened = []
        for name, fields in event.body["effects"]:
            key = fields.get("task_key")
            if name == "UserTaskCreated" and self._is_here(fields):
                opened.append(fields)
            elif name == "UserTaskCancelled" and key in self.by_task:
                self._change(*self.by_task[key], state=CLOSED, at=event.at)
            elif name == "UserTaskCompleted" and key in self.by_task:
                self._give(connection, definition, event, key)
        if opened:
            self._open(definition, event, opened)

    def _is_here(self, fields: Mapping[str, Any]) -> bool:
        return fields["process_id"] == self.process_id and fields["element_id"] in self.elements

    def _open(
        self, definition: Definition, event: log.StoredEvent, opened: list[Mapping[str, Any]]
    ) -> None:
        places = [(f["element_id"], f.get("member") or "") for f in opened]
        last = self.rounds[-1].opinions if self.rounds else None
        if last is None or self._begins(definition, last, places):
            whole = last is None or len(places) > 1
            self.rounds.append(Round(len(self.rounds) + 1, event.at, whole))
        for place, fields in zip(places, opened, strict=True):
            element = definition.element(self.process_id, place[0])
            due = fields.get("due")
            number = len(self.rounds)
            self.rounds[-1].opinions[place] = Opinion(
                fields["task_key"], number, "", element.name, OPEN, event.at,
                from_json(due) if due else None,
            )  # fmt: skip
            self.by_task[fields["task_key"]] = (number, place)

    def _begins(
        self, definition: Definition, last: Mapping[Place, Opinion], places: list[Place]
    ) -> bool:
        """Whether tasks that open begin a round: one is asked again, or the round before is complete."""
        loop = definition.element(self.process_id, places[0][0]).loop
        in_turn = loop is not None and loop.sequential
        complete = all(opinion.state != OPEN for opinion in last.values())
        return any(place in last for place in places) or (complete and not in_turn)

    def _give(
        self, connection: Connection, definition: Definition, event: log.StoredEvent, key: str
    ) -> None:
        body = event.body
        number, place = self.by_task[key]
        if event.instance_seq is not None:
            self.given_at[event.instance_seq] = (number, place)
        element = definition.element(self.process_id, place[0])
        form = definition.forms.get(body.get("form", ""))
        said = said_in(connection, form, element, body) if form else {}
        actor = body["actor"]
        self._change(
            number, place, state=GIVEN, at=event.at, person=actor["name"],
            unit=actor["unit_name"], **said,
        )  # fmt: skip

    def _change(self, number: int, place: Place, **changes: Any) -> None:
        opinions = self.rounds[number - 1].opinions
        opinions[place] = replace(opinions[place], **changes)

    def board(self, names: Mapping[str, str]) -> Board | None:
        """The review as it stands; None when a single task was never beside another."""
        for one in self.rounds:
            for place, opinion in one.opinions.items():
                if not opinion.unit:
                    one.opinions[place] = replace(opinion, unit=names.get(opinion.task_key, ""))
        first = max(n for n, one in enumerate(self.rounds) if one.whole)
        now: dict[Place, Opinion] = {}
        for one in self.rounds[first:]:
            now.update(one.opinions)
        return Board(self.instance_key, self.name, tuple(self.rounds), tuple(now.values()))


def _names(connection: Connection, keys: list[str]) -> dict[str, str]:
    """Task → unit that has, or had, to answer; the person where only one may."""
    units = unit_names(connection)
    query = (
        select(
            t.task.c.task_key,
            t.task.c.group_id,
            t.task.c.unit_id,
            t.task.c.person,
            t.instance.c.digest,
        )
        .join(t.instance, t.instance.c.instance_key == t.task.c.instance_key)
        .where(among(t.task.c.task_key, keys))
    )
    people = select(t.account.c.login, t.account.c.name)
    found, named = {}, {}
    for row in connection.execute(query):
        definition = definition_of(connection, row.digest)
        found[row.task_key] = holder_name(definition, units, row.group_id, row.unit_id)
        if row.person:
            named[row.task_key] = row.person
    if named:
        logins = {
            r.login: r.name
            for r in connection.execute(people.where(t.account.c.login.in_(named.values())))
        }
        found |= {
            key: f"{logins.get(login, login)}（{found[key]}）" for key, login in named.items()
        }
    return found
