"""The security log: what was refused, to whom, why; the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from service.queries.cursor import after_row, read_cursor
from service.store import tables as t

PAGE = 100
# What a status means, in words.
KINDS = {
    400: "填写有误",
    401: "未登录",
    403: "无权",
    404: "不存在或无权查看",
    409: "已有人办理",
    413: "内容太大",
    422: "按规定不能办",
    429: "过于频繁",
}


@dataclass(frozen=True)
class Refusal:
    """A line of the log; `who` is empty for somebody not logged in."""

    at: datetime
    who: str
    login: str
    act: str
    kind: str
    reason: str


def security_log(
    connection: Connection, *, status: int | None = None, search: str = "", after: str = ""
) -> tuple[list[Refusal], str]:
    """A page of refused attempts, and what asks for the next one; of a status, of a person when asked."""
    s, a = t.security_log.c, t.account.c
    query = (
        select(t.security_log, a.name, a.login)
        .join(t.account, a.account_key == s.account_key, isouter=True)
        .order_by(s.at.desc(), s.entry_key.desc())
        .limit(PAGE + 1)
    )
    if status is not None:
        query = query.where(s.status == status)
    if search:
        like = f"%{search[:60]}%"
        query = query.where(or_(a.name.like(like), a.login.like(like), s.act.like(like)))
    if after:
        at, key = read_cursor(after)
        query = query.where(or_(s.at < at, and_(s.at == at, s.entry_key < key)))
    rows = connection.execute(query).all()
    shown = rows[:PAGE]
    found = [
        Refusal(
            r.at, r.name or "", r.login or "", r.act, KINDS.get(r.status, str(r.status)), r.reason
        )
        for r in shown
    ]
    return found, after_row(shown[-1].at, shown[-1].entry_key) if len(rows) > PAGE else ""
