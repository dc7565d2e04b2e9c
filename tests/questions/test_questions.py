"""What auditors ask: each answer against the log read another way; found in parts or at once, it is the same."""

import itertools
import json
import sqlite3
import statistics
from collections import Counter, defaultdict
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select, text

from service.commands.complete_task import complete_task
from service.commands.return_task import return_task
from service.config import project_root
from service.definitions import in_force, newest_definition
from service.engine import compile_bundle
from service.jobs import index_record as job
from service.jobs.index_record import index_record
from service.model.bundle import Bundle, read_bundle
from service.model.errors import BadInput
from service.queries.questions.asked import answer, asked, question_of, rules
from service.queries.questions.declared import questions_of
from service.queries.questions.durations import by_place_and_unit, taken
from service.queries.questions.heat import heat, versions_of
from service.queries.questions.table import Filters
from service.queries.replay import moment_at, told
from service.scenarios.acts import start, submission
from service.scenarios.looks import open_tasks
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, create_engine, reading
from tests.commands.stand import at_opinions

ROOT = project_root()
SHANGHAI = timedelta(hours=8)
NOW = datetime(2027, 1, 4, 2, tzinfo=UTC)
EVERYTHING = Filters()

DERIVED = (t.deed, t.deed_total, t.passage, t.passage_total, t.noted, t.rule_tested)


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> World:
    """Projects sent back five times, accepted, terminated; plans; two declarations of one unit."""
    url = f"sqlite:///{tmp_path_factory.mktemp('questions') / 'county.sqlite3'}"
    first = open_world(url, ROOT)
    for name in ("joint_review_five_rounds", "S04", "S08", "annual_plan"):
        story = read_story(ROOT / f"processes/scenarios/{name}.yaml")
        world = World(first.engine, first.definition, ROOT, first.now, first.people)
        outcome = run_story(story, world)
        assert outcome.ok, outcome.difference
        first.projects[name] = next(iter(world.projects.values()), None)
    index_record(first.engine, now=NOW)
    yield first
    first.close()


