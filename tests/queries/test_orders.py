"""Boxes and ledger sorted by each column, page by page; the search; both against plain Python."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, insert, make_url, update

from service.model.actor import Actor
from service.model.errors import BadInput
from service.model.spelling import spelled
from service.queries import by_project
from service.queries.box_orders import Asked
from service.queries.inbox import inbox
from service.queries.ledger import ledger
from service.queries.ledger_filters import Filters
from service.queries.matching import amounts_meant
from service.scenarios.copies import drop_database
from service.store import tables as t
from service.store.session import begin, create_engine, reading
from service.store.worklist import first_due
from tests.empty import empty_database
from tests.queries.test_ledger import COUNTY, NOW, fill, made

DRC = Actor("d", "丙", "drc", "县发改局", "员", frozenset(["drc"]), "d")
NAMES = {"water": "县水利局", "civil_affairs": "县民政局", "drc": "县发改局"}
LIMIT = 7
SOON = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def projects() -> list[dict]:
    found = [made(n, random.Random(n)) for n in range(40)]
    for n, project in enumerate(found[:6]):  # some share a name, some have none
        project["name"] = "同名平台" if n % 2 else ""
    found[7]["yuan"] = Decimal("185123")
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, projects: list[dict]
) -> Iterator[Engine]:
    """Forty projects, a task of the 发改局 in each; a quarter is claimed, ten are done by it."""
    if request.param == "sqlite":
        database_url = f"sqlite:///{tmp_path_factory.mktemp('orders') / 'orders.sqlite3'}"
    else:
        server = make_url(request.getfixturevalue("postgres"))
        database_url = server.set(database="orders").render_as_string(hide_password=False)
    engine = create_engine(empty_database(database_url))
    fill(engine, projects)
    units = [
        {
            "unit_id": key, "name": name, "spelling": spelled(name), "kind": "owner",
            "groups": [], "aliases": ["别名" + name],
        }
        for key, name in NAMES.items()
    ]  # fmt: skip
    with begin(engine) as connection:
        connection.execute(t.unit.delete())
        connection.execute(insert(t.unit), units)
        person = {
            "account_key": "d", "login": "d", "name": "丙", "spelling": spelled("丙"), "unit_id": "drc",
            "posts": [], "password_hash": "", "created_at": NOW,
        }  # fmt: skip
        connection.execute(insert(t.account), [person])
        for n, project in enumerate(projects):
            values: dict = {"created_at": NOW - timedelta(hours=n % 9)}
            if n == 3:
                values |= {"due_at": SOON, "order_at": SOON}
            if n % 4 == 0:
                values |= {"assignee": "d", "assignee_name": "丙"}
            if n >= 30:
                values |= {
                    "status": "completed",
                    "ended_by": "d",
                    "ended_at": NOW + timedelta(n % 3),
                }
            this = t.task.c.task_key == f"t{project['key']}"
            connection.execute(update(t.task).where(this).values(values))
            first_due(connection, project["key"])
    yield engine
    engine.dispose()
    drop_database(database_url)


def boxed(engine: Engine, box: str, asked: Asked, limit: int = LIMIT) -> list[str]:
    """Keys of the projects of a box, read page by page."""
    seen: list[str] = []
    after = None
    with reading(engine) as connection:
        while True:
            page = inbox(connection, DRC, box, now=NOW, limit=limit, after=after, asked=asked)
            seen += [str(row.project_key) for row in page.rows]
            after = page.after
            if after is None:
                return seen


def fen(project: dict) -> int:
    return -1 if project["yuan"] is None else int(project["yuan"] * 100)


PLACES = {
    "name": lambda n, p: spelled(p["name"]),
    "unit": lambda n, p: spelled(NAMES[p["unit"]]),
    "amount": lambda n, p: fen(p),
    "due": lambda n, p: SOON if n == 3 else NOW + timedelta(days=-5 if p["late"] else 9),
    "since": lambda n, p: NOW - timedelta(hours=n % 9),
    "holder": lambda n, p: spelled("丙") if n % 4 == 0 else "",
    "ended": lambda n, p: NOW + timedelta(n % 3),
}


def test_a_box_in_every_order(county: Engine, projects: list[dict]) -> None:
    for order, sign in itertools.product(PLACES, ("", "-")):
        a_box_in_order(county, projects, order, sign)


def test_a_long_box_by_project(
    county: Engine, projects: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the list is too long to be read at once: projects are gone through in small pieces."""
    monkeypatch.setattr(by_project, "SHORT", 0)
    monkeypatch.setattr(by_project, "FIRST_PIECE", 2)
    monkeypatch.setattr(by_project, "PIECE", 3)
    for order, sign in itertools.product(("name", "unit", "amount"), ("", "-")):
        a_box_in_order(county, projects, order, sign)


def a_box_in_order(county: Engine, projects: list[dict], order: str, sign: str) -> None:
    box, of = ("done", range(30, 40)) if order == "ended" else ("todo", range(30))
    seen = boxed(county, box, Asked(order=sign + order), 3 if box == "done" else LIMIT)
    there = {projects[n]["key"]: (PLACES[order](n, projects[n]), f"t{n:03}") for n in of}
    assert seen == sorted(there, key=lambda key: (there[key][0], f"t{key}"), reverse=sign == "-")


LEDGER = {
    "no": lambda p: p["key"],
    "name": lambda p: spelled(p["name"]),
    "status": lambda p: p["status"],
    "unit": lambda p: spelled(NAMES[p["unit"]]),
    "created": lambda p: p["at"],
    "project_budget_yuan": fen,
}


