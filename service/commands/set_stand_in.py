"""代理: somebody stands in for a person who is away, for a period, in one process or all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from service.commands._administration import check_office
from service.commands._advance import actor_body
from service.commands._going_back import checked_reason
from service.commands._person import person_named
from service.definitions import newest_definition
from service.model.actor import SYSTEM, Actor
from service.model.errors import NotFound, Refused
from service.model.keys import new_key
from service.regulation.dates import local_date, start_of_day
from service.store import history
from service.store import tables as t
from service.store.asked import stand_in_set
from service.store.where import Where

LONGEST = 180


def set_stand_in(
    connection: Connection,
    by: Actor,
    agent: str,
    first: date | None,
    last: date | None,
    *,
    principal: str | None = None,
    process_id: str | None = None,
    reason: str,
    now: datetime,
) -> str:
    """`agent` (an account) acts for `by`, or for `principal` when the administrator sets it, from the first
    to the last day, both whole. Returns the key. Raises NotAllowed, Refused with `fields`.
    """
    person = _principal(connection, by, principal)
    other = person_named(connection, person, agent)
    if first is None or last is None or last < first or last < local_date(now):
        raise Refused(
            "请填写代理的起止日期，止日不早于起日和今天。", fields={"last": "请核对日期。"}
        )
    if (last - first).days > LONGEST:
        raise Refused(f"一次代理不超过 {LONGEST} 天。", fields={"last": "请缩短期间。"})
    if process_id and process_id not in newest_definition(connection).processes:
        raise Refused("没有这个流程。", fields={"process": "请重选流程。"})
    said = {
        "key": new_key("d"),
        "principal": person.account_key,
        "principal_name": person.name,
        "agent": other.account_key,
        "agent_name": other.name,
        "process": process_id or None,
        "begins": max(start_of_day(first), now).isoformat(),
        "ends": start_of_day(last + timedelta(days=1)).isoformat(),
        "reason": checked_reason(reason, wanted="代理原因"),
    }
    body = {"actor": actor_body(by), "stand_in": said, "reason": said["reason"]}
    history.append(connection, at=now, act="set_stand_in", body=body)
    stand_in_set(connection, _where(by, now), said)
    return str(said["key"])


def _principal(connection: Connection, by: Actor, principal: str | None) -> Actor:
    if principal is None or principal == by.account_key:
        if by.role:
            raise Refused("管理岗位不办理业务，不用设代理。")
        return by
    check_office(by, "system_admin")
    return person_named(connection, SYSTEM, principal)


def _where(by: Actor, now: datetime) -> Where:
    return Where("", None, now, by.account_key, by.signature)


def stand_in_of(connection: Connection, by: Actor, key: str) -> Any:
    """A stand-in that the actor may end: his own, or any for the administrator. Raises NotFound."""
    row = connection.execute(select(t.stand_in).where(t.stand_in.c.stand_in_key == key)).first()
    if row is None or (row.principal != by.account_key and by.role != "system_admin"):
        raise NotFound("没有这项代理。")
    return row
