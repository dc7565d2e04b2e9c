"""Pages of papers from outside: lists of materials, sheets, notices, archive, the check of a code."""

import dataclasses
import io
import re
import zipfile
from pathlib import Path

import pytest

from service.config import Config, project_root
from service.papers.archive_check import check_package
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.web.app import create_app
from tests.papers.stand import after
from tests.web.test_web import csrf, signed_in


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("papers")
    made = after(f"sqlite:///{folder / 'papers.sqlite3'}", "S01")
    yield made
    made.close()


def app_of(world, folder: Path):
    url = world.engine.url.render_as_string(hide_password=False)
    return create_app(Config(database_url=url, data_dir=folder, clock=world.now.isoformat()))


@pytest.fixture
def app(world, tmp_path: Path):
    made = app_of(world, tmp_path)
    yield made
    made.extensions["engine"].dispose()


def test_a_sheet_from_preview_to_check(app, world) -> None:
    client, key = signed_in(app, "info_center"), world.project_key(None)
    listing = client.get(f"/projects/{key}/sheets").text
    assert "审批表" in listing
    address = f"/projects/{key}/sheets/approval_sheet"
    preview = client.get(address)
    assert "预览件，未出具" in preview.text
    assert "data:image/svg+xml" not in preview.text
    handed = client.post(address, data={"csrf_token": csrf(client, address)})
    assert handed.status_code == 303
    paper = client.get(handed.headers["Location"])
    assert "data:image/svg+xml" in paper.text
    assert re.search(r"<title>县民政局_[^<]+_审批表_\d{4}-\d\d-\d\d</title>", paper.text)
    assert "style=" not in paper.text
    code = handed.headers["Location"].rsplit("/", 1)[1]
    public = app.test_client()
    answer = public.get(f"/check/{code[:4]}-{code[4:].lower()}")
    assert answer.status_code == 200
    assert "与记录一致" in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    person = world.of_unit("info_center").name
    assert f"<b>{person}</b>" not in answer.text
    assert "198,000" not in answer.text
    assert public.get("/check/" + "A" * 20).status_code == 404
    assert public.get("/check/short").status_code == 404
    assert public.get(f"/check?code={code}").headers["Location"].endswith(code)
    assert public.get("/check").status_code == 200


def test_sheets_and_archive_are_for_those_who_see_the_project(app, world) -> None:
    stranger, key = signed_in(app, "water"), world.project_key(None)
    for path in ("sheets", "sheets/approval_sheet", "archive", "archive.zip"):
        assert stranger.get(f"/projects/{key}/{path}").status_code == 404
    token = csrf(stranger, "/inbox")
    answer = stranger.post(f"/projects/{key}/sheets/approval_sheet", data={"csrf_token": token})
    assert answer.status_code == 404
    assert signed_in(app, "info_center").get(f"/projects/{key}/sheets/nothing").status_code == 404


def test_codes_cannot_be_tried_without_end(app) -> None:
    client = app.test_client()
    statuses = [client.get("/check/" + "A" * 20).status_code for _ in range(40)]
    assert statuses == [404] * 30 + [429] * 10


def test_the_archive_page_and_its_package(app, world, tmp_path: Path) -> None:
    client, key = signed_in(app, "info_center"), world.project_key(None)
    page = client.get(f"/projects/{key}/archive").text
    assert "审批卷" in page
    assert "尚未到期：招标卷" in page  # 立项 is where the story stands
    got = client.get(f"/projects/{key}/archive.zip")
    assert got.headers["Content-Type"] == "application/zip"
    assert "filename*=UTF-8''" in got.headers["Content-Disposition"]
    path = tmp_path / "a.zip"
    path.write_bytes(got.data)
    assert zipfile.ZipFile(io.BytesIO(got.data)).testzip() is None
    assert any(c.what == "系统签名" and c.good for c in check_package(path))


def test_one_refusal_names_all_that_is_missing(tmp_path: Path) -> None:
    """13 of 14: not one after the other, but all at once, with the clauses; and the notice says the same."""
    story = read_story(project_root() / "processes/scenarios/S01.yaml")
    made = open_world(f"sqlite:///{tmp_path / 'm.sqlite3'}", project_root(), story)
    step = next(
        i for i, s in enumerate(story.steps) if s.value == "project_declaration/fill_technical"
    )
    outcome = run_story(dataclasses.replace(story, steps=story.steps[:step]), made)
    assert outcome.ok, outcome.difference
    app = app_of(made, tmp_path)
    client = signed_in(app, "civil_affairs")
    task = re.search(r"/tasks/([^\"?]+)\"", client.get("/inbox").text).group(1)
    page = client.get(f"/tasks/{task}").text
    assert "缺 2 项" in page
    assert "不适用：运维实施方案" in page
    token = csrf(client, f"/tasks/{task}")
    refused = client.post(f"/tasks/{task}", data={"csrf_token": token, "_act": "complete"})
    assert refused.status_code == 422
    summary = re.search(r'id="errors".*?</div>', refused.text, re.DOTALL).group(0)
    for name in ("项目可行性研究报告", "建设方案（详细设计）"):
        assert f"缺“{name}”" in summary
    assert "申报时只提交可行性研究报告、建设方案(详细设计)" in summary
    assert "运维实施方案" not in summary
    notice = client.get(f"/tasks/{task}/notice").text
    assert "一次性告知书" in notice
    assert "还缺以下 2 项材料" in notice
    assert signed_in(app, "water").get(f"/tasks/{task}/notice").status_code == 404
    given = {
        "csrf_token": token,
        "_act": "save",
        "feasibility_report_file": (io.BytesIO(b"%PDF-1.7 x"), "可研.pdf"),
    }
    client.post(f"/tasks/{task}", data=given)
    page = client.get(f"/tasks/{task}").text
    assert "缺 1 项" in page
    assert "已交：" in page
    app.extensions["engine"].dispose()
    made.close()