def test_the_ledger_in_every_order(county: Engine, projects: list[dict]) -> None:
    for order, sign in itertools.product(LEDGER, ("", "-")):
        the_ledger_in_order(county, projects, order, sign)


def the_ledger_in_order(county: Engine, projects: list[dict], order: str, sign: str) -> None:
    seen, after = [], ""
    with reading(county) as connection:
        while True:
            asked = Filters(order=sign + order)
            page = ledger(connection, COUNTY, asked, now=NOW, after=after, limit=LIMIT)
            seen += [row.project_key for row in page.rows]
            if page.after is None:
                break
            after = page.after
    there = {p["key"]: LEDGER[order](p) for p in projects}
    assert sorted(seen) == sorted(there)
    groups = [there[key] for key in seen]
    if order == "status":  # how characters follow each other, each database decides
        changes = sum(a != b for a, b in itertools.pairwise(groups))
        assert changes == len(set(groups)) - 1
    else:
        assert groups == sorted(groups, reverse=sign == "-")


def test_any_order_with_any_filter(county: Engine, projects: list[dict]) -> None:
    """What a filter asks and what an order joins do not get into each other's way."""
    asked = {
        "search": Filters(search="18.5123万元"),
        "amount": Filters(least=Decimal("185123"), most=Decimal("185123")),
        "unit": Filters(search=NAMES[projects[7]["unit"]], unit_id=projects[7]["unit"]),
        "late": Filters(overdue=True),
        "year": Filters(year=projects[7]["at"].year),
    }
    orders = [*LEDGER, "due", "project_contract_yuan"]
    with reading(county) as connection:
        for order, (name, filters) in itertools.product(orders, asked.items()):
            plain = ledger(connection, COUNTY, filters, now=NOW, limit=None)
            sorted_ = ledger(
                connection, COUNTY, replace(filters, order=f"-{order}"), now=NOW, limit=None
            )
            found = {row.project_key for row in sorted_.rows}
            assert found == {row.project_key for row in plain.rows}, (order, name)
            assert found and sorted_.sums == plain.sums
    for order, words in itertools.product(PLACES, ("18.5123万元", "联合审核", NAMES["water"])):
        box = "done" if order == "ended" else "todo"
        assert set(boxed(county, box, Asked(words, order=order))) == set(
            boxed(county, box, Asked(words))
        )


def test_the_ledger_by_time_limit(county: Engine) -> None:
    with reading(county) as connection:
        rows = ledger(connection, COUNTY, Filters(order="due"), now=NOW, limit=None).rows
    places = [row.due_at or t.NO_DUE for row in rows]
    assert places == sorted(places)
    assert rows[0].due_at < NOW < t.NO_DUE == places[-1]  # those without a task come last


def test_a_place_in_one_order_is_none_in_another(county: Engine) -> None:
    with reading(county) as connection:
        page = inbox(connection, DRC, "todo", now=NOW, limit=3, asked=Asked(order="amount"))
        for order in ("-amount", "name", "due", ""):
            with pytest.raises(BadInput, match="第一页"):
                asked = Asked(order=order)
                inbox(connection, DRC, "todo", now=NOW, after=page.after, asked=asked)
        with pytest.raises(BadInput, match="表头"):
            inbox(connection, DRC, "todo", now=NOW, asked=Asked(order="ended"))
        with pytest.raises(BadInput, match="表头"):
            ledger(connection, COUNTY, Filters(order="1; drop table project"), now=NOW)


def test_by_time_limit(county: Engine, projects: list[dict]) -> None:
    late = [p["key"] for n, p in enumerate(projects[:30]) if p["late"] and n != 3]
    assert sorted(boxed(county, "todo", Asked(due="late"))) == late
    assert boxed(county, "todo", Asked(due="near")) == ["p003"]


def test_the_search_knows_name_number_unit_amount_state_and_step(
    county: Engine, projects: list[dict]
) -> None:
    first = projects[7]

    def found(words: str) -> set[str]:
        with reading(county) as connection:
            rows = ledger(connection, COUNTY, Filters(search=words), now=NOW, limit=None).rows
        assert set(boxed(county, "todo", Asked(words))) == {
            row.project_key for row in rows if row.project_key < "p030"
        }
        return {row.project_key for row in rows}

    assert "p007" in found("平台7") and "p007" in found("2025-p007")
    for amount_ in ("18.5123", "18.5123万元", "185123", "185,123元", "18.5123万"):
        assert found(amount_) == {"p007"}, amount_
    assert found("18.5123元") == set()
    unit = NAMES[first["unit"]]
    assert found(unit) == {p["key"] for p in projects if p["unit"] == first["unit"]}
    assert found(f"别名{unit} {first['status']}") == {
        p["key"] for p in projects if p["unit"] == first["unit"] and p["status"] == first["status"]
    }
    assert found(f"{unit} 没有这个词") == set()
    assert len(boxed(county, "todo", Asked("发改局审核意见"))) == 30  # the name of the step
    assert len(boxed(county, "todo", Asked("联合审核 平台7"))) == 1  # the name of the process


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("20", (2000, 20_000_000)),
        ("20.000001万元", (20_000_001,)),
        ("20.0000001万", ()),
        ("1,234.5元", (123_450,)),
        ("NaN", ()),
        ("1e99", ()),
        ("-3", ()),
        ("平台", ()),
        ("元", ()),
        ("２０", (2000, 20_000_000)),
    ],
)
def test_what_a_number_may_mean(word: str, meant: tuple[int, ...]) -> None:
    assert amounts_meant(word) == meant
    assert all(Decimal(fen) == fen for fen in meant)
