"""The working-day calendar: a year to look at; days changed by who keeps it, after a preview."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from service.commands.set_calendar_year import FIRST, LAST, check_keeper, set_calendar_year
from service.model.errors import BadInput, Refused
from service.queries.calendar import calendar_page
from service.regulation.calendar import Day, Year, made_year
from service.regulation.calendar_sheet import read_calendar_sheet
from service.regulation.dates import local_date
from service.regulation.holiday_notice import read_holiday_notice
from service.regulation.statutory import statutory_year
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.errors import note

blueprint = Blueprint("calendar", __name__)
KINDS = {"off": False, "work": True}


@blueprint.get("/calendar")
@access(SIGNED_IN)
def index() -> Any:
    """A year."""
    year = _year(request.args.get("year") or str(local_date(now()).year))
    return _page(year, None, {})


@blueprint.post("/calendar/<int:year>")
@access(SIGNED_IN)
def change(year: int) -> Any:
    """Show what a change would do, or carry it out; what was typed is never lost."""
    typed = request.form.to_dict()
    try:
        wanted = _wanted(_year(str(year)), typed)
        if typed.get("_act") == "save":
            with begin(current_app.extensions["engine"]) as connection:
                set_calendar_year(
                    connection,
                    actor(),
                    year,
                    wanted.days,
                    source=wanted.source,
                    provisional=wanted.provisional,
                    reason=typed.get("reason", ""),
                    now=now(),
                )
            return redirect(url_for("calendar.index", year=year, done=1))
    except (BadInput, Refused) as refusal:
        if refusal.status not in (400, 413, 422):
            raise
        note(refusal)
        return _page(year, None, typed, refusal), 422
    typed["days"] = _lines(wanted)
    return _page(year, wanted, typed)


def _page(
    year: int, wanted: Year | None, typed: dict[str, str], refusal: Refused | None = None
) -> Any:
    with reading(current_app.extensions["engine"]) as connection:
        page = calendar_page(connection, year, now=now())
    return render_template(
        "calendar.html",
        page=page,
        typed=typed,
        refusal=refusal,
        wanted=wanted,
        changes=page.calendar.differences(wanted) if wanted else None,
        may_change=page.calendar.kept_by in actor().groups,
        weekdays="一二三四五六日",
    )


def _year(text: str) -> int:
    if not text.isdecimal() or not FIRST <= int(text) <= LAST:
        raise BadInput(f"年份应在 {FIRST} 到 {LAST} 之间。")
    return int(text)


def _wanted(year: int, typed: dict[str, str]) -> Year:
    """The year as the form wants it: from a notice's text, a sheet, the statutory days, or one day changed."""
    with reading(current_app.extensions["engine"]) as connection:
        calendar = calendar_page(connection, year, now=now()).calendar
    check_keeper(actor(), calendar.kept_by)
    way = typed.get("way", "")
    if way == "statutory":
        return statutory_year(year)
    source = typed.get("source", "").strip() or "未写来源"
    provisional = typed.get("provisional") == "yes"
    if typed.get("days"):
        days = _read_lines(typed["days"])
    elif way == "notice":
        days = read_holiday_notice(typed.get("text", ""), year)
    elif way == "sheet":
        upload = request.files.get("sheet")
        days = read_calendar_sheet(upload.stream.read(600_000) if upload else b"")
    else:
        before = calendar.years.get(year) or Year(year, (), "", True)
        days = _with_one(before, typed)
        source = typed.get("source", "").strip() or before.source
        provisional = before.provisional
    return made_year(year, days, source=source, provisional=provisional)


def _with_one(before: Year, typed: dict[str, str]) -> list[Day]:
    try:
        day = date.fromisoformat(typed.get("day", ""))
        working = KINDS[typed.get("kind", "")]
    except (ValueError, KeyError) as wrong:
        raise Refused("请填写日期，并选择放假或上班。") from wrong
    others = [d for d in before.days if d.day != day]
    return [*others, Day(day, working, typed.get("name", "").strip()[:80])]


def _lines(year: Year) -> str:
    """Days as they are carried from the preview to the saving."""
    return "\n".join(f"{d.day} {'work' if d.working else 'off'} {d.name}" for d in year.days)


def _read_lines(text: str) -> list[Day]:
    try:
        parts = [line.split(" ", 2) for line in text.splitlines() if line.strip()]
        return [
            Day(date.fromisoformat(p[0]), KINDS[p[1]], p[2] if len(p) > 2 else "") for p in parts
        ]
    except (ValueError, KeyError, IndexError) as wrong:
        raise BadInput("预览的内容已被改动，请重新填写。") from wrong
