"""What stands outside projects: who may start it, whose tasks they are, who may look at it."""

import re
from pathlib import Path

import pytest

from service.config import Config, project_root
from service.scenarios.people import PASSWORD
from service.scenarios.stands import open_world
from service.web.app import create_app


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("alone")
    url = f"sqlite:///{folder / 'alone.sqlite3'}"
    open_world(url, project_root()).close()
    made = create_app(Config(database_url=url, data_dir=folder, clock="2025-09-01T09:00+08:00"))
    yield made
    made.extensions["engine"].dispose()


def token(client, path: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text).group(1)


def signed_in(app, login: str):
    client = app.test_client()
    client.post(
        "/login", data={"login": login, "password": PASSWORD, "csrf_token": token(client, "/login")}
    )
    return client


def task_in(client) -> str:
    return re.search(r'href="(/tasks/[^"]+)"', client.get("/inbox").text).group(1)


def test_a_plan_belongs_to_no_project_and_each_unit_sees_its_own_task(app) -> None:
    centre = signed_in(app, "info_center")
    assert "年度计划编制" in centre.get("/start").text
    begun = centre.post(
        "/start", data={"process": "annual_plan", "csrf_token": token(centre, "/start")}
    )
    plan = begun.headers["Location"]
    assert plan.startswith("/instances/")
    assert "拟定申报通知" in centre.get(plan).text
    assert "年度计划编制" in centre.get("/inbox").text
    assert "未命名项目" not in centre.get("/inbox").text
    notice = {
        "csrf_token": token(centre, "/inbox"),
        "plan_kind": "annual",
        "plan_year": "2026",
        "deadline": "2025-09-30",
        "notice_text": "请报送项目。",
        "units": ["civil_affairs", "transport"],
        "_act": "complete",
    }
    answer = centre.post(task_in(centre), data=notice)
    assert answer.status_code == 302, answer.text
    civil, transport = signed_in(app, "civil_affairs"), signed_in(app, "transport")
    own = task_in(civil)
    assert civil.get(own).status_code == 200
    assert transport.get(own).status_code == 404
    assert civil.get(plan).status_code == 200
    assert signed_in(app, "water").get(plan).status_code == 404
    assert "申报年度计划项目" not in signed_in(app, "water").get("/inbox").text


def test_a_unit_may_not_start_what_is_the_centres(app) -> None:
    civil = signed_in(app, "civil_affairs")
    assert "年度计划编制" not in civil.get("/start").text
    form = {"process": "annual_plan", "csrf_token": token(civil, "/inbox")}
    assert civil.post("/start", data=form).status_code == 403
    centre = signed_in(app, "info_center")
    form = {"process": "audit_supervision", "csrf_token": token(centre, "/inbox")}
    assert "要在项目里发起" in centre.post("/start", data=form).text


def test_the_history_of_a_task_outside_projects_is_its_own(app) -> None:
    """Nothing of other instances or projects stands on its page."""
    centre = signed_in(app, "info_center")
    for _ in range(2):
        centre.post(
            "/start",
            data={"process": "supervision_inspection", "csrf_token": token(centre, "/start")},
        )
    centre.post("/start", data={"process": "annual_plan", "csrf_token": token(centre, "/start")})
    row = r'href="(/tasks/[^"]+)"[^>]*>监督检查与安全检查<'
    page = centre.get(re.search(row, centre.get("/inbox").text).group(1)).text
    assert page.count("发起 监督检查与安全检查") == 1
    assert "发起 年度计划编制" not in page
