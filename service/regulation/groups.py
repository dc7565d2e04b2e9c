"""Candidate groups and units of processes/groups.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from service.model.errors import BadInput


@dataclass(frozen=True)
class Group:
    """A candidate group: of one unit of the county (`unit_id`), or bound to a project (`unit_id` None).

    `clauses` are ids of the clauses that speak of it.
    """

    id: str
    name: str
    unit_id: str | None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """A unit or firm; `groups` are those that its people may hold; `account` is its demo account."""

    id: str
    name: str
    groups: tuple[str, ...]
    account: str | None = None


@dataclass(frozen=True)
class Groups:
    """Groups and units by id."""

    groups: Mapping[str, Group]
    units: Mapping[str, Unit]


def parse_groups(source: bytes) -> Groups:
    """Read `groups: [{id, name, unit | scope: project}]`, `units: [{id, name, groups}]`. Raises BadInput."""
    try:
        data = yaml.safe_load(source)
        groups = {
            g["id"]: Group(
                g["id"],
                g["name"],
                None if g.get("scope") == "project" else g["unit"],
                tuple(str(c) for c in g.get("clauses") or ()),
            )
            for g in data["groups"]
        }
        units = {
            u["id"]: Unit(u["id"], u["name"], tuple(u.get("groups") or ()), u.get("account"))
            for u in data["units"]
        }
    except (yaml.YAMLError, KeyError, TypeError) as wrong:
        raise BadInput("groups.yaml 的写法不对，应有 groups 和 units 两个列表。") from wrong
    for unit in units.values():
        unknown = [g for g in unit.groups if g not in groups]
        if unknown:
            raise BadInput(f"groups.yaml：{unit.name} 的候选组 {'、'.join(unknown)} 没有定义。")
    return Groups(groups, units)
