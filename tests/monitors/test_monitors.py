"""Each runtime invariant finds the history that was forged against it, and names the event."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.config import project_root
from service.queries.monitors import monitor
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import begin, create_engine, reading

ROOT = project_root()


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Callable[[str], Path]:
    """The database of a story that has been played, once for all tests."""
    kept: dict[str, Path] = {}

    def play(name: str) -> Path:
        if name not in kept:
            path = tmp_path_factory.mktemp("played") / f"{name}.sqlite3"
            story = read_story(ROOT / f"processes/scenarios/{name}.yaml")
            world = open_world(f"sqlite:///{path}", ROOT, story)
            outcome = run_story(story, world)
            assert outcome.ok, outcome.difference
            with world.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
            world.close()
            kept[name] = path
        return kept[name]

    return play


def forged(source: Path, folder: Path, forge: Callable[[list[dict[str, Any]]], int]) -> Any:
    """(what the monitors find, number of the event that `forge` changed) in a copy of a history."""
    path = folder / "forged.sqlite3"
    shutil.copy(source, path)
    engine = create_engine(f"sqlite:///{path}")
    with begin(engine) as connection:
        triggers = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars()
        for name in list(triggers):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        rows = connection.execute(text("SELECT seq, body FROM event ORDER BY seq")).all()
        events = [{**json.loads(row.body), "seq": row.seq} for row in rows]
        changed = forge(events)
        body = json.dumps(events[changed - 1], ensure_ascii=False)
        connection.execute(
            text("UPDATE event SET body = :body, at = :at WHERE seq = :seq"),
            {
                "body": body,
                "seq": changed,
                "at": events[changed - 1]["at"].replace("T", " ").replace("+00:00", ".000000"),
            },
        )
    with reading(engine) as connection:
        found = monitor(connection)
    engine.dispose()
    return {c.invariant: c for c in found}, changed


def of_element(events: list[dict[str, Any]], element: str, act: str = "complete_task") -> int:
    return next(e["seq"] for e in events if e["act"] == act and e.get("element") == element)


def effect(event: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(fields for name, fields in event["effects"] if name == kind)


def named(found: Any, invariant: str, seq: int) -> str:
    violations = {v.seq: v.text for v in found[invariant].violations}
    assert seq in violations, found[invariant]
    assert all(not c.violations for i, c in found.items() if i != invariant)
    return violations[seq]


@pytest.mark.parametrize("name", ["S01", "S04", "S08", "classified_only_number_and_dates"])
def test_honest_histories_break_nothing(played, name: str) -> None:
    engine = create_engine(f"sqlite:///{played(name)}")
    with reading(engine) as connection:
        found = monitor(connection)
    engine.dispose()
    assert {c.invariant for c in found} == {"X1", "X2", "X3", "X5", "X6", "X8"}
    assert all(c.text for c in found)
    assert [v for c in found for v in c.violations] == []


def test_the_tests_are_not_empty(played) -> None:
    tested: dict[str, int] = {}
    for name in ("S04", "S08", "classified_only_number_and_dates"):
        engine = create_engine(f"sqlite:///{played(name)}")
        with reading(engine) as connection:
            for c in monitor(connection):
                tested[c.invariant] = tested.get(c.invariant, 0) + c.tested
        engine.dispose()
    assert all(tested[i] > 0 for i in ("X1", "X2", "X3", "X5", "X6")), tested


def test_one_person_applied_and_decided(played, tmp_path: Path) -> None:
    def forge(events):
        who = events[of_element(events, "fill_basic") - 1]["actor"]
        seq = of_element(events, "decide_project")
        events[seq - 1]["actor"]["account_key"] = who["account_key"]
        return seq

    found, seq = forged(played("S01"), tmp_path, forge)
    assert "已办理申请" in named(found, "X1", seq)


def test_an_agent_counts_as_both(played, tmp_path: Path) -> None:
    def forge(events):
        who = events[of_element(events, "fill_basic") - 1]["actor"]["account_key"]
        seq = of_element(events, "decide_project")
        events[seq - 1]["actor"]["on_behalf_of"] = {"account_key": who, "name": "某"}
        return seq

    found, seq = forged(played("S01"), tmp_path, forge)
    assert named(found, "X1", seq)


def test_a_cent_too_much_in_the_ledger(played, tmp_path: Path) -> None:
    def forge(events):
        seq = of_element(events, "pay")
        facts = effect(events[seq - 1], "FactsSet")["facts"]
        number = facts["project_paid_yuan"]
        key = next(iter(number)) if isinstance(number, dict) else None
        wrong = f"{float(number[key] if key else number) + 0.01:.2f}"
        facts["project_paid_yuan"] = {key: wrong} if key else wrong
        return seq

    found, seq = forged(played("S08"), tmp_path, forge)
    assert "逐笔相加是" in named(found, "X2", seq)


def test_paid_beyond_the_contract(played, tmp_path: Path) -> None:
    def forge(events):
        seq = next(
            e["seq"]
            for e in events
            if any(
                n == "FactsSet" and "project_contract_yuan" in f["facts"]
                for n, f in e.get("effects", ())
            )
        )
        for name, fields in events[seq - 1]["effects"]:
            if name == "FactsSet" and "project_contract_yuan" in fields["facts"]:
                number = fields["facts"]["project_contract_yuan"]
                fields["facts"]["project_contract_yuan"] = (
                    {next(iter(number)): "1.00"} if isinstance(number, dict) else "1.00"
                )
        return seq

    found, _ = forged(played("S08"), tmp_path, forge)
    assert found["X2"].violations[0].text == "累计拨付超过预算指标或合同额"


def test_recovered_another_sum(played, tmp_path: Path) -> None:
    def forge(events):
        seq = of_element(events, "recover_funds")
        for name, fields in events[seq - 1]["effects"]:
            if name == "VariablesSet" and "recovered_yuan" in fields["variables"]:
                number = fields["variables"]["recovered_yuan"]
                fields["variables"]["recovered_yuan"] = (
                    {next(iter(number)): "0.01"} if isinstance(number, dict) else "0.01"
                )
        return seq

    found, seq = forged(played("S08"), tmp_path, forge)
    assert "收回金额" in named(found, "X2", seq)


def test_applied_a_day_too_early(played, tmp_path: Path) -> None:
    def forge(events):
        passed = next(
            e["at"]
            for e in events
            for n, f in e.get("effects", ())
            if n == "ElementLeft"
            and f["element_id"]
            in (
                "preliminary_passed",
                "passed",
                "prelim_passed",
                "passed_with_issues",
                "seal_opinion",
            )
        )
        seq = next(
            e["seq"]
            for e in events
            if e["act"] == "complete_task" and e.get("form") == "final_application"
        )
        early = datetime.fromisoformat(passed) + timedelta(days=20)
        events[seq - 1]["at"] = early.isoformat()
        return seq

    found, seq = forged(played("S04"), tmp_path, forge)
    assert "试运行未满三个月" in named(found, "X3", seq)


def test_an_auditor_who_acts(played, tmp_path: Path) -> None:
    def forge(events):
        seq = of_element(events, "write_joint_opinion")
        events[seq - 1]["actor"]["unit_id"] = "audit_bureau"
        return seq

    found, seq = forged(played("S01"), tmp_path, forge)
    assert "办理了业务任务" in named(found, "X5", seq)


def test_a_name_in_a_classified_project(played, tmp_path: Path) -> None:
    def forge(events):
        seq = of_element(events, "fill_basic")
        facts = {"project_name": "不该有的名称"}
        events[seq - 1]["effects"].append(["FactsSet", {"facts": facts}])
        return seq

    found, seq = forged(played("classified_only_number_and_dates"), tmp_path, forge)
    assert "project_name" in named(found, "X6", seq)


@pytest.mark.parametrize(
    ("signed", "value", "words"),
    [
        (["info_center", "drc"], "5", "没有县财政局的会签"),
        (["info_center", "drc", "finance_bureau"], "2", "低于下限"),
        (["info_center", "drc", "finance_bureau", "finance_bureau"], "5", "同一人会签了两次"),
    ],
)
def test_a_setting_changed_without_the_three(played, tmp_path: Path, signed, value, words) -> None:
    def forge(events):
        seq = len(events)
        said = {
            "id": "trial_min_months",
            "value": {"number": value},
            "signed": [{"group": g, "account": g} for g in signed],
        }
        events[seq - 1] = {
            "seq": seq,
            "act": "set_setting",
            "at": events[-1]["at"],
            "setting": said,
        }
        return seq

    path = tmp_path / "s.sqlite3"
    shutil.copy(played("S01"), path)
    engine = create_engine(f"sqlite:///{path}")
    with begin(engine) as connection:
        last = connection.execute(text("SELECT max(seq) FROM event")).scalar_one()
        connection.exec_driver_sql("DROP TRIGGER event_no_update")
        connection.exec_driver_sql(f"UPDATE event SET act = 'set_setting' WHERE seq = {last}")
    engine.dispose()
    found, seq = forged(path, tmp_path, forge)
    assert words in named(found, "X8", seq)
