"""常用筛选: keep what is asked of a list under a name of one's own, or drop it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from service.model.actor import Actor
from service.model.errors import NotFound, Refused
from service.store import tables as t

MOST, LONGEST, LARGEST = 20, 20, 1000
PLACES = ("inbox", "ledger")


def keep_filter(
    connection: Connection,
    actor: Actor,
    place: str,
    name: str,
    asked: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Keep `asked` (what stands in the address) for a list of `PLACES`; the same name replaces.

    Raises NotFound for another list, Refused for a name or a number that cannot be.
    """
    name = " ".join(name.split())
    if place not in PLACES:
        raise NotFound("没有这个列表。")
    if not name or len(name) > LONGEST:
        words = f"请给这组筛选起个名字，不超过 {LONGEST} 字。"
        raise Refused(words, fields={"name": words})
    text = json.dumps(dict(sorted(asked.items())), ensure_ascii=False)
    if not asked or len(text) > LARGEST:
        raise Refused("请先筛选或排序，再存为常用筛选。")
    _removed(connection, actor, place, name)
    mine = select(func.count()).select_from(t.saved_filter)
    mine = mine.where(
        t.saved_filter.c.account_key == actor.account_key, t.saved_filter.c.place == place
    )
    if connection.execute(mine).scalar_one() >= MOST:
        raise Refused(f"常用筛选最多 {MOST} 个，请先删掉不用的。")
    row = {
        "account_key": actor.account_key,
        "place": place,
        "name": name,
        "asked": text,
        "at": now,
    }
    connection.execute(insert(t.saved_filter), [row])


def drop_filter(connection: Connection, actor: Actor, place: str, name: str) -> None:
    """Drop one of the actor's own. Raises NotFound."""
    if not _removed(connection, actor, place, name):
        raise NotFound("没有这个常用筛选，可能已经删掉了。")


def _removed(connection: Connection, actor: Actor, place: str, name: str) -> int:
    """How many rows went: none or one."""
    f = t.saved_filter.c
    gone = delete(t.saved_filter).where(
        f.account_key == actor.account_key, f.place == place, f.name == name
    )
    return connection.execute(gone).rowcount
