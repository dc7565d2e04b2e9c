"""台账 and 督办: all projects with filters, sums and charts; what is overdue."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy import Connection

from service.definitions import newest_definition
from service.forms import wan
from service.model.errors import BadInput
from service.queries import ledger as queries
from service.queries.ledger_filters import Filters
from service.queries.ledger_orders import FIRST
from service.queries.overdue import overdue
from service.queries.project_facts import choices_of
from service.regulation.dates import local_date
from service.regulation.facts import listed_fact
from service.store.register import units_of
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.box_links import asked_here, saved_links
from service.web.drawing.charts import Bar, Stack, bars, columns, stacks
from service.web.workbook import XLSX, workbook

blueprint = Blueprint("ledger", __name__)
WAN = Decimal(10_000)
ASKED = ("q", "unit", "status", "year", "least", "most", "overdue", "order")


@blueprint.get("/projects")
@access(SIGNED_IN)
def index() -> Any:
    """The ledger: a page of projects that one may see, with figures over all that the filters let through."""
    with reading(current_app.extensions["engine"]) as connection:
        filters, asked = filters_asked(connection), _asked(connection)
        found = queries.ledger(
            connection, actor(), filters, now=now(), after=request.args.get("after", "")
        )
        facts = newest_definition(connection).facts
        elsewhere = ("q", "order")  # what is not folded up with the other filters
        return render_template(
            "ledger.html",
            ledger=found,
            listed=facts.get(listed_fact(facts)),
            amounts=[fact for fact in found.amounts if found.sums[fact.id]],
            wan=wan,
            asked=asked,
            narrowed=sum(name not in elsewhere for name in asked),
            order=filters.order or FIRST,
            saved=saved_links(connection, actor(), "ledger", asked),
            charts=_charts(found),
            units=[u for u in units_of(connection).values() if u.kind in ("owner", "county")],
            statuses=queries.statuses(connection, actor()),
            years=queries.years(connection, actor()),
            choices=choices_of(newest_definition(connection)),
        )


@blueprint.get("/projects.xlsx")
@access(SIGNED_IN)
def sheet() -> Any:
    """All projects that the filters let through, as a workbook; amounts in yuan as numbers."""
    with reading(current_app.extensions["engine"]) as connection:
        filters = filters_asked(connection)
        found = queries.ledger(connection, actor(), filters, now=now(), limit=None)
    columns = [
        ("编号", "text"), ("项目名称", "text"), ("项目单位", "text"), ("状态", "text"),
        *((fact.label, "money") for fact in found.amounts),
        ("在谁手里", "text"), ("最近期限", "date"), ("建档时间", "time"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for r in found.rows:
        amounts = [r.amounts.get(fact.id) for fact in found.amounts]
        standing = [r.holders, r.due_at, r.created_at]
        rows.append([r.no, r.name, r.unit, r.status or "已建档", *amounts, *standing])
    content = workbook([("台账", (), columns, rows)])
    name = f"projects-{local_date(now())}.xlsx"
    return Response(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/overdue")
@access(SIGNED_IN)
def late() -> Any:
    """督办: what somebody has kept too long, longest first."""
    with reading(current_app.extensions["engine"]) as connection:
        page = overdue(connection, actor(), now=now(), after=request.args.get("after", ""))
    return render_template("overdue.html", page=page, most=1000)


def _asked(connection: Connection) -> dict[str, str]:
    """The filters as they were asked for, for the form and for links."""
    return asked_here(ledger_parameters(connection))


def ledger_parameters(connection: Connection) -> list[str]:
    """What can be asked of the ledger in its address; what the regulation's choices are called, the bundle says."""
    return [*ASKED, *(fact.id for fact, _ in choices_of(newest_definition(connection)))]


def filters_asked(connection: Connection) -> Filters:
    """The filters of the address. Raises BadInput for a year or an amount that is none."""
    given = request.args
    names = [fact.id for fact, _ in choices_of(newest_definition(connection))]
    try:
        year = int(given["year"]) if given.get("year") else None
        if year is not None and not 2000 <= year <= 2200:
            raise ValueError
    except ValueError as wrong:
        raise BadInput("年度请写四位数字，如 2026。") from wrong
    return Filters(
        search=given.get("q", "").strip(),
        unit_id=given.get("unit", ""),
        status=given.get("status", ""),
        year=year,
        least=_wan(given.get("least", "")),
        most=_wan(given.get("most", "")),
        choices={name: given[name] for name in names if given.get(name)},
        overdue=given.get("overdue") == "1",
        order=given.get("order", "").strip(),
    )


def _wan(text: str) -> Decimal | None:
    """An amount in 万元 as yuan. Raises BadInput."""
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as wrong:
        raise BadInput("金额请写数字，单位万元，如 20 或 18.5。") from wrong
    if not 0 <= value < Decimal(10) ** 9:
        raise BadInput("金额请写 0 以上、十亿以下的数字，单位万元。")
    return value * WAN


def _charts(found: queries.Ledger) -> list[tuple[str, str, Any]]:
    """(heading, what is counted, picture) for the charts that have something to show."""
    shown = [
        ("各阶段", "个 · 万元", bars("各阶段项目数和金额", _shares(found.by_status))),
        ("各单位", "个 · 万元", bars("各单位项目数和金额", _shares(found.by_unit))),
    ]
    if found.by_month:
        months = [Bar(s.name, s.count, str(s.count)) for s in found.by_month]
        shown.append(("每月申报", "个", columns("每月申报数", months)))
    held = [Stack(h.name, h.late, h.near) for h in found.holding]
    if held:
        shown.append(("逾期和临近", "件，在谁手里", stacks("逾期和临近的事项在谁手里", held)))
    return shown


def _shares(shares: list[queries.Share]) -> list[Bar]:
    return [Bar(s.name, s.count, f"{s.count}个 · {wan(s.yuan)}") for s in shares]
