"""The pages and the API from outside: access, tokens, refusals; nothing is written but the security log."""

import hashlib
import io
import json
import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event, func, insert, select

from service.config import Config
from service.scenarios.looks import fingerprint, open_tasks
from service.scenarios.people import PASSWORD
from service.store import tables as t
from service.store.session import begin, reading
from service.web.app import create_app
from service.web.openapi import DOCUMENT
from tests.commands.stand import at_opinions


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    made = at_opinions(f"sqlite:///{folder / 'web.sqlite3'}")
    yield made
    made.close()


@pytest.fixture
def app(world, tmp_path: Path):
    url = world.engine.url.render_as_string(hide_password=False)
    made = create_app(Config(database_url=url, data_dir=tmp_path, clock="2025-03-12T09:00+08:00"))
    yield made
    made.extensions["engine"].dispose()


def csrf(client, path: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text).group(1)


def signed_in(app, login: str):
    client = app.test_client()
    answer = client.post(
        "/login", data={"login": login, "password": PASSWORD, "csrf_token": csrf(client, "/login")}
    )
    assert answer.status_code == 302, answer.text
    return client


def refusals(world) -> int:
    with reading(world.engine) as connection:
        return connection.execute(select(func.count()).select_from(t.security_log)).scalar_one()


def task_of(world, group: str) -> str:
    return next(k.task_key for k in open_tasks(world, world.project_key()) if k.group_id == group)


def test_another_units_task_by_address(app, world) -> None:
    client = signed_in(app, "info_center")
    key = task_of(world, "drc")
    assert client.get(f"/tasks/{key}").status_code == 404
    data = {"csrf_token": csrf(client, "/inbox"), "conclusion": "agree"}
    assert client.post(f"/tasks/{key}", data=data).status_code == 404
    assert "没有这项待办" in client.get(f"/tasks/{key}").text


def test_files_are_for_those_who_see_the_project(app, world) -> None:
    """One uploads, colleagues of the project see it once it is submitted, other units never."""
    content = b"%PDF-1.7 " + b"x" * 30
    digest = hashlib.sha256(content).hexdigest()
    folder = app.extensions["config"].data_dir / "files"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest).write_bytes(content)
    project = world.project_key(None)
    owner, stranger = world.of_unit("县民政局"), world.of_unit("县人社局")
    with begin(world.engine) as connection:
        row = {"digest": digest, "name": "方案.pdf", "size": len(content)}
        by = {"uploaded_by": owner.account_key, "uploaded_at": world.now}
        connection.execute(insert(t.attachment).values(**row, **by))
    mine, theirs, center = (
        signed_in(app, login) for login in (owner.unit_id, stranger.unit_id, "info_center")
    )
    assert mine.get(f"/files/{digest}").data == content
    assert center.get(f"/files/{digest}").status_code == 404
    with begin(world.engine) as connection:
        sample = connection.execute(select(t.submission)).first()._mapping
        text = json.dumps({"file": [{"digest": digest}]})
        changed = {"submission_key": "s-file", "content": text, "project_key": project}
        connection.execute(insert(t.submission).values(**{**sample, **changed}))
    assert center.get(f"/files/{digest}").data == content
    assert theirs.get(f"/files/{digest}").status_code == 404
    assert theirs.get("/files/%25").status_code == 404
    assert mine.get(f"/files/{digest}").headers["X-Content-Type-Options"] == "nosniff"


def test_wrong_form_keeps_what_was_typed(app, world) -> None:
    client = signed_in(app, "drc")
    key = task_of(world, "drc")
    before = fingerprint(world)
    data = {
        "csrf_token": csrf(client, f"/tasks/{key}"),
        "_act": "complete",
        "opinion": "先核对<b>概算</b>",
        "decision": "approved",
    }
    answer = client.post(f"/tasks/{key}", data=data)
    assert answer.status_code == 422
    assert "先核对&lt;b&gt;概算&lt;/b&gt;" in answer.text
    assert 'class="error-summary"' in answer.text
    assert fingerprint(world) == before


def test_the_inbox_shows_the_task_and_the_page_the_law(app, world) -> None:
    client = signed_in(app, "finance_bureau")
    assert "养老服务信息系统" in client.get("/inbox").text
    page = client.get(f"/tasks/{task_of(world, 'finance_bureau')}").text
    assert "第七条" in page
    assert "<svg" in page
    assert "is-now" in page


def test_a_session_is_dead_after_log_out(app) -> None:
    client = signed_in(app, "water")
    cookie = client.get_cookie("banjie_session").value
    client.post("/logout", data={"csrf_token": csrf(client, "/inbox")})
    client.set_cookie("banjie_session", cookie)
    assert client.get("/inbox").status_code == 302


def test_five_failures_lock_the_account(app) -> None:
    client = app.test_client()
    token = csrf(client, "/login")
    for _ in range(5):
        answer = client.post(
            "/login", data={"login": "emergency", "password": "wrong-wrong", "csrf_token": token}
        )
        assert answer.status_code == 403
    answer = client.post(
        "/login", data={"login": "emergency", "password": PASSWORD, "csrf_token": token}
    )
    assert "锁定" in answer.text


