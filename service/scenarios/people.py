"""The people of a story's county: one account for each unit."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import Engine

from service.commands.create_account import create_account, hash_password
from service.engine import Definition
from service.model.actor import Actor
from service.store.session import begin

PASSWORD = "banjie-demo"  # noqa: S105 (of demo accounts, which production never creates)
# Everybody knows this password: a hash that takes long would protect nothing.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"


def people_of(definition: Definition, engine: Engine, now: datetime) -> dict[str, Actor]:
    """One account for each unit, with all its groups; the login is the unit's id."""
    people = {}
    with begin(engine) as connection:
        for index, unit in enumerate(definition.groups.units.values()):
            people[unit.id] = create_account(
                connection,
                login=unit.id,
                name=SURNAMES[index % len(SURNAMES)] + "明",
                unit_id=unit.id,
                unit_name=unit.name,
                post="经办人",
                groups=unit.groups,
                password_hash=hash_password(PASSWORD, QUICK),
                now=now,
            )
    return people
