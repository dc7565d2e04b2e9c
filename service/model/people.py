"""People, units and posts as administration writes them: plain values, checked before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.model.errors import Refused

# The three offices of administration (三员): one person has at most one, and none takes part in business.
ROLES = {
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
    "audit_admin": "审计管理员",
}
KINDS = {
    "county": "县级管理部门",
    "owner": "项目建设单位",
    "firm": "参建单位",
    "pool": "专家库",
}
LOGIN = re.compile(r"[a-z][a-z0-9_.-]{1,39}")
MIN_PASSWORD = 10


@dataclass(frozen=True)
class Person:
    """What administration says of a person: `posts` and `role` exclude each other."""

    login: str
    name: str
    unit_id: str
    posts: tuple[str, ...] = ()
    role: str | None = None
    active: bool = True

    def as_dict(self) -> dict[str, object]:
        """For the log."""
        return {
            "login": self.login,
            "name": self.name,
            "unit": self.unit_id,
            "posts": list(self.posts),
            "role": self.role,
            "active": self.active,
        }


def rights_of(person: Person) -> dict[str, object]:
    """Of the entry what the security administrator grants."""
    return {"unit": person.unit_id, "posts": list(person.posts), "role": person.role}


@dataclass(frozen=True)
class UnitEntry:
    """A unit of the register; `groups` are the candidate groups that its people may hold."""

    unit_id: str
    name: str
    kind: str
    groups: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    active: bool = True

    def as_dict(self) -> dict[str, object]:
        """For the log and the table."""
        return {
            "unit_id": self.unit_id,
            "name": self.name,
            "kind": self.kind,
            "groups": list(self.groups),
            "aliases": list(self.aliases),
            "active": self.active,
        }


@dataclass(frozen=True)
class PostEntry:
    """A post and the candidate groups that it brings, as far as the holder's unit may hold them."""

    post_id: str
    name: str
    groups: tuple[str, ...]
    active: bool = True

    def as_dict(self) -> dict[str, object]:
        """For the log and the table."""
        return {
            "post_id": self.post_id,
            "name": self.name,
            "groups": list(self.groups),
            "active": self.active,
        }


def check_password(password: str, login: str) -> None:
    """Raise Refused for a password that is too short, or the login itself, or one character repeated."""
    if len(password) < MIN_PASSWORD:
        raise Refused(
            f"密码至少 {MIN_PASSWORD} 位，请重设。",
            fields={"password": f"至少 {MIN_PASSWORD} 位。"},
        )
    if login.lower() in password.lower() or len(set(password)) < 5:
        raise Refused(
            "密码太容易猜中：不要含账号，也不要总用同几个字符，请重设。",
            fields={"password": "不要含账号，至少用 5 种不同的字符。"},
        )


def groups_of(
    posts: Sequence[PostEntry], unit_groups: Sequence[str], role: str | None
) -> frozenset[str]:
    """Candidate groups of a person: what his posts bring and his unit may hold; none with an office."""
    if role:
        return frozenset()
    brought = {group for post in posts if post.active for group in post.groups}
    return frozenset(brought & set(unit_groups))
