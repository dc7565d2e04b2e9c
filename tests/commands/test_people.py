"""Units, posts, people: what administration may do, and that one person has one part in a project."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from service.commands.change_account import change_account
from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.create_account import create_account
from service.commands.decline_rights import decline_rights
from service.commands.grant_rights import grant_rights
from service.commands.import_people import SheetRow, check_rows, import_people
from service.commands.log_in import Failed, LoggedIn, log_in
from service.commands.save_post import save_post
from service.commands.save_unit import save_unit
from service.commands.set_password import end_session, reset_password, set_own_password, unlock
from service.model.errors import Conflict, NotAllowed, Refused
from service.model.people import Person, PostEntry, UnitEntry
from service.queries.administration import record
from service.queries.people import signed_in
from service.queries.rebuild import differences
from service.scenarios.acts import submission
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.register import actors, unit_of
from service.store.session import begin, reading
from tests.commands.stand import at_opinions

GOOD = "county-2025-x"


@pytest.fixture
def world(database_url: str):
    made = at_opinions(database_url)
    yield made
    made.close()


def admin(world):
    return world.people["system_admin"]


def test_a_unit_is_registered_and_changed_with_old_and_new(world) -> None:
    entry = UnitEntry("health", "县卫健局", "owner", ("project_owner",), ("卫健局",))
    with begin(world.engine) as connection:
        save_unit(connection, admin(world), entry, reason="新增单位", now=world.now)
    changed = UnitEntry("health", "县卫生健康局", "owner", ("project_owner",), ("卫健局",))
    with begin(world.engine) as connection:
        save_unit(connection, admin(world), changed, reason="更名，眉编发1号", now=world.now)
    with reading(world.engine) as connection:
        newest = record(connection)[0]
        assert newest.changes == [("姓名/名称", "县卫健局", "县卫生健康局")]
        assert newest.reason == "更名，眉编发1号"
        assert differences(connection) == []


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (UnitEntry("health", "县发展和改革局", "owner", ()), "name"),  # another unit's other name
        (UnitEntry("Health", "县卫健局", "owner", ()), "unit_id"),
        (UnitEntry("health", "县卫健局", "owner", ("finance_bureau",)), "groups"),
        (UnitEntry("health", "县卫健局", "nothing", ()), "kind"),
    ],
)
def test_a_unit_that_cannot_be(world, entry: UnitEntry, field: str) -> None:
    with begin(world.engine) as connection, pytest.raises(Refused) as refused:
        save_unit(connection, admin(world), entry, reason="试", now=world.now)
    assert field in refused.value.fields


def test_nobody_else_administers(world) -> None:
    for login in ("security_admin", "audit_admin", "info_center"):
        with begin(world.engine) as connection, pytest.raises(NotAllowed):
            entry = PostEntry("helper", "助理", ())
            save_post(connection, world.people[login], entry, reason="试", now=world.now)


def grant(world, connection, key: str, by="security_admin", **rights) -> None:
    given = {"unit_id": "drc", "posts": (), "role": None, **rights}
    grant_rights(connection, world.people[by], key, **given, reason="核对无误", now=world.now)


def test_nobody_makes_and_grants_an_account(world) -> None:
    """Two administrators for each right; none of them for himself; the last one of an office stays."""
    person = Person("wangwu", "王五", "drc", ("officer",))
    with begin(world.engine) as connection:
        one = create_account(
            connection, admin(world), person, password=GOOD, reason="入职", now=world.now
        )
    for by in ("system_admin", "audit_admin", "drc"):
        with begin(world.engine) as connection, pytest.raises(NotAllowed):
            grant(world, connection, one.account_key, by, posts=("officer",))
    for office in ("security_admin", "system_admin"):
        key = world.people[office].account_key
        with begin(world.engine) as connection, pytest.raises(Refused) as refused:
            grant(world, connection, key, posts=("officer",))
        assert ("自己" if office == "security_admin" else "最后一位") in refused.value.message
    with begin(world.engine) as connection:
        with pytest.raises(Refused, match="原因"):
            decline_rights(
                connection,
                world.people["security_admin"],
                one.account_key,
                reason="",
                now=world.now,
            )
        decline_rights(
            connection,
            world.people["security_admin"],
            one.account_key,
            reason="未到岗",
            now=world.now,
        )
        row, actor = actors(connection, t.account.c.login == "wangwu")[0]
        assert (row.asked, actor.groups) == (None, frozenset())
        with pytest.raises(Conflict):
            decline_rights(
                connection,
                world.people["security_admin"],
                one.account_key,
                reason="再",
                now=world.now,
            )
        grant(world, connection, one.account_key, posts=("officer",))
        assert actors(connection, t.account.c.login == "wangwu")[0][1].groups == {"drc"}
        acts = [r.act for r in record(connection, limit=3)]
    assert acts == ["授权", "不予授权", "建立账号"]


def test_an_office_excludes_posts(world) -> None:
    both = Person("wang", "王五", "drc", ("officer",), "audit_admin")
    with begin(world.engine) as connection, pytest.raises(Refused) as refused:
        create_account(connection, admin(world), both, password=GOOD, reason="试", now=world.now)
    assert "不办理业务" in refused.value.fields["role"]
    with begin(world.engine) as connection:
        drc = world.people["drc"]
        new = Person("drc", drc.name, "drc", (), "security_admin")
        change_account(connection, admin(world), drc.account_key, new, reason="转岗", now=world.now)
        asked = actors(connection, t.account.c.login == "drc")[0]
        assert asked[1].groups == drc.groups, "asked for, not granted"
        assert asked[0].asked == {"unit": "drc", "posts": [], "role": "security_admin"}
        grant(world, connection, drc.account_key, role="security_admin")
        after = actors(connection, t.account.c.login == "drc")[0][1]
    assert after.role == "security_admin"
    assert after.groups == frozenset()


def test_disabling_ends_sessions(world) -> None:
    with begin(world.engine) as connection:
        one = log_in(connection, "water", "banjie-demo", now=world.now)
    assert isinstance(one, LoggedIn)
    row = world.people["water"]
    gone = Person("water", row.name, "water", ("officer",), active=False)
    with begin(world.engine) as connection:
        change_account(
            connection, admin(world), row.account_key, gone, reason="离职", now=world.now
        )
        assert signed_in(connection, one.token, now=world.now) is None
        assert isinstance(log_in(connection, "water", "banjie-demo", now=world.now), Failed)


def test_the_last_system_administrator_stays(world) -> None:
    me = admin(world)
    with begin(world.engine) as connection, pytest.raises(Refused, match="不能改自己"):
        new = Person("system_admin", me.name, me.unit_id, ("officer",))
        change_account(connection, me, me.account_key, new, reason="试", now=world.now)


def test_initial_password_is_replaced_once(world) -> None:
    key = world.people["water"].account_key
    with begin(world.engine) as connection:
        password = reset_password(connection, admin(world), key, reason="忘记", now=world.now)
        inside = log_in(connection, "water", password, now=world.now)
        assert isinstance(inside, LoggedIn)
        found = signed_in(connection, inside.token, now=world.now)
        assert found and found.must_change
        with pytest.raises(Refused, match="太容易"):
            set_own_password(
                connection, found.actor, inside.token, password, "water-water-1", now=world.now
            )
        set_own_password(connection, found.actor, inside.token, password, GOOD, now=world.now)
        again = signed_in(connection, inside.token, now=world.now)
        assert again and not again.must_change
        events = " ".join(connection.execute(select(t.event.c.body)).scalars())
    assert password not in events
    assert GOOD not in events


def test_a_sheet_is_entered_whole_or_not_at_all(world) -> None:
    rows = [
        SheetRow(2, "王小二", "wangxiaoer", "县发展和改革局", "经办人"),
        SheetRow(3, "李四", "lisi", "县财政局", "经办人"),
        SheetRow(4, "赵六", "lisi", "没有的局", "法人"),
    ]
    with begin(world.engine) as connection:
        checked = check_rows(connection, rows)
        assert [bool(c.problems) for c in checked] == [False, False, True]
        assert len(checked[2].problems) == 2
        with pytest.raises(Refused, match="第 4 行"):
            import_people(connection, admin(world), rows, reason="试", now=world.now)
        assert not actors(connection, t.account.c.login == "lisi")
        entered = import_people(connection, admin(world), rows[:2], reason="入职", now=world.now)
    assert [p.unit_id for p, _ in entered] == ["drc", "finance_bureau"]
    assert len({password for _, password in entered}) == 2


def moved(world, login: str, unit_id: str, groups: str):
    """The same person, now of another unit: accounts are forged, since administration logs such a change."""
    with begin(world.engine) as connection:
        mine = t.account.c.login == login
        connection.execute(update(t.account).where(mine).values(unit_id=unit_id))
        return actors(connection, mine)[0][1]


def test_who_applied_does_not_review(world) -> None:
    """The owner's person changes to 县发改局 and finds the opinion of his own project on his desk."""
    person = moved(world, "civil_affairs", "drc", "drc")
    assert person.groups == {"drc"}
    task = next(k for k in open_tasks(world, world.project_key()) if k.group_id == "drc")
    element = world.element(task.path)
    for act in (
        lambda c: claim_task(c, person, task.task_key, now=world.now),
        lambda c: complete_task(
            c, person, task.task_key, submission(world, element, {}), now=world.now
        ),
    ):
        with begin(world.engine) as connection, pytest.raises(NotAllowed) as refused:
            act(connection)
        words = refused.value.message
        assert "申请、审核、审定须由不同人员办理" in words
        assert "（申请），不能再办理" in words
        assert "7.1.6" in refused.value.clauses


