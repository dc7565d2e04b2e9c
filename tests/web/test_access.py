"""Route by route, from the application's own map: who may, who may not, and nothing without a token."""

import re

import pytest
from sqlalchemy import func, select, update

from service.model.people import ROLES
from service.scenarios.looks import fingerprint, open_tasks
from service.store import tables as t
from service.store.session import begin, reading
from tests.web.test_web import csrf, refusals, signed_in

STAFF = {
    "owner": "civil_affairs",
    "center": "info_center",
    "leaders": "leading_group",
    "stranger": "water",
    "auditor": "audit_bureau",
}
PEOPLE = {**STAFF, **{role: role for role in ROLES}}
OPEN = {
    "public": set(PEOPLE),
    "signed_in": set(PEOPLE),
    "auditor": {"auditor"},
    "draws": {"center"},
    "insight": {"auditor", "center"},
    **{role: {role} for role in ROLES},
}


@pytest.fixture(scope="module")
def clients(app):
    return {who: signed_in(app, login) for who, login in PEOPLE.items()}


def routes(app, method: str) -> list[tuple[str, str, str]]:
    """(address, endpoint, who may) of every route with this method; parts of addresses are made up."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and method in rule.methods:
            path = re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", rule.rule))
            found.append((path, rule.endpoint, app.view_functions[rule.endpoint].access))
    return found


def test_every_route_says_who_may_use_it(app) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            view = app.view_functions[rule.endpoint]
            assert getattr(view, "access", None) in OPEN, rule


def test_pages_are_for_whom_they_say(app, clients) -> None:
    checked = 0
    for path, _, who in routes(app, "GET"):
        for name, client in clients.items():
            status = client.get(path).status_code
            assert status < 500, (path, name)
            assert (status == 403) == (name not in OPEN[who]), (path, name, status)
            checked += 1
    assert checked > 150


def test_nothing_without_a_log_in(app, world) -> None:
    before = fingerprint(world)
    nobody = app.test_client()
    token = csrf(nobody, "/login")
    for method in ("GET", "POST"):
        for path, _, who in routes(app, method):
            if who == "public":
                continue
            data = {"csrf_token": token} if method == "POST" else None
            answer = nobody.open(path, method=method, data=data)
            assert answer.status_code in (302, 401), path
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/login"), path
    assert fingerprint(world) == before


def test_no_change_without_a_token(app, world, clients) -> None:
    before = fingerprint(world)
    for path, endpoint, who in routes(app, "POST"):
        if endpoint == "api.log_in":
            continue
        for name, client in clients.items():
            count = refusals(world)
            answer = client.post(path, data={})
            assert answer.status_code == (400 if name in OPEN[who] else 403), (path, name)
            assert refusals(world) == count + 1
    assert fingerprint(world) == before


def test_a_dead_session_changes_nothing(app, world) -> None:
    client = signed_in(app, "agriculture")
    token = csrf(client, "/inbox")
    with begin(world.engine) as connection:
        mine = t.session.c.account_key == world.people["agriculture"].account_key
        past = world.now.replace(year=2020)
        connection.execute(update(t.session).where(mine).values(expires_at=past))
    before = fingerprint(world)
    for path, endpoint, who in routes(app, "POST"):
        if who != "public":
            assert client.post(path, data={"csrf_token": token}).status_code in (302, 401), endpoint
    assert fingerprint(world) == before


def test_another_units_things_by_address(app, world, clients) -> None:
    """Every address that names a thing of a project, for a unit that has no part in it: there is no such thing."""
    project = world.project_key()
    with reading(world.engine) as connection:
        instance = (
            connection.execute(
                select(t.instance.c.instance_key).where(t.instance.c.project_key == project)
            )
            .scalars()
            .first()
        )
    task = open_tasks(world, project)[0].task_key
    things = {
        "task_key": task,
        "project_key": project,
        "instance_key": instance,
        "digest": "0" * 64,
    }
    before = fingerprint(world)
    checked = 0
    for rule in app.url_map.iter_rules():
        if not rule.arguments or not rule.arguments <= set(things):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: things[m.group(1)], rule.rule)
        for name in ("stranger", *ROLES):
            client = clients[name]
            page = "/sessions"
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                data = (
                    {"csrf_token": csrf(client, page), "_act": "complete"}
                    if method == "POST"
                    else None
                )
                answer = client.open(path, method=method, data=data)
                # 403: what only auditors may have, whether or not the thing exists
                assert answer.status_code in (400, 403, 404), (path, method, name)
                checked += 1
    assert checked >= 30
    assert fingerprint(world) == before


def test_an_initial_password_opens_nothing_but_its_change(app, world) -> None:
    client = signed_in(app, "transport")
    with begin(world.engine) as connection:
        mine = t.account.c.login == "transport"
        connection.execute(update(t.account).where(mine).values(must_change=True))
    for path, endpoint, who in routes(app, "GET"):
        if who == "public" or endpoint == "auth.password_page":
            continue
        answer = client.get(path)
        if path.startswith("/api/"):
            assert answer.status_code == 403, path
        else:
            assert answer.headers["Location"] == "/password", path
    data = {"csrf_token": csrf(client, "/password"), "old": "banjie-demo", "again": "county-2025-x"}
    assert (
        "两次输入的新密码不同"
        in client.post("/password", data={**data, "password": "other-2025-x"}).text
    )
    assert client.post("/password", data={**data, "password": "county-2025-x"}).status_code == 302
    assert client.get("/inbox").status_code == 200


def test_offices_have_no_business(app, world, clients) -> None:
    for role in ROLES:
        assert clients[role].get("/api/v1/tasks").json["rows"] == []
        assert clients[role].get("/api/v1/projects").json["projects"] == []
        key = open_tasks(world, world.project_key())[0].task_key
        assert clients[role].get(f"/tasks/{key}").status_code == 404
    with reading(world.engine) as connection:
        held = connection.execute(
            select(func.count()).select_from(t.account).where(t.account.c.role.is_not(None))
        ).scalar_one()
    assert held == len(ROLES)
