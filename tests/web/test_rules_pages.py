"""The pages 设置, 工作日历 and 通知 from outside."""

import re
from pathlib import Path

import pytest

from service.config import Config, project_root
from service.engine import compile_bundle
from service.jobs.remind_due import remind_due
from service.model.bundle import read_bundle
from service.scenarios.people import PASSWORD
from service.scenarios.stands import open_world
from service.web.app import create_app
from tests.commands.stand import at_opinions

NOTICE = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。"


def application(world, tmp_path: Path, clock: str):
    url = world.engine.url.render_as_string(hide_password=False)
    return create_app(Config(database_url=url, data_dir=tmp_path, clock=clock))


@pytest.fixture
def app(tmp_path: Path):
    world = open_world(f"sqlite:///{tmp_path / 'web.sqlite3'}", project_root())
    made = application(world, tmp_path, "2026-03-02T09:00+08:00")
    yield made
    made.extensions["engine"].dispose()
    world.close()


def token(text: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', text).group(1)


def signed_in(app, login: str):
    client = app.test_client()
    data = {"login": login, "password": PASSWORD, "csrf_token": token(client.get("/login").text)}
    assert client.post("/login", data=data).status_code == 302
    return client


def test_every_setting_and_every_fixed_thing_is_shown(app) -> None:
    page = signed_in(app, "civil_affairs").get("/settings").text
    definition = compile_bundle(read_bundle(project_root()))
    assert all(f"<b>{s.meaning}</b>" in page for s in definition.settings.values())
    assert not [name for name in definition.settings if f">{name}<" in page]
    assert all(fixed.meaning in page for fixed in definition.fixed)
    assert "提出变更" not in page  # not one of the three units


def test_a_unit_of_the_three_begins_a_change(app) -> None:
    client = signed_in(app, "finance_bureau")
    data = {"csrf_token": token(client.get("/settings").text), "_key": "k1"}
    answer = client.post("/settings", data=data, follow_redirects=True)
    assert answer.status_code == 200
    assert "提出设置变更" in answer.text
    assert "联合审核各单位出具意见的期限" in answer.text  # the list of settings to choose from
    assert "等待县财政局" in client.get("/settings").text
    other = signed_in(app, "civil_affairs")
    data = {"csrf_token": token(other.get("/settings").text)}
    assert other.post("/settings", data=data).status_code == 403


def test_a_notice_is_previewed_then_saved(app) -> None:
    client = signed_in(app, "info_center")
    page = client.get("/calendar?year=2027").text
    assert "暂定" in page
    typed = {
        "csrf_token": token(page),
        "way": "notice",
        "text": NOTICE,
        "source": "国办〔2026〕1号",
    }
    preview = client.post("/calendar/2027", data={**typed, "_act": "preview"}).text
    assert "保存后有" in preview
    assert "尚未公布" in client.get("/calendar?year=2027").text  # nothing is saved yet
    days = re.search(r'name="days" value="([^"]*)"', preview).group(1)
    saved = client.post(
        "/calendar/2027",
        data={**typed, "days": days, "reason": "通知已公布", "_act": "save"},
        follow_redirects=True,
    ).text
    assert "已保存" in saved
    assert "尚未公布" not in saved
    assert "通知已公布" in saved


def test_what_cannot_be_read_keeps_what_was_typed(app) -> None:
    client = signed_in(app, "info_center")
    typed = {"csrf_token": token(client.get("/calendar?year=2027").text), "way": "notice"}
    answer = client.post("/calendar/2027", data={**typed, "text": "一、元旦：2月30日放假。"})
    assert answer.status_code == 422
    assert "日期不存在" in answer.text
    assert "2月30日放假" in answer.text


@pytest.mark.parametrize("way", ["notice", "sheet", "one", "statutory"])
def test_other_units_only_look_at_the_calendar(app, way: str) -> None:
    client = signed_in(app, "drc")
    page = client.get("/calendar?year=2027").text
    assert "粘贴国务院" not in page
    data = {"csrf_token": token(page), "way": way, "_act": "save", "text": NOTICE}
    assert client.post("/calendar/2027", data=data).status_code == 403


@pytest.mark.parametrize("year", ["1999", "2101", "x", ""])
def test_a_year_that_is_none(app, year: str) -> None:
    wanted = 200 if year == "" else 400
    assert signed_in(app, "drc").get(f"/calendar?year={year}").status_code == wanted


def test_notices_are_read_by_each_person_for_himself(tmp_path: Path) -> None:
    world = at_opinions(f"sqlite:///{tmp_path / 'web.sqlite3'}")
    app = application(world, tmp_path, "2025-03-14T09:00+08:00")
    remind_due(world.engine, now=world.now)  # the last day
    client = signed_in(app, "finance_bureau")
    page = client.get("/notices").text
    assert page.count("is-unread") == 1
    assert "县财政局审核意见" in page
    assert signed_in(app, "civil_affairs").get("/notices").text.count("is-unread") == 0
    client.post("/notices", data={"csrf_token": token(page)})
    after = client.get("/notices").text
    assert "没有未读的通知" in after
    assert "县财政局审核意见" in after
    assert "is-unread" in signed_in(app, "info_center").get("/notices").text
    assert "逾期2天" in client.get("/inbox").text
    app.extensions["engine"].dispose()
    world.close()


def test_how_one_wants_to_be_told_is_kept_and_a_wrong_address_too(app) -> None:
    client = signed_in(app, "drc")
    typed = {"csrf_token": token(client.get("/notices").text), "mode": "each", "email": "nobody"}
    answer = client.post("/notices/contact", data=typed)
    assert answer.status_code == 422
    assert 'value="nobody"' in answer.text
    typed["email"] = "li@drc.example.cn"
    page = client.post("/notices/contact", data=typed, follow_redirects=True).text
    assert 'value="li@drc.example.cn"' in page
    assert 'value="each" checked' in page
    assert "还没有开通邮件" in page
    assert 'value="li@drc.example.cn"' not in signed_in(app, "info_center").get("/notices").text
