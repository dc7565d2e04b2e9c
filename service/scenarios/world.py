"""A county in which a story happens: its database, its clock, its people, its projects by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from service.audit.signing import Signer
from service.engine import Definition, Element
from service.model.actor import Actor
from service.model.errors import BadInput
from service.store.facts import unit_for
from service.store.session import create_engine, reading

SIGNER = Signer("banjie-story", bytes(range(32)))  # stories sign too; what they sign proves nothing


def open_engine(url: str) -> Engine:
    """The database of a story, which need not outlive a failure of the machine: SQLite does not wait for the disk."""
    engine = create_engine(url, sign=SIGNER.sign)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def hurry(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    return engine


@dataclass
class World:
    """`people` by unit id, `names` of the story for people; `now` moves forward only.

    `projects` by alias; None for what stands alone.
    """

    engine: Engine
    definition: Definition
    root: Path
    now: datetime
    people: Mapping[str, Actor]
    names: dict[str, Actor] = field(default_factory=dict)
    projects: dict[str, str | None] = field(default_factory=dict)
    begins_by_date: bool = False

    @property
    def url(self) -> str:
        """The address of the database, with its password."""
        return self.engine.url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def check_clauses(self, clauses: Iterable[str]) -> None:
        """Raise BadInput for a clause that the register lacks."""
        unknown = [c for c in clauses if c not in self.definition.clauses]
        if unknown:
            raise BadInput(f"没有条款 {'、'.join(unknown)}。")

    def add_actors(self, actors: Mapping[str, Mapping[str, str]]) -> None:
        """Names of a story for people of units."""
        for name, actor in actors.items():
            self.names[name] = self.of_unit(actor["unit"], actor.get("group"))

    def of_unit(self, unit: str, group: str | None = None) -> Actor:
        """The account of a unit, by id or name. Raises BadInput."""
        for actor in self.people.values():
            if unit in (actor.unit_id, actor.unit_name, actor.login):
                if group and group not in actor.groups:
                    raise BadInput(f"{actor.unit_name}不属于候选组 {group}。")
                return actor
        raise BadInput(f"没有单位 {unit}。")

    def acting(
        self, by: str | None, group_id: str, project_key: str | None, person: str | None = None
    ) -> Actor:
        """Who acts: the one named by a story (a name, a unit, a group), or the first who may for `group_id`.

        `person`: the only one who may, when the task is kept for somebody.
        """
        if by is None and person in self.people:
            return self.people[str(person)]
        if by in self.names:
            return self.names[str(by)]
        groups = self.definition.groups.groups
        if by is not None and by not in groups:
            return self.of_unit(by)
        group = groups[by or group_id]
        if group.unit_id is not None:
            return self.of_unit(group.unit_id)
        with reading(self.engine) as connection:
            unit = unit_for(connection, project_key, group.id)
        if unit is not None:
            return self.of_unit(unit)
        members = [a for a in self.people.values() if group.id in a.groups]
        if not members:
            raise BadInput(f"候选组 {group.id} 没有人。")
        return members[0]

    def process_name(self, process_id: str) -> str:
        """Name of a process. Raises BadInput."""
        if process_id not in self.definition.processes:
            raise BadInput(f"没有流程 {process_id}。")
        return self.definition.processes[process_id].name

    def element(self, path: str) -> Element:
        """The element of `process/element`. Raises BadInput."""
        process_id, _, element_id = path.partition("/")
        return self.definition.element(process_id, element_id.partition("[")[0])

    def project_key(self, alias: str | None = None) -> str | None:
        """The project of an alias; without one the story's last. Raises BadInput."""
        if alias is None and self.projects:
            return list(self.projects.values())[-1]
        if alias not in self.projects:
            raise BadInput(f"没有名为 {alias or 'p'} 的项目，请先 start。")
        return self.projects[alias]

    def split(self, path: str) -> tuple[str | None, str]:
        """Project and `process/element` of a path that may begin with a project's name and a colon."""
        alias, colon, rest = path.partition(":")
        return (self.project_key(alias), rest) if colon else (self.project_key(), path)