def test_who_gave_one_units_opinion_does_not_give_anothers(world) -> None:
    first = next(k for k in open_tasks(world, world.project_key()) if k.group_id == "drc")
    element = world.element(first.path)
    person = world.people["drc"]
    with begin(world.engine) as connection:
        complete_task(
            connection, person, first.task_key, submission(world, element, {}), now=world.now
        )
    person = moved(world, "drc", "finance_bureau", "finance_bureau")
    second = next(
        k for k in open_tasks(world, world.project_key()) if k.group_id == "finance_bureau"
    )
    with begin(world.engine) as connection, pytest.raises(NotAllowed, match="不能再代表另一单位"):
        claim_task(connection, person, second.task_key, now=world.now + timedelta(days=1))


def test_a_colleague_may(world) -> None:
    with begin(world.engine) as connection:
        one = Person("drc_2", "孙二", "drc", ("officer",))
        asked = create_account(
            connection, admin(world), one, password=GOOD, reason="入职", now=world.now
        )
        assert asked.groups == frozenset(), "an account without rights"
        grant(world, connection, asked.account_key, posts=("officer",))
        colleague = actors(connection, t.account.c.login == "drc_2")[0][1]
    task = next(k for k in open_tasks(world, world.project_key()) if k.group_id == "drc")
    with begin(world.engine) as connection:
        claim_task(connection, colleague, task.task_key, now=world.now)


