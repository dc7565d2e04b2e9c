"""The people of a story's county: one account for each unit, more where it needs more."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import Engine

from service.commands.create_account import create_account
from service.commands.register_bundle import register_bundle
from service.engine import Definition
from service.model.actor import SYSTEM, Actor
from service.model.people import ROLES, Person
from service.store.session import begin

PASSWORD = "banjie-demo"  # noqa: S105 (of demo accounts, which production never creates)
# Everybody knows this password: a hash that takes long would protect nothing.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"


def people_of(definition: Definition, engine: Engine, now: datetime) -> dict[str, Actor]:
    """Accounts by login: people of the units that the bundle brings, and the three offices.

    Each has all posts that his unit may have. The login is the unit's id, further people of a unit have
    a number after it; an office's login is its own name.
    """
    wanted: list[Person] = []
    for unit in definition.groups.units.values():
        posts = tuple(
            post_id
            for post_id, post in definition.groups.posts.items()
            if set(post.groups) & set(unit.groups)
        )
        for number in range(1, unit.people + 1):
            login = unit.id if number == 1 else f"{unit.id}_{number}"
            wanted.append(Person(login, _name(len(wanted)), unit.id, posts))
    home = next(iter(definition.groups.units), "")
    wanted += [Person(r, _name(len(wanted) + i), home, (), r) for i, r in enumerate(ROLES)]
    with begin(engine) as connection:
        register_bundle(connection, definition, now=now, demo=True)
        return {
            person.login: create_account(
                connection,
                SYSTEM,
                person,
                password=PASSWORD,
                reason="示例账号",
                now=now,
                must_change=False,
                hasher=QUICK,
            )
            for person in wanted
        }


def _name(index: int) -> str:
    return SURNAMES[index % len(SURNAMES)] + "明"
