"""Create the account of a person: of a unit with posts, or with one of the three offices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select

from service.commands._administration import check_office, log_administration
from service.model.actor import SYSTEM, Actor
from service.model.errors import Refused
from service.model.keys import new_key
from service.model.people import LOGIN, ROLES, Person, check_password, rights_of
from service.model.spelling import spelled
from service.store.register import actors, posts_of, unit_of
from service.store.tables import account

HASHER = PasswordHasher()


def create_account(
    connection: Connection,
    by: Actor,
    person: Person,
    *,
    password: str,
    reason: str,
    now: datetime,
    must_change: bool = True,
    hasher: PasswordHasher = HASHER,
    cause: int | None = None,
) -> Actor:
    """A new account with an initial password, which the person changes at the first log-in.

    Posts and office are only asked for: the security administrator grants them (`grant_rights`). On the server's
    console, where the first administrators are made, they are given at once. `cause`: the event of the import that it
    belongs to. Raises NotAllowed, Refused with the `fields` to mend.
    """
    check_office(by, "system_admin")
    taken = select(account.c.account_key).where(account.c.login == person.login)
    if connection.execute(taken).first():
        raise Refused(
            f"账号 {person.login} 已被使用，请换一个。", fields={"login": "已被使用，请换一个。"}
        )
    check_person(connection, person)
    check_password(password, person.login)
    key, granted = new_key("a"), by is SYSTEM
    connection.execute(
        insert(account).values(
            account_key=key,
            login=person.login,
            name=person.name,
            spelling=spelled(person.name, person=True),
            unit_id=person.unit_id,
            posts=list(person.posts) if granted else [],
            role=person.role if granted else None,
            asked=None if granted else rights_of(person),
            password_hash=hasher.hash(password),
            must_change=must_change,
            created_at=now,
        )
    )
    body: dict[str, Any] = {"account": key, "new": person.as_dict()}
    if not granted:
        bare = Person(person.login, person.name, person.unit_id)
        body = {"account": key, "new": bare.as_dict(), "asked": rights_of(person)}
    if cause is not None:
        body["cause"] = cause
    log_administration(connection, by, "create_account", reason=reason, now=now, body=body)
    return actors(connection, account.c.account_key == key)[0][1]


def check_person(connection: Connection, person: Person) -> None:
    """Raise Refused with a sentence for each field that cannot stand as it is."""
    wrong = problems(connection, person)
    if wrong:
        raise Refused("人员没有保存：" + "".join(wrong.values()), fields=wrong)


def problems(connection: Connection, person: Person) -> dict[str, str]:
    """What is wrong with an entry, by field."""
    wrong: dict[str, str] = {}
    if not LOGIN.fullmatch(person.login):
        wrong["login"] = "账号用小写英文字母、数字，2 至 40 位，以字母开头。"
    if not 1 < len(person.name) <= 30:
        wrong["name"] = "请填姓名，2 至 30 字。"
    unit = unit_of(connection, person.unit_id)
    if unit is None or not unit.active:
        wrong["unit_id"] = "请选择在册的单位。"
    posts = posts_of(connection)
    unknown = [p for p in person.posts if p not in posts or not posts[p].active]
    if unknown:
        wrong["posts"] = "请从给出的岗位中选择。"
    if person.role and person.role not in ROLES:
        wrong["role"] = f"管理职责只能是{'、'.join(ROLES.values())}之一。"
    elif person.role and person.posts:
        wrong["role"] = "系统、安全、审计管理员不办理业务，不能同时有岗位。"
    elif not person.role and not person.posts:
        wrong["posts"] = "请至少选一个岗位，或选一项管理职责。"
    elif unit and not person.role and not unknown:
        useless = [
            posts[p].name for p in person.posts if not set(posts[p].groups) & set(unit.groups)
        ]
        if useless:
            wrong["posts"] = f"{unit.name}不能有岗位“{'、'.join(useless)}”，请先核对单位的候选组。"
    return wrong
