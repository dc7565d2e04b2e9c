"""After a restore by which signed events were lost, every page says so until an audit administrator has said what he did."""

import pytest

from service.store import history
from service.store.session import begin
from tests.web.test_web import csrf, signed_in

WORDS = "有已签发的记录丢失"


@pytest.fixture(scope="module")
def clock() -> str:
    return "2025-04-01T09:00+08:00"


def restored(world, *, lost: int) -> None:
    body = {
        "reason": "磁盘损坏",
        "copy": {"size": 60, "sha256": "", "newest_at": None, "made_at": ""},
    }
    if lost:
        body["lost"] = {"size": 60 + lost, "at": "", "events": lost, "checkpoints": []}
    with begin(world.engine) as connection:
        history.append(connection, at=world.now, act="restore_copy", body=body)


def test_every_page_until_it_is_acknowledged(app, world) -> None:
    anonymous, person = app.test_client(), signed_in(app, "info_center")
    auditor, admin = signed_in(app, "audit_admin"), signed_in(app, "system_admin")
    pages = (
        (anonymous, "/login"),
        (person, "/inbox"),
        (person, "/nowhere"),
        (admin, "/admin/people"),
    )
    restored(world, lost=0)
    assert not [path for client, path in pages if WORDS in client.get(path).text]
    restored(world, lost=11)
    restored(world, lost=0)  # another restore does not hide it
    assert not [path for client, path in pages if WORDS not in client.get(path).text]
    assert "已签发的 11 个事件被放弃" in person.get("/inbox").text
    seq = auditor.get("/admin/record").text.split("/admin/record/restores/")[1].split('"')[0]
    token = {"csrf_token": csrf(auditor, "/admin/record")}
    assert (
        auditor.post(f"/admin/record/restores/{seq}", data={**token, "reason": " "}).status_code
        == 422
    )
    given = {"csrf_token": csrf(admin, "/admin/people"), "reason": "没事"}
    assert admin.post(f"/admin/record/restores/{seq}", data=given).status_code == 403
    assert WORDS in person.get("/inbox").text
    told = {**token, "reason": "已书面告知审计局，丢失的 11 件逐件补办"}
    assert auditor.post(f"/admin/record/restores/{seq}", data=told).status_code == 302
    assert not [path for client, path in pages if WORDS in client.get(path).text]
    assert "知悉恢复了旧备份" in auditor.get("/admin/record").text
    restored(world, lost=3)
    assert "已签发的 3 个事件被放弃" in person.get("/inbox").text
    assert WORDS in anonymous.get("/login").text
    assert "磁盘损坏" not in anonymous.get("/login").text, "why is for those who work here"
