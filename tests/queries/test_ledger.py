"""The ledger against plain Python over the same projects; overdue tasks; the workbook."""

import io
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine, insert

from service.commands.deploy import deploy
from service.config import Config, project_root
from service.model.actor import Actor
from service.model.bundle import read_bundle
from service.model.spelling import spelled
from service.model.values import canonical_json, to_json
from service.queries.ledger import ledger
from service.queries.ledger_filters import Filters
from service.queries.overdue import overdue
from service.regulation.dates import SHANGHAI
from service.scenarios.stands import open_world
from service.store import tables as t
from service.store.session import begin, reading
from service.store.worklist import first_due
from service.web.app import create_app
from tests.web.test_web import signed_in

NOW = datetime(2026, 3, 3, 1, tzinfo=UTC)
COUNTY = Actor("a", "甲", "info_center", "县信息中心", "员", frozenset(["info_center"]), "a")
OWNER = Actor("b", "乙", "water", "县水利局", "员", frozenset(["project_owner"]), "b")
UNITS = ("water", "civil_affairs", "drc")
STATES = ("申报中", "已立项", "100%_已办结")
TYPES = ("self_build", "purchase")


def made(number: int, chance: random.Random) -> dict:
    """A project with facts by chance."""
    return {
        "key": f"p{number:03}",
        "unit": chance.choice(UNITS),
        "status": chance.choice(STATES),
        "name": f"平台{number}",
        "at": datetime(2025, 1, 1, tzinfo=SHANGHAI) + timedelta(days=chance.randrange(700)),
        "project_type": chance.choice(TYPES),
        "yuan": chance.choice([None, Decimal(chance.randrange(50_000_000)) / 100]),
        "late": chance.random() < 0.3,
    }


def fill(engine: Engine, projects: list[dict]) -> None:
    with begin(engine) as connection:
        bundle = read_bundle(project_root())
        digest = deploy(connection, bundle, by="test", now=NOW).digest
        for p in projects:
            facts = {"project_type": p["project_type"]}
            if p["yuan"] is not None:
                facts["project_budget_yuan"] = p["yuan"]
            row = {
                "project_key": p["key"], "no": f"2025-{p['key']}", "unit_id": p["unit"],
                "name": p["name"], "spelling": spelled(p["name"]), "status": p["status"],
                "created_at": p["at"],
                "facts": canonical_json({n: to_json(v) for n, v in facts.items()}).decode(),
            }  # fmt: skip
            connection.execute(insert(t.project), [row])
            if p["yuan"] is not None:
                fen = {
                    "project_key": p["key"],
                    "name": "project_budget_yuan",
                    "fen": int(p["yuan"] * 100),
                }
                connection.execute(insert(t.project_amount), [fen])
            instance = {
                "instance_key": f"i{p['key']}", "process_id": "joint_review", "project_key": p["key"],
                "digest": digest, "state": b"", "seq": 1, "status": "running", "started_at": p["at"],
            }  # fmt: skip
            connection.execute(insert(t.instance), [instance])
            due = NOW + timedelta(days=-5 if p["late"] else 9)
            task = {
                "task_key": f"t{p['key']}", "instance_key": f"i{p['key']}", "project_key": p["key"],
                "process_id": "joint_review", "element_id": "drc_opinion", "group_id": "drc",
                "status": "open", "created_at": p["at"], "due_at": due, "order_at": due,
            }  # fmt: skip
            connection.execute(insert(t.task), [task])
            first_due(connection, p["key"])


@pytest.fixture
def county(place: str) -> Iterator[tuple[Engine, list[dict]]]:
    engine = open_world(place, project_root()).engine
    projects = [made(n, random.Random(n)) for n in range(60)]
    fill(engine, projects)
    yield engine, projects
    engine.dispose()


asked = st.builds(
    Filters,
    search=st.sampled_from(["", "平台1", "2025-p00", "%", "_", "100%", "没有"]),
    unit_id=st.sampled_from(["", *UNITS]),
    status=st.sampled_from(["", *STATES]),
    year=st.sampled_from([None, 2025, 2026]),
    least=st.sampled_from([None, Decimal(0), Decimal("200000")]),
    most=st.sampled_from([None, Decimal("200000"), Decimal("400000.5")]),
    choices=st.sampled_from([{}, {"project_type": TYPES[0]}, {"project_type": "self"}]),
    overdue=st.booleans(),
)


