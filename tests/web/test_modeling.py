"""Drawing without a browser: what the modeler's page asks the service for, and the page while no editor is there."""

import json

import pytest

from service.model.errors import Refused
from service.web import bundles
from tests.web.test_web import csrf, signed_in
from tests.workbench.owners import FIRST, LEGAL


def begun(client):
    data = {"name": "画一画", "csrf_token": csrf(client, "/workbench")}
    page = client.post("/workbench/drafts", data=data, follow_redirects=True)
    return page.request.path.rpartition("/")[2]


def ask(client, method, address, **body):
    headers = {"X-CSRFToken": csrf(client, "/workbench")}
    answer = getattr(client, method)(f"/api/v1{address}", json=body, headers=headers)
    return answer.status_code, answer.get_json()


def test_an_unsaved_diagram_is_checked_in_its_draft(stand):
    _, app = stand
    client = signed_in(app, "office")
    draft = begun(client)
    text = LEGAL.files[FIRST].decode()
    status, said = ask(client, "post", f"/drafts/{draft}/findings", path=FIRST, text=text)
    assert (status, said["number"], said["elsewhere"]) == (200, 0, 0)
    wrong = text.replace('name="act"', 'name="akt"')
    _, said = ask(client, "post", f"/drafts/{draft}/findings", path=FIRST, text=wrong)
    assert {f["rule"] for f in said["findings"]} >= {"known-property", "act-cited"}
    found = next(f for f in said["findings"] if f["rule"] == "known-property")
    assert found["line"] > 1
    assert found["element"]
    assert found["remedy"]
    _, said = ask(client, "post", f"/drafts/{draft}/findings", path=FIRST, text="<a")
    assert [f["rule"] for f in said["findings"] if f["path"] == FIRST] == ["readable"]


def test_an_expression_is_checked(stand):
    client = signed_in(stand[1], "office")
    assert ask(client, "post", "/expressions", text='a = "b"')[1] == {"problem": "", "names": ["a"]}
    assert "没有写完" in ask(client, "post", "/expressions", text="1 + ")[1]["problem"]
    assert ask(client, "post", "/expressions")[0] == 400


def test_a_file_is_saved_unless_somebody_saved_it_since(stand):
    _, app = stand
    client = signed_in(app, "office")
    draft = begun(client)
    text = LEGAL.files[FIRST].decode()
    address = f"/drafts/{draft}/file"
    one = ask(client, "put", address, path=FIRST, text=text.replace("办理组", "甲"), last=0)
    assert one == (200, {"last": 1})
    status, said = ask(client, "put", address, path=FIRST, text="<b/>", last=0)
    assert status == 409
    assert "没有存" in said["message"]
    other = ask(client, "put", address, path="processes/new.bpmn", text="<a/>", last=0)
    assert other == (200, {"last": 2})
    assert ask(client, "put", address, path=FIRST, text="<c/>", last=1) == (200, {"last": 3})
    assert ask(client, "put", address, path="../x", text="", last=0)[0] == 400
    assert ask(client, "put", address, path=FIRST, text="")[0] == 400


def test_only_owners_of_the_process_draw(stand):
    _, app = stand
    draft = begun(signed_in(app, "office"))
    text = LEGAL.files[FIRST].decode()
    other, stranger = signed_in(app, "bureau"), signed_in(app, "outside")
    address = f"/workbench/drafts/{draft}/diagram?path={FIRST}"
    assert other.get(address).status_code == 200
    refused = ask(other, "put", f"/drafts/{draft}/file", path=FIRST, text=text, last=0)
    assert refused[0] == 403
    assert stranger.get(address).status_code == 403
    token = csrf(stranger, "/inbox")
    answer = stranger.post(
        f"/api/v1/drafts/{draft}/findings", json={}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 403


def test_the_page_without_editors_says_how_to_get_them(stand, tmp_path, monkeypatch):
    _, app = stand
    client = signed_in(app, "office")
    draft = begun(client)
    address = f"/workbench/drafts/{draft}/diagram"
    monkeypatch.setattr(bundles, "PLACE", tmp_path / "none")
    page = client.get(address, query_string={"path": FIRST}).get_data(as_text=True)
    assert "还没有安装" in page
    assert "banjie editors" in page
    assert "<script" not in page
    made = tmp_path / "dist"
    made.mkdir()
    files = {"diagram.js": "diagram-1.js", "diagram.css": "diagram-1.css"}
    (made / "manifest.json").write_text(json.dumps({"stamp": "x", "files": files}))
    monkeypatch.setattr(bundles, "PLACE", made)
    answer = client.get(address, query_string={"path": FIRST})
    assert "dist/diagram-1.js" in answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self'; style-src-attr 'unsafe-inline'" in policy
    assert "unsafe-eval" not in policy
    assert client.get(address, query_string={"path": "processes/none.bpmn"}).status_code == 404


def test_an_odd_encoding_is_read(stand):
    from service.model.xml import decoded

    source = '<?xml version="1.0" encoding="GB18030"?><a name="县"/>'.encode("gb18030")
    assert decoded(source, "a.bpmn") == '<a name="县"/>'
    assert decoded(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><a/>", "a") == (
        "<?xml version='1.0'?><a/>"
    )


def test_building_without_node_is_refused_softly(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(Refused, match="没有找到 npm"):
        bundles.build()
