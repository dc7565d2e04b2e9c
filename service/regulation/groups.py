"""Candidate groups, posts and the first units, of processes/groups.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from service.model.errors import BadInput
from service.model.people import PostEntry, UnitEntry


@dataclass(frozen=True)
class Group:
    """A candidate group: of one unit of the county (`unit_id`), or bound to a project (`unit_id` None).

    `clauses` are ids of the clauses that speak of it. `acts_for`: the group for which its people may do
    tasks in the project, by contract. `audits`: its people read the whole county's record;
    `draws`: they draw the regulation.
    """

    id: str
    name: str
    unit_id: str | None
    clauses: tuple[str, ...] = ()
    acts_for: str | None = None
    audits: bool = False
    draws: bool = False


@dataclass(frozen=True)
class Unit:
    """A unit that the bundle brings; `demo` ones only for the demo, with accounts for `people`."""

    entry: UnitEntry
    demo: bool = False
    people: int = 1

    @property
    def id(self) -> str:
        """Its id."""
        return self.entry.unit_id

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.name

    @property
    def groups(self) -> tuple[str, ...]:
        """Candidate groups that its people may hold."""
        return self.entry.groups


@dataclass(frozen=True)
class Groups:
    """Groups, units and posts by id. Units and posts are what the register begins with, no more."""

    groups: Mapping[str, Group]
    units: Mapping[str, Unit]
    posts: Mapping[str, PostEntry]

    def audits(self, held: Iterable[str]) -> bool:
        """Whether who holds these groups reads the whole county's record."""
        return any(group in self.groups and self.groups[group].audits for group in held)

    def draws(self, held: Iterable[str]) -> bool:
        """Whether who holds these groups draws and releases the regulation."""
        return any(group in self.groups and self.groups[group].draws for group in held)


def parse_groups(source: bytes) -> Groups:
    """Read `groups: [{id, name, unit | scope: project}]`, `posts`, `units`. Raises BadInput."""
    try:
        data = yaml.load(source, Loader=yaml.CSafeLoader)
        groups = {
            g["id"]: Group(
                g["id"],
                g["name"],
                None if g.get("scope") == "project" else g["unit"],
                tuple(str(c) for c in g.get("clauses") or ()),
                g.get("acts_for"),
                g.get("audits") is True,
                g.get("draws") is True,
            )
            for g in data["groups"]
        }
        posts = {
            p["id"]: PostEntry(p["id"], p["name"], tuple(p["groups"]))
            for p in data.get("posts") or ()
        }
        units = {u["id"]: _unit(u) for u in data["units"]}
    except (yaml.YAMLError, KeyError, TypeError) as wrong:
        raise BadInput("groups.yaml 的写法不对，应有 groups、posts 和 units 三个列表。") from wrong
    holders = [(u.name, u.groups) for u in units.values()]
    for name, held in (*holders, *((p.name, p.groups) for p in posts.values())):
        unknown = [g for g in held if g not in groups]
        if unknown:
            raise BadInput(f"groups.yaml：{name} 的候选组 {'、'.join(unknown)} 没有定义。")
    return Groups(groups, units, posts)


def _unit(raw: Mapping[str, object]) -> Unit:
    entry = UnitEntry(
        str(raw["id"]),
        str(raw["name"]),
        str(raw.get("kind") or "firm"),
        tuple(raw.get("groups") or ()),  # type: ignore[arg-type]
        tuple(raw.get("aliases") or ()),  # type: ignore[arg-type]
    )
    return Unit(entry, bool(raw.get("demo")), int(str(raw.get("people") or 1)))
