"""How templates write times, days left, clauses: filters and the data of every page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask, current_app, g, request

from service.definitions import in_force, newest_definition
from service.engine import Definition
from service.forms import wan
from service.model.actor import Actor
from service.model.errors import ClockJumped
from service.papers.amounts import paper_date
from service.queries.inbox import counts
from service.queries.notices import unread
from service.queries.repairs import waiting
from service.queries.restores import unacknowledged
from service.regulation.calendar import Calendar
from service.regulation.dates import SHANGHAI, local_date
from service.regulation.numerals import article_name
from service.store.session import reading
from service.web.access import is_auditor, may_draw, now
from service.web.navigation import IN_BAR, Entry, navigation
from service.web.unbroken import unbroken

NEAR = 3  # working days left from which a lamp is amber (look.md)


def register(app: Flask) -> None:
    """Install filters and the context of the base template."""
    app.add_template_filter(day, "day")
    app.add_template_filter(last_day, "last_day")
    app.add_template_filter(minute, "minute")
    app.add_template_filter(paper_date, "paperdate")
    app.add_template_filter(paper_minute, "paperminute")
    app.add_template_filter(file_size, "filesize")
    app.add_template_filter(lasted, "lasted")
    app.add_template_filter(zip, "zipped")
    app.add_template_filter(wan, "wan")
    app.add_template_filter(plain_number, "plain")
    app.add_template_filter(article_of, "article")
    app.add_template_filter(unbroken, "unbroken")
    app.add_template_global(lamp, "lamp")
    app.add_template_global(_today, "today")
    app.context_processor(_every_page)


def _every_page() -> dict[str, Any]:
    person = getattr(g, "actor", None)
    badges, alarm = {}, None
    if not g.get("unavailable"):
        with reading(current_app.extensions["engine"]) as connection:
            alarm = unacknowledged(connection)
    if person:
        with reading(current_app.extensions["engine"]) as connection:
            badges = {
                **counts(connection, person, ("todo",)),
                "notices": unread(connection, person),
                "repairs": waiting(connection) if person.role == "security_admin" else 0,
            }
    return {
        "person": person,
        "alarm": alarm,
        "badges": badges,
        "menu": _menu(person, badges) if person else [],
        "in_bar": IN_BAR,
        "nonce": getattr(g, "nonce", ""),
        "read_at": _read_at(),
    }


def _read_at() -> datetime | None:
    """When the page is made; None while the clock is not to be trusted, which a page has to be able to say."""
    try:
        at: datetime = now()
    except ClockJumped:
        return None
    return at


def _today() -> date:
    return local_date(now())


def _menu(person: Actor, badges: dict[str, int]) -> list[Entry]:
    endpoint, draws = request.endpoint or "", may_draw(person)
    return navigation(person, endpoint, badges, auditor=is_auditor(person), draws=draws)


def day(value: datetime | date | None) -> str:
    """2026-03-01 in Shanghai."""
    if value is None:
        return ""
    return str(local_date(value) if isinstance(value, datetime) else value)


def last_day(end: datetime) -> str:
    """The last day of a period that ends before this moment."""
    return day(end - timedelta(microseconds=1))


def minute(value: datetime | None) -> str:
    """2026-03-01 09:30 in Shanghai."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def paper_minute(value: datetime) -> str:
    """2026年3月1日 9:30 in Shanghai, as a paper writes it."""
    local = value.astimezone(SHANGHAI)
    return f"{paper_date(local)} {local.hour}:{local.minute:02d}"


def file_size(size: int) -> str:
    """12 KB, 3.4 MB."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def lasted(span: timedelta) -> str:
    """3天2小时, 40分钟, 不到1分钟."""
    minutes = int(span.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes % 60}分钟" if minutes % 60 else f"{hours}小时"
    return f"{minutes}分钟" if minutes else "不到1分钟"


def plain_number(value: Decimal | float) -> str:
    """12, 2.5: without zeros that say nothing."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def article_of(clause_id: str) -> str:
    """第十九条 of `19.1.14`."""
    return article_name(int(clause_id.partition(".")[0]))


def lamp(due: datetime | None, *, paused: bool = False) -> tuple[str, str]:
    """(class, words) of a due date: standing still, late, today, working days left, or none.

    A day that depends on a year whose notice is not published is marked 暂定.
    """
    if paused:
        return "pause", "暂停计时"
    if due is None:
        return "", "不限期"
    calendar, today, last = _calendar(), local_date(now()), local_date(due)
    mark = "（暂定）" if calendar.is_provisional(last) else ""
    if due < now():
        return "late", f"逾期{max(1, (today - last).days)}天"
    left = calendar.working_days_between(today, last)
    if left == 0:
        return "warn", f"今日到期{mark}"
    return ("warn" if left <= NEAR else "ok"), f"剩{left}个工作日{mark}"


def _calendar() -> Calendar:
    """The county's working days in force, asked for once a request."""
    if "calendar" not in g:
        with reading(current_app.extensions["engine"]) as connection:
            g.calendar = in_force(connection, newest_definition(connection), now()).calendar
    return g.calendar  # type: ignore[no-any-return]


def law_of(definition: Definition, clauses: tuple[str, ...]) -> list[tuple[str, str]]:
    """(第十九条, words of the clause) for clause ids."""
    return [(article_of(c), definition.clauses[c].text) for c in clauses if c in definition.clauses]
