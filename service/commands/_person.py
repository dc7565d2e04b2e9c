"""Another person whom an act names: to whom a task goes, who is asked, who gets a copy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from service.model.actor import Actor
from service.model.errors import Refused
from service.store import tables as t
from service.store.register import actors


def person_named(connection: Connection, actor: Actor, account_key: str) -> Actor:
    """An active person of business other than the actor. Raises Refused."""
    found = actors(connection, t.account.c.account_key == account_key)
    if not found or found[0][0].disabled or found[0][1].role:
        raise Refused(
            "请选择人员。", fields={"to": "请选择一位在用的人员。", "agent": "请选择人员。"}
        )
    person = found[0][1]
    if person.account_key == actor.account_key:
        raise Refused(
            "不能选择自己，请另选人员。", fields={"to": "不能选择自己。", "agent": "不能选择自己。"}
        )
    return person


def person_body(person: Actor) -> dict[str, Any]:
    """As the log names him."""
    return {
        "account_key": person.account_key,
        "name": person.name,
        "unit_id": person.unit_id,
        "unit_name": person.unit_name,
    }
