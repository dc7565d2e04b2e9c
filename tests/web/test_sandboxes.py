"""The pages of a sandbox: all roles for its owner, nobody else, and nothing in the real record."""

import re

from sqlalchemy import func, select

from service.store import tables as t
from service.store.session import reading
from tests.web.test_web import csrf, signed_in


def post(client, address, from_page, **data):
    data["csrf_token"] = csrf(client, from_page)
    return client.post(address, data=data, follow_redirects=True)


def opened(client):
    page = post(client, "/workbench/drafts", "/workbench", name="试一试")
    draft = page.request.path
    page = post(client, f"{draft}/sandbox", draft)
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    return draft, re.search(r"/sandbox/s[0-9a-f]{24}", text).group(), text


def events(world):
    with reading(world.engine) as connection:
        return connection.execute(select(func.count()).select_from(t.event)).scalar_one()


def test_the_owner_acts_for_everybody_and_nothing_is_recorded(stand):
    world, app = stand
    client = signed_in(app, "office")
    draft, root, page = opened(client)
    before = events(world)
    assert "这里发生的一切都不进入真实记录" in page
    assert "退出</button>" not in page
    assert f'href="{draft}"' in page
    page = post(client, f"{root}/-/person", f"{root}/inbox", person="outside")
    assert "外单位" in page.get_data(as_text=True)
    assert client.get(f"{root}/workbench").status_code == 403
    post(client, f"{root}/-/person", f"{root}/inbox", person="office")
    token = csrf(client, f"{root}/inbox")
    answer = client.post(
        f"{root}/api/v1/instances",
        json={"process_id": "review"},
        headers={"X-CSRFToken": token, "Idempotency-Key": "one"},
    )
    assert answer.status_code == 201, answer.get_json()
    assert "待办" in client.get(f"{root}/inbox").get_data(as_text=True)
    assert client.get(f"{root}/inbox").get_data(as_text=True).count("t-name") == 1
    page = post(client, f"{root}/-/clock", f"{root}/inbox", day="2025-06-01")
    assert "现在是 2025-06-01 09:00" in page.get_data(as_text=True)
    assert "时间已拨" in page.get_data(as_text=True)
    assert post(client, f"{root}/-/clock", f"{root}/inbox", day="2025-05-01").status_code == 400
    assert events(world) == before
    assert "t-name" not in client.get("/inbox").get_data(as_text=True)


def test_nobody_else_gets_in(stand):
    _, app = stand
    client = signed_in(app, "office")
    draft, root, _ = opened(client)
    other = signed_in(app, "bureau")
    assert other.get(f"{root}/inbox").status_code == 404
    assert app.test_client().get(f"{root}/inbox").status_code == 404
    key = root.rpartition("/")[2]
    assert post(other, f"/workbench/sandboxes/{key}/close", "/workbench").status_code == 404
    assert signed_in(app, "outside").post(f"{draft}/sandbox").status_code in (400, 403)
    assert "进入" in client.get(draft).get_data(as_text=True)
    assert post(client, f"/workbench/sandboxes/{key}/close", draft).status_code == 200
    assert client.get(f"{root}/inbox").status_code == 404


def test_the_real_session_lives_on(stand):
    _, app = stand
    client = signed_in(app, "office")
    _, root, _ = opened(client)
    post(client, f"{root}/logout", f"{root}/inbox")
    assert client.get("/workbench").status_code == 200