def test_unknown_pages_and_big_bodies_are_one_sentence(app) -> None:
    client = signed_in(app, "water")
    assert "没有这个页面" in client.get("/no/such/page").text
    answer = client.post(
        "/start", data={"csrf_token": csrf(client, "/start"), "process": "x" * 3_000_000}
    )
    assert answer.status_code == 413
    assert "Traceback" not in answer.text


def test_headers(app) -> None:
    headers = app.test_client().get("/login").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_api(app, world) -> None:
    client = app.test_client()
    assert client.get("/api/v1/tasks").status_code == 401
    token = client.post(
        "/api/v1/sessions", json={"login": "info_center", "password": PASSWORD}
    ).json["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    rows = client.get("/api/v1/tasks", headers=bearer).json["rows"]
    key = next(r["task_key"] for r in rows)
    assert client.get(f"/api/v1/tasks/{key}", headers=bearer).json["fields"]
    assert client.post(f"/api/v1/tasks/{key}/claim", headers=bearer).status_code == 200
    assert client.post(f"/api/v1/tasks/{key}/release", headers=bearer).status_code == 200
    wrong = client.post(f"/api/v1/tasks/{key}/complete", headers=bearer, json={"nokey": 1})
    assert wrong.status_code == 422
    assert "nokey" in wrong.json["fields"]
    assert client.get("/api/v1/projects", headers=bearer).json["projects"]
    project = world.project_key(None)
    assert client.get(f"/api/v1/projects/{project}/history", headers=bearer).json["entries"]
    refused = client.post(
        "/api/v1/instances", headers=bearer, json={"process_id": "project_lifecycle"}
    )
    assert refused.status_code == 403


def test_openapi_lists_every_route(app) -> None:
    ours = {
        re.sub(r"<([^>]+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.endswith("openapi.json")
    }
    assert ours == set(DOCUMENT["paths"])
    assert app.test_client().get("/api/v1/openapi.json").json["openapi"] == "3.1.0"


def test_health(app) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert "banjie_open_tasks" in client.get("/metrics").text


def test_a_file_of_another_project_cannot_be_claimed_by_its_digest(app, world) -> None:
    """Who only knows a digest gets nothing: neither in a posted form nor as JSON."""
    owner, center = world.of_unit("县民政局"), signed_in(app, "info_center")
    content = b"%PDF-1.7 secret of the owner"
    digest = hashlib.sha256(content).hexdigest()
    with begin(world.engine) as connection:
        row = {"digest": digest, "name": "密.pdf", "size": len(content)}
        by = {"uploaded_by": owner.account_key, "uploaded_at": world.now}
        connection.execute(insert(t.attachment).values(**row, **by))
    key = task_of(world, "info_center")
    stolen = {"name": "密.pdf", "digest": digest, "size": len(content)}
    answer = center.post(f"/api/v1/tasks/{key}/complete", json={"seal_scan": stolen})
    assert answer.status_code == 400
    token = center.post(
        "/api/v1/sessions", json={"login": "info_center", "password": PASSWORD}
    ).json["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    answer = center.post(
        f"/api/v1/tasks/{key}/complete", json={"seal_scan": stolen}, headers=bearer
    )
    assert answer.status_code == 400
    assert "重新上传" in answer.json["message"]
    posted = {"csrf_token": csrf(center, "/inbox"), "seal_scan": digest, "_act": "save"}
    assert center.post(f"/tasks/{key}", data=posted).status_code == 400


def test_an_upload_by_the_api_is_looked_into_and_named(app, world) -> None:
    client = app.test_client()
    token = client.post(
        "/api/v1/sessions", json={"login": "info_center", "password": PASSWORD}
    ).json["token"]
    bearer = {"Authorization": f"Bearer {token}"}

    def send(name: str, content: bytes):
        data = {"file": (io.BytesIO(content), name)}
        return client.post("/api/v1/files", data=data, headers=bearer)

    kept = send("../县民政局 方案\u202e.pdf", b"%PDF-1.7 plan")
    assert kept.status_code == 201
    assert kept.json["name"] == "县民政局 方案.pdf"
    got = signed_in(app, "info_center").get(f"/files/{kept.json['digest']}")
    assert got.data == b"%PDF-1.7 plan"
    assert "filename*=UTF-8''%E5%8E%BF" in got.headers["Content-Disposition"]
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    refused = send("方案.pdf", b"MZ\x90\x00")
    assert refused.status_code == 400
    assert "类型不符" in refused.json["message"]
    assert send("a.svg", b"<svg/>").status_code == 400
    assert client.post("/api/v1/files", headers=bearer).status_code == 400


def test_a_busy_database_is_told_and_nothing_is_done(app, world) -> None:
    """Another writer holds SQLite for too long: whoever submits is told, and may submit again."""
    client = signed_in(app, "civil_affairs")
    token = csrf(client, "/start")
    engine = app.extensions["engine"]
    engine.dispose()
    event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=50"))
    holder = sqlite3.connect(world.engine.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        answer = client.post("/start", data={"process": "project_lifecycle", "csrf_token": token})
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert answer.status_code == 503
    assert "系统正忙" in answer.text
    assert answer.headers["Retry-After"]
    again = client.post("/start", data={"process": "project_lifecycle", "csrf_token": token})
    assert again.status_code == 302