def wanted(projects: list[dict], f: Filters, actor: Actor) -> list[dict]:
    """The same in Python."""
    return [
        p
        for p in sorted(projects, key=lambda p: p["key"], reverse=True)
        if (actor is COUNTY or p["unit"] == actor.unit_id)
        and any(f.search in text for text in (p["name"], f"2025-{p['key']}", p["status"]))
        and f.unit_id in ("", p["unit"])
        and f.status in ("", p["status"])
        and f.year in (None, p["at"].astimezone(SHANGHAI).year)
        and (f.least is None or (p["yuan"] is not None and p["yuan"] >= f.least))
        and (f.most is None or (p["yuan"] is not None and p["yuan"] <= f.most))
        and all(p[name] == value for name, value in f.choices.items())
        and (not f.overdue or p["late"])
    ]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(f=asked, actor=st.sampled_from([COUNTY, OWNER]))
def test_rows_sums_and_shares_are_those_of_the_projects(county, f: Filters, actor: Actor) -> None:
    engine, projects = county
    chosen = wanted(projects, f, actor)
    with reading(engine) as connection:
        found = ledger(connection, actor, f, now=NOW, limit=None)
    assert [row.project_key for row in found.rows] == [p["key"] for p in chosen]
    assert found.count == len(chosen)
    assert found.overdue == sum(p["late"] for p in chosen)
    total = sum((p["yuan"] or Decimal(0) for p in chosen), Decimal(0))
    assert found.sums["project_budget_yuan"] == total
    assert {row.amounts.get("project_budget_yuan") for row in found.rows} == {
        p["yuan"] for p in chosen
    }
    for shares in (found.by_status, found.by_unit, found.by_month or found.by_unit):
        assert sum(s.count for s in shares) == len(chosen)
        assert sum((s.yuan for s in shares), Decimal(0)) == total
    assert sum(h.late for h in found.holding) == found.overdue
    assert sum(h.near for h in found.holding) == 0  # five days are more than three working days


def test_pages_show_each_project_once(county) -> None:
    engine, projects = county
    seen, after = [], ""
    with reading(engine) as connection:
        while True:
            page = ledger(connection, COUNTY, Filters(), now=NOW, after=after, limit=7)
            seen += [row.project_key for row in page.rows]
            if page.after is None:
                break
            after = page.after
    assert seen == sorted((p["key"] for p in projects), reverse=True)


def test_overdue_tasks_longest_first_and_only_ones_own_projects(county) -> None:
    engine, projects = county
    with reading(engine) as connection:
        for actor in (COUNTY, OWNER):
            late = [p["key"] for p in wanted(projects, Filters(overdue=True), actor)]
            seen, after = [], ""
            while True:
                page = overdue(connection, actor, now=NOW, after=after, limit=5)
                assert page.count == len(late)
                seen += [row.project_key for row in page.rows]
                if page.after is None:
                    break
                after = page.after
            assert sorted(seen) == sorted(late)
            assert len(late) > 3


@pytest.fixture
def client(tmp_path: Path):
    world = open_world(f"sqlite:///{tmp_path / 'web.sqlite3'}", project_root())
    projects = [made(n, random.Random(n)) for n in range(3)]
    projects[0]["name"] = "=1+1"
    fill(world.engine, projects)
    app = create_app(
        Config(database_url=world.url, data_dir=tmp_path, clock="2026-03-03T09:00+08:00")
    )
    yield signed_in(app, "info_center")
    app.extensions["engine"].dispose()
    world.close()


def test_the_workbook_has_numbers_and_no_formula(client) -> None:
    answer = client.get("/projects.xlsx?year=2025")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.data)).active
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[:4] == ("编号", "项目名称", "项目单位", "状态")
    assert sheet.freeze_panes == "A2"
    page = client.get("/projects?year=2025").text
    assert len(rows) == len(re.findall(r'class="t-name"', page)) > 0
    every = load_workbook(io.BytesIO(client.get("/projects.xlsx").data)).active
    cells = [cell for row in every.iter_rows(min_row=2) for cell in row]
    assert "=1+1" in [cell.value for cell in cells if cell.data_type == "s"]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell for cell in cells if cell.data_type == "n" and cell.value is not None]


@pytest.mark.parametrize("query", ["year=x", "year=1", "least=many", "most=-1", "least=1e99"])
def test_what_is_no_number_is_told(client, query: str) -> None:
    answer = client.get(f"/projects?{query}")
    assert answer.status_code == 400
    assert "请写" in answer.text