def test_a_unit_that_ended_has_no_rights(world) -> None:
    with begin(world.engine) as connection:
        unit = unit_of(connection, "water")
        assert unit
        gone = UnitEntry("water", unit.name, unit.kind, unit.groups, unit.aliases, active=False)
        save_unit(connection, admin(world), gone, reason="撤并", now=world.now)
        assert actors(connection, t.account.c.login == "water")[0][1].groups == frozenset()


def test_a_register_changed_behind_the_log_is_found(world) -> None:
    with begin(world.engine) as connection:
        connection.execute(
            update(t.unit).where(t.unit.c.unit_id == "drc").values(groups=["finance_bureau"])
        )
        connection.execute(delete(t.post).where(t.post.c.post_id == "specialist"))
        row = {
            "unit_id": "ghost",
            "name": "假单位",
            "kind": "firm",
            "groups": [],
            "aliases": [],
            "active": True,
        }
        connection.execute(insert(t.unit).values(row))
    with reading(world.engine) as connection:
        found = differences(connection)
    assert len(found) == 3


def test_security_unlocks_and_ends_what_is_not_his_own(world) -> None:
    """A locked account tries again at once; somebody's session ends with a reason, one's own without an event."""
    security, person = world.people["security_admin"], world.people["water"]
    with begin(world.engine) as connection:
        for _ in range(5):
            log_in(connection, "water", "wrong-wrong", now=world.now)
        assert isinstance(log_in(connection, "water", "banjie-demo", now=world.now), Failed)
        with pytest.raises(NotAllowed):
            unlock(connection, admin(world), person.account_key, reason="来电", now=world.now)
        unlock(connection, security, person.account_key, reason="本人来电", now=world.now)
        theirs = log_in(connection, "water", "banjie-demo", now=world.now)
        own = log_in(connection, "security_admin", "banjie-demo", now=world.now)
    assert isinstance(theirs, LoggedIn) and isinstance(own, LoggedIn)
    with begin(world.engine) as connection:
        keys = {row.account_key: row.session_hash for row in connection.execute(select(t.session))}
        with pytest.raises(NotAllowed):
            end_session(
                connection, admin(world), keys[person.account_key], reason="离岗", now=world.now
            )
        for key in keys.values():
            end_session(connection, security, key, reason="离岗未退出", now=world.now)
        assert signed_in(connection, theirs.token, now=world.now) is None
    with reading(world.engine) as connection:
        acts = [one.act for one in record(connection)[:3]]
    assert acts[:2] == ["强制退出", "解除锁定"]
