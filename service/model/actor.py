"""Who acts: a person, in a post of a unit, with the candidate groups of that unit."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Principal:
    """For whom somebody acts: a unit by contract (no `account_key`), or a person who is away."""

    unit_id: str
    unit_name: str
    account_key: str | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """As it is printed after the name of the agent."""
        return f"{self.unit_name}{self.name}"


@dataclass(frozen=True)
class StandIn:
    """A person for whom somebody stands in until `ends_at`, in one process (of the instance) or in all."""

    principal: Actor
    process_id: str | None
    ends_at: datetime


@dataclass(frozen=True)
class Actor:
    """A person acting now. `groups` are the candidate groups that the account holds.

    A project-bound group (contractor, project_owner …) gives rights only in projects where the
    group means `unit_id`. `login` names him in diagrams that ask for a person. `role` is an office of
    administration, which excludes every group. `on_behalf_of` is for whom he acts now; `stands_in_for` are those
    who are away and whose tasks are his too.
    """

    account_key: str
    name: str
    unit_id: str
    unit_name: str
    post: str
    groups: frozenset[str]
    login: str = ""
    role: str | None = None
    on_behalf_of: Principal | None = None
    stands_in_for: tuple[StandIn, ...] = ()

    @property
    def signature(self) -> str:
        """His name as it is shown and printed: 李四（代县民政局）; for a person who is away 张三（李四代）."""
        principal = self.on_behalf_of
        if principal is None:
            return self.name
        if principal.account_key is not None:
            return f"{principal.name}（{self.name}代）"
        return f"{self.name}（代{principal.title}）"

    def standing_in(self, person: Actor) -> Actor:
        """The actor, acting for a person who is away."""
        principal = Principal(person.unit_id, person.unit_name, person.account_key, person.name)
        return dataclasses.replace(self, on_behalf_of=principal)


SYSTEM = Actor("system", "系统", "system", "系统", "系统", frozenset())
