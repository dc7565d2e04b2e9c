"""A project that turns out to be classified leaves nothing behind: not in a row, a page, a log or a file."""

import io
import re

import pytest
from sqlalchemy import select

from service.config import Config, project_root
from service.queries.rebuild import differences
from service.scenarios.acts import complete, start
from service.scenarios.looks import open_tasks
from service.scenarios.stands import open_world
from service.store import tables as t
from service.store.session import reading
from service.web.app import create_app
from tests.web.test_web import csrf, signed_in

CANARY = "绝密金丝雀QXZJ7731"
AMOUNT = "918273.64"
FILE = b"%PDF-1.7\n" + b"CANARYFILE-QXZJ7731 " * 40 + b"\n%%EOF\n"


@pytest.fixture
def county(tmp_path):
    (tmp_path / "data").mkdir()
    world = open_world(f"sqlite:///{tmp_path / 'data' / 'c.sqlite3'}", project_root())
    start(world, "project_lifecycle", {"by": "县民政局"})
    config = Config(
        database_url=world.url, data_dir=tmp_path / "data", clock="2025-04-08T09:00+08:00"
    )
    app = create_app(config)
    yield world, app, tmp_path
    app.extensions["engine"].dispose()
    world.close()


def traces(folder, *extra: str) -> list[str]:
    """Files (database, its logs, attachments) and texts in which anything of the draft can still be read."""
    marks = [CANARY.encode(), b"QXZJ7731", AMOUNT.encode()]
    # JSON may write Chinese as escapes
    marks.append(CANARY.encode("unicode_escape")[:24])
    found = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    ]
    return found + [text for text in extra if any(m in text.encode() for m in marks)]


def typed(token: str, classified: str, act: str) -> dict:
    return {
        "csrf_token": token,
        "_act": act,
        "_key": "k-1",
        "classified": classified,
        "project_name": CANARY,
        "planned_budget_yuan": AMOUNT,
        "necessity": CANARY * 30,
    }


def draft_with_canary(world, app):
    client = signed_in(app, "civil_affairs")
    task = open_tasks(world, world.project_key())[0].task_key
    token = csrf(client, f"/tasks/{task}")
    upload = {"file": (io.BytesIO(FILE), f"{CANARY}.pdf"), "csrf_token": token}
    sent = client.post("/api/v1/files", data=upload, headers={"X-CSRFToken": token})
    assert sent.status_code == 201, sent.text
    saved = client.post(f"/tasks/{task}", data=typed(token, "no", "save"))
    assert saved.status_code == 302, saved.text
    return client, task, token


@pytest.mark.parametrize("act", ["save", "complete"])
def test_a_switch_purges_the_draft(county, act: str, capfd) -> None:
    world, app, folder = county
    client, task, token = draft_with_canary(world, app)
    before = traces(folder)
    assert any("sqlite3" in name for name in before), "the canary must have been there"
    assert any(name.startswith("data/files/") for name in before)
    answer = client.post(f"/tasks/{task}", data=typed(token, "yes", act))
    assert answer.status_code == 302, answer.text
    pages = [client.get(f"/projects/{world.project_key()}").text, client.get("/inbox").text]
    assert traces(folder, *pages, *capfd.readouterr()) == []
    with reading(world.engine) as connection:
        acts = connection.execute(select(t.event.c.act)).scalars().all()
        body = connection.execute(
            select(t.event.c.body).where(t.event.c.act == "purge_drafts")
        ).scalar_one()
        assert acts.count("purge_drafts") == 1
        assert not connection.execute(select(t.attachment)).all()
        assert differences(connection) == []
    assert set(re.findall(r'"(\w+)":', body)) & {"values", "submission", "draft", "files"} == set()


def test_through_the_api_as_well(county, capfd) -> None:
    world, app, folder = county
    _, task, _ = draft_with_canary(world, app)
    program = app.test_client()
    token = program.post(
        "/api/v1/sessions", json={"login": "civil_affairs", "password": "banjie-demo"}
    ).json["token"]
    answer = program.post(
        f"/api/v1/tasks/{task}/complete",
        json={"classified": "yes", "project_name": CANARY, "planned_budget_yuan": AMOUNT},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k-2"},
    )
    assert answer.status_code == 200, answer.text
    assert traces(folder, *capfd.readouterr()) == []


def test_only_number_and_dates_remain(county) -> None:
    world, app, folder = county
    client, task, token = draft_with_canary(world, app)
    client.post(f"/tasks/{task}", data=typed(token, "yes", "complete"))
    register = open_tasks(world, world.project_key())[0].task_key
    client = signed_in(app, "info_center")
    token = csrf(client, "/sessions")
    refused = client.post(
        f"/tasks/{register}",
        data={
            "csrf_token": token,
            "_act": "complete",
            "offline_no": CANARY,
            "registered_on": "2025-04-08",
        },
    )
    assert refused.status_code == 422
    done = client.post(
        f"/tasks/{register}",
        data={
            "csrf_token": token,
            "_act": "complete",
            "offline_no": "B-2025-01",
            "registered_on": "2025-04-08",
        },
    )
    assert done.status_code == 302, done.text
    with reading(world.engine) as connection:
        contents = sorted(connection.execute(select(t.submission.c.content)).scalars())
    assert contents == [
        '{"classified":"yes"}',
        '{"offline_no":"B-2025-01","registered_on":"2025-04-08"}',
    ]
    assert traces(folder) == []


def test_what_was_submitted_before_the_switch_stays_as_the_operators_page_says(county) -> None:
    """The record only grows: a declaration that was submitted is evidence, the switch removes drafts alone."""
    world, app, folder = county
    given = {"with": {"project_name": CANARY, "project_unit": "civil_affairs"}, "by": "县民政局"}
    for path, options in (
        ("fill_basic", given),
        ("fill_technical", {}),
        ("confirm_declaration", {}),
        ("accept_declaration", {"with": {"complete": "no", "missing": ["feasibility"]}}),
    ):
        complete(world, f"project_declaration/{path}", options)
    client, task, token = draft_with_canary(world, app)
    assert client.post(f"/tasks/{task}", data=typed(token, "yes", "complete")).status_code == 302
    with reading(world.engine) as connection:
        contents = connection.execute(select(t.submission.c.content)).scalars().all()
        assert not connection.execute(select(t.draft)).all()
        assert differences(connection) == []
    assert sum(CANARY in content for content in contents) == 1
    assert {name.rpartition("/")[2].partition("-")[0] for name in traces(folder)} == {"c.sqlite3"}
    page = (project_root() / "docs/howto/operate.zh-CN.md").read_text(encoding="utf-8")
    assert "已经**提交**过的内容 | 提交件和事件是存证" in page
