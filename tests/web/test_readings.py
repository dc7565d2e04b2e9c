"""An auditor's reading is an event of the record; the logs of the offices show it, and what was refused."""

import json
from datetime import timedelta

from sqlalchemy import select

from service.commands.record_reading import record_reading
from service.queries.rebuild import differences
from service.scenarios.looks import open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from service.web.readings import READ
from tests.web.test_web import csrf, signed_in

OF_A_PROJECT = {"project_key", "instance_key", "task_key", "digest"}


def read_events(world) -> list[dict]:
    with reading(world.engine) as connection:
        rows = connection.execute(select(t.event).where(t.event.c.act == "read_record"))
        return [
            {**json.loads(r.body), "column": (r.project_key, r.instance_key)} for r in rows.all()
        ]


def test_every_page_of_a_project_is_a_reading(app) -> None:
    """A new GET route of a project, or of what auditors ask, has its words in READ."""
    missing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and (
            rule.arguments & OF_A_PROJECT
            or getattr(app.view_functions[rule.endpoint], "access", "") == "auditor"
        )
    } - READ.keys()
    assert not missing, f"say in service/web/readings.py what {sorted(missing)} is called"
    assert READ.keys() <= set(app.view_functions)


def test_one_event_a_page_and_none_for_a_reload(app, world) -> None:
    auditor, project = signed_in(app, "audit_bureau"), world.project_key()
    before = len(read_events(world))
    for _ in range(3):
        assert auditor.get(f"/projects/{project}/replay?step=2").status_code == 200
    assert auditor.get("/audit").status_code == 200
    assert auditor.get(f"/projects/{project}/no_such").status_code == 404
    assert auditor.get("/inbox").status_code == 200
    new = read_events(world)[before:]
    assert [(e["read"]["what"], e["read"]["project"]) for e in new] == [
        ("回放", project),
        ("审计问题", None),
    ]
    assert all(e["actor"]["unit_name"] == "县审计局" for e in new)
    assert all(e["column"] == (None, None) for e in new), "no project's chain is disturbed"


def test_after_ten_minutes_it_is_another_reading(world) -> None:
    actor, project = world.people["audit_bureau"], world.project_key()

    def look(minutes: int) -> int | None:
        with begin(world.engine) as connection:
            return record_reading(
                connection, actor, "项目", address="/projects/x", project_key=project,
                now=world.now + timedelta(days=100, minutes=minutes),
            )  # fmt: skip

    assert look(0)
    assert look(9) is None
    assert look(11)
    assert look(20) is None


def test_others_read_without_a_word(app, world) -> None:
    before = len(read_events(world))
    for login in ("info_center", "civil_affairs"):
        assert signed_in(app, login).get(f"/projects/{world.project_key()}").status_code == 200
    assert len(read_events(world)) == before


def test_a_page_that_cannot_be_written_down_is_not_shown(app, world, monkeypatch) -> None:
    from service.web import readings

    def broken(*_args, **_options):
        raise RuntimeError("no room")

    auditor = signed_in(app, "audit_bureau")
    monkeypatch.setattr(readings, "record_reading", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = auditor.get(f"/projects/{world.project_key()}")
    assert answer.status_code == 500
    assert "养老服务" not in answer.text


def test_the_record_still_agrees_with_the_log(app, world) -> None:
    signed_in(app, "audit_bureau").get("/heat")
    with reading(world.engine) as connection:
        assert differences(connection) == []


def test_audit_administrators_see_who_read_what(app, world) -> None:
    signed_in(app, "audit_bureau").get(f"/projects/{world.project_key()}/documents")
    page = signed_in(app, "audit_admin").get("/admin/audit/readings")
    assert page.status_code == 200
    assert "材料" in page.text
    assert "吴明" in page.text
    with reading(world.engine) as connection:
        number, name = connection.execute(select(t.project.c.no, t.project.c.name)).first()
    assert number in page.text
    assert name not in page.text.split("<main")[1].split("</main>")[0], (
        "administration is no business"
    )


def test_what_was_refused_is_on_a_page(app, world) -> None:
    task = open_tasks(world, world.project_key())[0].task_key
    stranger = signed_in(app, "water")
    assert stranger.get(f"/tasks/{task}").status_code == 404
    auditor = signed_in(app, "audit_bureau")
    data = {"csrf_token": csrf(auditor, "/inbox"), "_act": "complete"}
    assert auditor.post(f"/tasks/{task}", data=data).status_code in (403, 404)
    for who, path in (
        ("security_admin", "/admin/security"),
        ("audit_admin", "/admin/audit/security"),
    ):
        client = signed_in(app, who)
        page = client.get(path).text
        assert f"GET /tasks/{task}" in page
        assert f"POST /tasks/{task}" in page
        assert "audit_bureau" in client.get(f"{path}?q=audit_bureau").text
        only = client.get(f"{path}?status=404&q=water").text
        assert "不存在或无权查看" in only
        assert f"POST /tasks/{task}" not in only
        assert client.get(f"{path}?status=x").status_code == 400


def test_the_security_log_pages_by_keyset(app, world) -> None:
    client = signed_in(app, "security_admin")
    for _ in range(105):
        client.get("/admin/people")
    first = client.get("/admin/security?status=403")
    assert first.text.count("/admin/people") == 100
    link = first.text.split('class="pager"><a class="btn btn-small" href="')[1].split('"')[0]
    second = client.get(link.replace("&amp;", "&"))
    assert second.status_code == 200
    assert second.text.count("GET /admin/people") >= 5
