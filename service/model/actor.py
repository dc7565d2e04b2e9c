"""Who acts: a person, in a post of a unit, with the candidate groups of that unit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person acting now. `groups` are the candidate groups that the account holds.

    A project-bound group (contractor, project_owner …) gives rights only in projects where the
    group means `unit_id`.
    """

    account_key: str
    name: str
    unit_id: str
    unit_name: str
    post: str
    groups: frozenset[str]


SYSTEM = Actor("system", "系统", "system", "系统", "系统", frozenset())
