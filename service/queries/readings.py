"""What auditors have read, for audit administrators; and of which project an address is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.model.errors import BadInput
from service.store import tables as t

PAGE = 100


@dataclass(frozen=True)
class ReadingRow:
    """An auditor's reading; `project` is its number only, since administration is not business."""

    seq: int
    at: datetime
    who: str
    unit: str
    what: str
    project: str
    address: str


def readings(connection: Connection, *, after: str = "") -> tuple[list[ReadingRow], str]:
    """A page of them, the newest first, and what asks for the next one (empty at the end)."""
    if after and not after.isdecimal():
        raise BadInput("这一页的地址不完整，请从第一页重新翻起。")
    query = (
        select(t.event.c.seq, t.event.c.at, t.event.c.body)
        .where(t.event.c.act == "read_record")
        .order_by(t.event.c.seq.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(t.event.c.seq < int(after))
    rows = [(r.seq, r.at, json.loads(r.body)) for r in connection.execute(query)]
    shown = rows[:PAGE]
    keys = {body["read"].get("project") for _, _, body in shown}
    numbers = {
        r.project_key: r.no
        for r in connection.execute(
            select(t.project.c.project_key, t.project.c.no).where(
                t.project.c.project_key.in_([k for k in keys if k])
            )
        )
    }
    found = [_row(seq, at, body, numbers) for seq, at, body in shown]
    return found, str(shown[-1][0]) if len(rows) > PAGE else ""


def _row(seq: int, at: datetime, body: Mapping[str, Any], numbers: Mapping[str, str]) -> ReadingRow:
    actor, read = body["actor"], body["read"]
    return ReadingRow(
        seq, at, actor["name"], actor["unit_name"], read["what"],
        numbers.get(read.get("project") or "", ""), read["address"],
    )  # fmt: skip


def project_of(connection: Connection, names: Mapping[str, Any]) -> str | None:
    """The project of an address by the keys that stand in it; None when it is of none."""
    if "project_key" in names:
        return str(names["project_key"])
    for name, table in (("instance_key", t.instance), ("task_key", t.task)):
        if name in names:
            column = table.c[name]
            return connection.execute(
                select(table.c.project_key).where(column == names[name])
            ).scalar()
    return None
