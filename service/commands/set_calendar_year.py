"""Put a year of the working-day calendar in place of the one in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from service.commands._advance import actor_body
from service.definitions import in_force, newest_definition
from service.model.actor import Actor
from service.model.errors import NotAllowed, Refused
from service.regulation.calendar import Day, Year, made_year
from service.store import history, rules

FIRST, LAST = 2000, 2100
MAX_TEXT = 500


def set_calendar_year(
    connection: Connection,
    actor: Actor,
    year: int,
    days: Iterable[Day],
    *,
    source: str,
    provisional: bool,
    reason: str,
    now: datetime,
) -> list[tuple[date, bool, bool]]:
    """Write the event `set_year` and its rows; days that say what the week says anyway are left out.

    Returns what changes: (day, whether offices were open, whether they will be). Raises NotAllowed for
    who does not keep the calendar, Refused without a reason or source, or when nothing changes.
    """
    history.queue_up(connection)  # else two would each change the year that both have read
    calendar = in_force(connection, newest_definition(connection), now).calendar
    check_keeper(actor, calendar.kept_by)
    wanted = _wanted(year, days, source.strip(), provisional)
    if not reason.strip():
        raise Refused("请填写理由。", fields={"reason": "请填写理由，如依据的通知文号。"})
    changes = calendar.differences(wanted)
    before = calendar.years.get(year)
    if before == wanted:
        raise Refused(f"{year}年的安排没有变化，不需要保存。")
    body = {
        "actor": actor_body(actor),
        "reason": reason.strip()[:MAX_TEXT],
        "year": {
            "year": str(year),
            "source": wanted.source,
            "provisional": provisional,
            "days": [[d.day.isoformat(), d.working, d.name] for d in wanted.days],
        },
        "changes": [[day.isoformat(), was, will] for day, was, will in changes],
    }
    seq = history.append(connection, at=now, act="set_year", body=body)
    rules.year_set(connection, seq, body["year"])  # type: ignore[arg-type]
    return changes


def check_keeper(actor: Actor, kept_by: str | None) -> None:
    """Raise NotAllowed for who is not of the group that keeps the calendar."""
    if kept_by not in actor.groups:
        raise NotAllowed("工作日历由县信息中心维护，您只能查看。")


def _wanted(year: int, days: Iterable[Day], source: str, provisional: bool) -> Year:
    if not FIRST <= year <= LAST:
        raise Refused(f"年份应在 {FIRST} 到 {LAST} 之间。", fields={"year": "请填四位年份。"})
    if not source:
        raise Refused("请填写来源。", fields={"source": "请填写来源，如通知的名称和文号。"})
    telling = [d for d in days if d.working is (d.day.weekday() >= 5)]
    return made_year(year, telling, source=source[:MAX_TEXT], provisional=provisional)