def test_any_days_give_what_their_deeds_give(county) -> None:
    """By the totals less what lies outside, or by what lies inside: the same."""
    with reading(county.engine) as connection:
        deeds = connection.execute(select(t.deed)).all()
        definition = county.definition
        days = sorted({d.day for d in deeds})
        ends = [None, days[0], days[len(days) // 4], days[len(days) // 2], days[-2], days[-1]]
        for since, until in itertools.product(ends, ends):
            for unit in (None, deeds[0].unit_id):
                found = by_place_and_unit(connection, definition, Filters(since, until, unit))
                wanted: dict = {}
                for d in deeds:
                    if (since or d.day) <= d.day <= (until or d.day) and unit in (None, d.unit_id):
                        wanted.setdefault((d.place, d.unit_id), Counter())[d.days] += 1
                assert found == {key: taken(h) for key, h in wanted.items()}, (since, until)


def rows_of(world: World, question: str, filters: Filters = EVERYTHING, limit: int = 1000):
    with reading(world.engine) as connection:
        definition = in_force(connection, newest_definition(connection), NOW)
        found = question_of(definition, question)
        return answer(connection, definition, found, filters, now=NOW, limit=limit).rows


def derived(engine) -> list[list[tuple]]:
    with reading(engine) as connection:
        return [
            sorted(tuple(map(str, row)) for row in connection.execute(select(table)))
            for table in DERIVED
        ]


def test_read_in_parts_or_at_once(county: World, monkeypatch) -> None:
    before = derived(county.engine)
    assert all(before), "every table has rows"
    monkeypatch.setattr(job, "BATCH", 7)
    with begin(county.engine) as connection:
        for table in (*DERIVED, t.index_mark):
            connection.execute(table.delete())
    while left := index_record(county.engine, now=NOW, most=20):
        assert left > 0
    assert derived(county.engine) == before


def test_nothing_new_writes_nothing(county: World) -> None:
    with reading(county.engine) as connection:
        at = connection.execute(select(t.index_mark.c.at)).scalar_one()
    assert index_record(county.engine, now=NOW.replace(hour=9)) == 0
    with reading(county.engine) as connection:
        assert connection.execute(select(t.index_mark.c.at)).scalar_one() == at


def test_median_and_longest_are_those_counted_by_hand(county: World) -> None:
    """From the table of tasks, with the calendar's own counting, corrections apart."""
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    calendar = county.definition.calendar
    with reading(county.engine) as connection:
        definition = newest_definition(connection)
        people = {r.account_key: r.unit_id for r in connection.execute(select(t.account))}
        units = {r.unit_id: r.name for r in connection.execute(select(t.unit))}
        for row in connection.execute(select(t.task).where(t.task.c.status == "completed")):
            element = definition.element(row.process_id, row.element_id)
            name = f"{element.name}（{definition.processes[row.process_id].name}）"
            first, last = ((d + SHANGHAI).date() for d in (row.created_at, row.ended_at))
            taken = calendar.working_days_between(first, last)
            days[name, units[people[row.ended_by]]].append(taken)
    rows = rows_of(county, "step_time")
    assert len(rows) == len(days) > 50
    for row in rows:
        name, unit, count, median, longest, _ = row.cells
        mine = days[str(name), str(unit)]
        assert (count, median, longest) == (len(mine), statistics.median(mine), max(mine)), row


def test_corrections_stand_still(county: World) -> None:
    """A task that was open while the applicant corrected: those days are not its own."""
    from service.queries.questions.trail import _handled, _Opened
    from service.queries.questions.working import Working

    working = Working(county.definition.calendar)
    element = county.element("joint_review/finance_opinion")
    opened = datetime(2025, 3, 3, 1, tzinfo=UTC)  # a Monday
    done = type("E", (), {"at": datetime(2025, 3, 14, 1, tzinfo=UTC)})()
    was = _Opened(opened, element, "g", None)
    assert _handled(done, was, (), working).days == 9
    stops = [(date(2025, 3, 4), date(2025, 3, 7)), (date(2025, 2, 1), date(2025, 3, 3))]
    assert _handled(done, was, stops, working).days == 6


def test_each_return_is_a_round(county: World) -> None:
    project = county.projects["joint_review_five_rounds"]
    rows = [r for r in rows_of(county, "returned") if r.project_key == project]
    assert [r.cells[5] for r in rows] == [Decimal(n) for n in (5, 4, 3, 2, 1)]
    assert [r.marked for r in rows] == [True] * 4 + [False]
    with reading(county.engine) as connection:
        bodies = connection.execute(
            select(t.event.c.seq, t.event.c.body).where(t.event.c.project_key == project)
        ).all()
    sent_back = [
        seq for seq, body in bodies
        if any(
            n == "VariablesSet" and f["variables"].get("joint_result") == "amend"
            for n, f in json.loads(body).get("effects", ())
        )
    ]  # fmt: skip
    assert sorted(r.seq for r in rows) == sorted(sent_back)


def test_a_return_by_hand_is_a_row_with_its_reason(tmp_path) -> None:
    """And the replay shows what it has undone as returned, what is open again as open."""
    world = at_opinions(f"sqlite:///{tmp_path / 'returned.sqlite3'}")
    key = world.project_key()
    task = next(k for k in open_tasks(world, key) if k.path.endswith("finance_opinion"))
    actor = world.acting(None, task.group_id, key)
    with reading(world.engine) as connection:
        done = connection.execute(
            select(t.task.c.task_key).where(
                t.task.c.element_id == "review_scheme", t.task.c.status == "completed"
            )
        ).scalar_one()
    with begin(world.engine) as connection:
        return_task(connection, actor, task.task_key, done, reason="方案缺预算明细", now=world.now)
    index_record(world.engine, now=NOW)
    (row,) = rows_of(world, "returned")
    assert row.cells[3:] == (
        "县财政局审核意见（联合审核）",
        actor.name,
        Decimal(1),
        "方案缺预算明细",
    )
    with reading(world.engine) as connection:
        log = told(connection, key)
        moment = moment_at(connection, log, log.number_at(row.seq))
        before = moment_at(connection, log, log.number_at(row.seq) - 1)
    assert moment.reason == "方案缺预算明细"
    assert "组织方案评审" in moment.open
    assert "县财政局审核意见" not in moment.open
    assert "县财政局审核意见" in before.open
    world.close()


def test_late_and_overdue(county: World) -> None:
    with reading(county.engine) as connection:
        tasks = connection.execute(select(t.task).where(t.task.c.due_at.is_not(None))).all()
    late = [k for k in tasks if k.status == "completed" and k.ended_at > k.due_at]
    open_ = [k for k in tasks if k.status == "open" and k.due_at < NOW]
    assert len(rows_of(county, "overdue_done")) == len(late) > 0
    rows = rows_of(county, "overdue_now")
    assert len(rows) == len(open_) > 0
    assert [r.cells[0] for r in rows] == sorted(r.cells[0] for r in rows)


def test_outside_office_hours_follows_the_calendar(county: World) -> None:
    """The Sunday 30 November 2025 is one; the make-up Saturday 28 September 2025 and its like are not."""
    rows = rows_of(county, "off_hours")
    days = {r.cells[0] for r in rows}
    assert date(2025, 11, 30) in days
    assert date(2025, 10, 1) in days
    assert not any(
        county.definition.calendar.is_working_day(r.cells[0])
        for r in rows
        if r.cells[-1] == "休息日"
    )


def test_cut_into_pieces(county: World) -> None:
    limit = county.definition.setting_values["county_route_max_yuan"]
    with reading(county.engine) as connection:
        told = connection.execute(select(t.project)).all()
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for row in told:
        facts = json.loads(row.facts)
        if "project_budget_yuan" in facts:
            amount = Decimal(facts["project_budget_yuan"]["number"])
            key = (row.unit_id, str(row.created_at.year), facts["project_category"])
            sums[key].append(amount)
    wanted = {
        key: sum(small)
        for key, amounts in sums.items()
        if len(small := [a for a in amounts if a <= limit]) > 1 and sum(small) > limit
    }
    rows = rows_of(county, "split")
    assert {(r.cells[1], r.cells[4]) for r in rows} == {(k[1], v) for k, v in wanted.items()}
    assert len(rows) >= 2
    assert all(r.cells[7] <= limit for r in rows)
    until = max(r.cells[8] for r in rows) - timedelta(days=1)
    fewer = rows_of(county, "split", Filters(until=until))
    assert all(r.cells[8] <= until for r in fewer)
    for row in fewer:
        assert row.cells[3] == sum(r.cells[:3] == row.cells[:3] for r in fewer)


def test_payments_beside_progress(county: World) -> None:
    rows = rows_of(county, "paid_ahead")
    assert len(rows) == 4
    for row in rows:
        _, total, contract, percent, progress = row.cells[5:]
        assert percent == round(100 * total / contract, 2)
        assert row.marked is (percent > progress) is False


def test_paid_beyond_progress_is_marked(county: World, tmp_path) -> None:
    def forge(events):
        event = next(e for e in events if e.get("element") == "pay")
        for name, fields in event["effects"]:
            if name == "FactsSet" and "project_paid_yuan" in fields["facts"]:
                fields["facts"]["project_paid_yuan"] = {"number": "700000.00"}
        return event

    rows = [r for r in forged(county, tmp_path, forge, "paid_ahead") if r.marked]
    assert rows
    assert rows[-1].cells[6] == Decimal("700000.00")


def forged(county: World, folder, forge, question: str):
    """The rows of a question in a copy of the county in which an event says something else."""
    path = folder / "forged.sqlite3"
    with (
        closing(sqlite3.connect(county.engine.url.database)) as here,
        closing(sqlite3.connect(path)) as there,
    ):
        here.backup(there)
    engine = create_engine(f"sqlite:///{path}")
    with begin(engine) as connection:
        for name in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars().all():  # fmt: skip
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        bodies = connection.execute(text("SELECT body FROM event ORDER BY seq")).scalars()
        changed = forge([json.loads(body) for body in bodies])
        connection.execute(
            text("UPDATE event SET body = :body WHERE seq = :seq"),
            {"body": json.dumps(changed, ensure_ascii=False), "seq": changed["seq"]},
        )
        connection.execute(t.index_mark.delete())
    index_record(engine, now=NOW)
    world = World(engine, county.definition, ROOT, NOW, county.people)
    found = rows_of(world, question)
    engine.dispose()
    return found


def test_one_person_in_two_parts(county: World, tmp_path) -> None:
    def forge(events):
        owner = next(e for e in events if e.get("element") == "fill_basic")["actor"]
        event = next(
            e for e in events
            if e.get("element") == "decide_project" and e["seq"] > 1
        )  # fmt: skip
        mine = next(
            e
            for e in events
            if e.get("element") == "fill_basic" and e["project"] == event["project"]
        )
        event["actor"] = {**event["actor"], "account_key": (mine or owner)["actor"]["account_key"]}
        return event

    assert rows_of(county, "two_parts") == []
    (row,) = forged(county, tmp_path, forge, "two_parts")
    assert row.cells[5:] == ("领导小组", "项目单位", "填报基本情况")
    assert row.marked


def test_a_rule_that_was_broken_is_a_row(county: World, tmp_path) -> None:
    def forge(events):
        event = next(e for e in events if e.get("element") == "write_joint_opinion")
        event["actor"] = {**event["actor"], "unit_id": "audit_bureau"}
        return event

    assert rows_of(county, "rule-X5") == []
    (row,) = forged(county, tmp_path, forge, "rule-X5")
    assert "办理了业务任务" in str(row.cells[-1])
    with reading(county.engine) as connection:
        definition = newest_definition(connection)
        found = {r.question.id: r for r in rules(connection, definition, EVERYTHING)}
        of_article = rules(connection, definition, Filters(article=28))
    assert found["rule-X5"].tested > 100
    assert all(r.violations == 0 for r in found.values())
    assert [r.question.id for r in of_article] == ["rule-X8"]


def test_changes_after_the_decision(tmp_path) -> None:
    story = read_story(ROOT / "processes/scenarios/S06.yaml")
    world = open_world(f"sqlite:///{tmp_path / 'change.sqlite3'}", ROOT, story)
    outcome = run_story(story, world)
    assert outcome.ok, outcome.difference
    index_record(world.engine, now=NOW)
    rows = rows_of(world, "changed_after")
    told = {(r.cells[5], r.cells[6], r.cells[7]) for r in rows}
    assert any(name == "合同额" and old != new for name, old, new in told), told
    assert all(r.seq and r.project_key for r in rows)
    world.close()


def test_who_acted_for_whom(tmp_path) -> None:
    world = open_world(f"sqlite:///{tmp_path / 'behalf.sqlite3'}", ROOT)
    start(world, "project_lifecycle", {"by": "县民政局"})
    contract = {
        "project_key": world.project_key(),
        "group_id": "agent_builder",
        "unit_id": "transport",
    }
    with begin(world.engine) as connection:
        connection.execute(insert(t.participant).values(contract))
    task = open_tasks(world, world.project_key())[0]
    with begin(world.engine) as connection:
        given = submission(world, world.element(task.path), {})
        complete_task(connection, world.people["transport"], task.task_key, given, now=world.now)
    index_record(world.engine, now=NOW)
    (row,) = rows_of(world, "on_behalf")
    assert row.cells[5:] == ("县民政局", "受托代办", "县交通局")
    assert row.cells[2] == "县民政局"  # for whom it counts
    world.close()


def test_filters_and_pages(county: World) -> None:
    with reading(county.engine) as connection:
        definition = in_force(connection, newest_definition(connection), NOW)
        whole = {a.question.id: a.rows for a in asked(connection, definition, EVERYTHING, now=NOW)}
        for question in questions_of(definition).values():
            seen, after = [], ""
            while True:
                page = answer(
                    connection, definition, question, EVERYTHING, now=NOW, limit=3, after=after
                )
                seen += page.rows
                after = page.after
                if not after:
                    break
            rows = rows_of(county, question.id)
            assert seen == rows, question.id
            if question.kind != "split":
                assert len(rows) == whole[question.id], question.id
        march = Filters(date(2025, 3, 1), date(2025, 3, 31), "finance_bureau", 7)
        some = {a.question.id: a.rows for a in asked(connection, definition, march, now=NOW)}
    assert all(some[name] <= whole[name] for name in whole)
    assert 0 < some["overdue_done"] < whole["overdue_done"]
    for row in rows_of(county, "overdue_done", march):
        assert row.cells[2] == "县财政局"
        assert row.cells[0].month == 3
        assert "联合审核" in row.cells[3]


def test_heat_counts_each_element_that_was_left(county: World) -> None:
    with reading(county.engine) as connection:
        definition = newest_definition(connection)
        process = definition.processes["joint_review"]
        assert list(versions_of(connection, "joint_review").values()) == [definition.digest]
        rows = {w.element.id: w for w in heat(connection, process, definition.digest)}
        left: dict[str, int] = defaultdict(int)
        for body in connection.execute(select(t.event.c.body)).scalars():
            for name, fields in json.loads(body).get("effects", ()):
                if name == "ElementLeft" and fields["process_id"] == "joint_review":
                    left[fields["element_id"]] += 1
    for element_id, warm in rows.items():
        assert (warm.taken.count if warm.taken else 0) == left[element_id], element_id
    assert rows["hold_consultation"].taken is None
    with reading(county.engine) as connection:
        d = t.deed.c
        added = select(d.place, d.unit_id, d.days, func.count()).group_by(
            d.place, d.unit_id, d.days
        )
        totals = [tuple(row) for row in connection.execute(select(t.deed_total))]
        assert sorted(totals) == sorted(tuple(row) for row in connection.execute(added))
        p = t.passage.c
        added = select(p.place, p.bundle, p.days, func.sum(p.count)).group_by(
            p.place, p.bundle, p.days
        )
        totals = [tuple(row) for row in connection.execute(select(t.passage_total))]
        assert sorted(totals) == sorted(tuple(row) for row in connection.execute(added))
    assert rows["finance_opinion"].step is not None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("act: group.decide", "act: group.decides", "group.decides"),
        ("limit: county_route_max_yuan", "limit: no_such", "no_such"),
        ('joint_result = "amend"', 'joint_result = "amend', "没有结束的引号"),
        ("kind: split", "kind: splits", "kind"),
        ('clauses: ["7.1.4", "7.1.12"]', 'clauses: ["7.1.99"]', "7.1.99"),
    ],
)
def test_questions_that_cannot_be_read_are_told(old: str, new: str, words: str) -> None:
    files = read_bundle(ROOT).files
    path = "processes/questions.yaml"
    source = files[path].decode()
    assert old in source
    definition = compile_bundle(Bundle({**files, path: source.replace(old, new).encode()}))
    with pytest.raises(BadInput, match=words):
        questions_of(definition)


def test_other_questions_are_found_anew(tmp_path) -> None:
    """A deployment with other questions, or a corrected calendar: the rows follow."""
    from service.commands.deploy import deploy

    story = read_story(ROOT / "processes/scenarios/joint_review_five_rounds.yaml")
    world = open_world(f"sqlite:///{tmp_path / 'anew.sqlite3'}", ROOT, story)
    assert run_story(story, world).ok
    index_record(world.engine, now=NOW)
    assert rows_of(world, "off_hours") == []
    files = read_bundle(ROOT).files
    path = "processes/questions.yaml"
    early = files[path].replace(b'closes: "18:00"', b'closes: "00:30"')
    with begin(world.engine) as connection:
        deploy(connection, Bundle({**files, path: early}), by="test", now=NOW)
    index_record(world.engine, now=NOW)
    assert len(rows_of(world, "off_hours")) > 20
    world.close()
