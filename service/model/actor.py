"""Who acts: a person, in a post of a unit, with the candidate groups of that unit."""

from __future__ import annotations

from dataclasses import dataclass


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
class Actor:
    """A person acting now. `groups` are the candidate groups that the account holds.

    A project-bound group (contractor, project_owner …) gives rights only in projects where the
    group means `unit_id`. `login` names him in diagrams that ask for a person. `role` is an office of
    administration, which excludes every group. `on_behalf_of` is for whom he acts now.
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

    @property
    def signature(self) -> str:
        """His name as it is shown and printed: 张三（代县民政局）."""
        return f"{self.name}（代{self.on_behalf_of.title}）" if self.on_behalf_of else self.name


SYSTEM = Actor("system", "系统", "system", "系统", "系统", frozenset())
