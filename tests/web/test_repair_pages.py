"""The pages of emergency repair: each office sees its half."""

import pytest

from service.store import history
from service.store.session import reading
from tests.web.test_web import csrf, signed_in


@pytest.fixture(scope="module")
def clock() -> str:
    return "2025-04-01T09:00+08:00"


def test_proposed_by_one_and_confirmed_by_another(app, world) -> None:
    system, security = signed_in(app, "system_admin"), signed_in(app, "security_admin")
    assert "没有编号为 9 的项目" in system.get("/admin/repairs?no=9").text
    page = system.get("/admin/repairs?no=2025-0001").text
    assert "退回重办" in page
    assert "reviewed_amount" not in page
    remedy = page.split('name="remedy" value="back ')[1].split('"')[0]
    instance = page.split('name="remedy" value="back ')[0].split('name="instance" value="')[-1]
    given = {
        "csrf_token": csrf(system, "/admin/repairs?no=2025-0001"), "no": "2025-0001", "instance": instance.split('"')[0],
        "remedy": f"back {remedy}", "reason": "",
    }  # fmt: skip
    refused = system.post("/admin/repairs", data=given)
    assert refused.status_code == 422
    assert "请填写为什么要应急处置" in refused.text
    assert system.post("/admin/repairs", data={**given, "reason": "误发"}).status_code == 302
    assert "等待安全管理员确认" in system.get("/admin/repairs").text
    assert "等待确认 </span>1<span" in security.get("/admin/rights").text
    assert "等待确认 </span>" not in system.get("/admin/repairs").text
    waiting = security.get("/admin/repairs/confirm").text
    key = waiting.split('action="/admin/repairs/')[1].split('"')[0]
    answer = {
        "csrf_token": csrf(security, "/admin/repairs/confirm"),
        "decision": "refuse",
        "reason": "",
    }
    assert security.post(f"/admin/repairs/{key}", data=answer).status_code == 422
    assert system.post(f"/admin/repairs/{key}", data=given).status_code == 403
    answer = {**answer, "decision": "confirm"}
    assert security.post(f"/admin/repairs/{key}", data=answer).status_code == 302
    after = security.get("/admin/repairs/confirm").text
    assert "已处置" in after
    assert "等待确认 </span>" not in after
    with reading(world.engine) as connection:
        done = [e for e in history.read(connection) if e.act == "repair_instance"]
    assert len(done) == 1
    project = world.project_key()
    auditor = signed_in(app, "audit_bureau")
    replay = auditor.get(f"/projects/{project}/replay?event={done[0].seq}").text
    assert "应急处置" in replay
    assert 'class="tag tag-late"' in replay
    assert "应急处置：退回重办" in auditor.get(f"/projects/{project}").text
    assert "退回重办" in signed_in(app, "audit_admin").get("/admin/record").text
    assert "误发" in auditor.get("/audit/repaired").text
