"""The API answers as it is described, refuses in one form, and never fails whatever is sent."""

import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.scenarios.looks import fingerprint, open_tasks
from service.scenarios.people import PASSWORD
from service.web.openapi import DOCUMENT
from tests.papers.samples import PDF

OPERATIONS = [(path, verb) for path, verbs in DOCUMENT["paths"].items() for verb in verbs]


@pytest.fixture(scope="module")
def ask(app):
    """Send a request as somebody of a unit; returns the answer."""
    client = app.test_client()
    tokens: dict[str, dict[str, str]] = {}

    def send(verb: str, path: str, who: str = "info_center", **more: Any):
        if who not in tokens:
            body = {"login": who, "password": PASSWORD}
            token = client.post("/api/v1/sessions", json=body).json["token"]
            tokens[who] = {"Authorization": f"Bearer {token}"}
        return client.open(path, method=verb.upper(), headers=tokens[who], **more)

    return send


def names(world) -> dict[str, str]:
    """A value for each name in a path."""
    project = world.project_key()
    task = next(k for k in open_tasks(world, project) if k.group_id == "info_center")
    return {
        "task_key": task.task_key,
        "project_key": project,
        "digest": "0" * 64,
        "key": "q0",
        "copy_key": "c0",
        "process_id": "project_lifecycle",
        "draft_key": "d0",
        "place": "inbox",
        "name": "常看",
    }


def filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: values[m.group(1)], path)


def test_every_operation_answers_as_described(ask, world) -> None:
    """Each documented operation does what it says with a good request, in an order that allows it."""
    values = names(world)
    values["instance_key"] = ask("get", f"/api/v1/projects/{values['project_key']}").json[
        "instances"
    ][0]["instance_key"]
    unsent = {"opinion": "先核对概算"}
    bodies = {
        "/api/v1/sessions": {"login": "drc", "password": PASSWORD},
        "/api/v1/tasks/{task_key}/draft": unsent,
        "/api/v1/tasks/{task_key}/check": unsent,
    }
    refused = {  # those that a good request of this unit cannot carry out here
        ("/api/v1/tasks/{task_key}/complete", "post"): 422,
        ("/api/v1/tasks/{task_key}/return", "post"): 422,
        ("/api/v1/tasks/{task_key}/transfer", "post"): 422,
        ("/api/v1/tasks/{task_key}/entrust", "post"): 422,
        ("/api/v1/tasks/{task_key}/hand_back", "post"): 422,
        ("/api/v1/tasks/{task_key}/opinions", "post"): 400,
        ("/api/v1/opinions/{key}", "post"): 404,
        ("/api/v1/opinions/{key}/drop", "post"): 404,
        ("/api/v1/tasks/{task_key}/copies", "post"): 422,
        ("/api/v1/copies/{copy_key}/read", "post"): 404,
        ("/api/v1/projects/{project_key}/cancel", "post"): 403,
        ("/api/v1/tasks/{task_key}/withdraw", "post"): 404,
        ("/api/v1/instances", "post"): 403,
        ("/api/v1/stand_ins", "post"): 422,
        ("/api/v1/drafts/{draft_key}/findings", "post"): 404,
        ("/api/v1/drafts/{draft_key}/file", "put"): 404,
        ("/api/v1/drafts/{draft_key}/preview", "post"): 404,
        ("/api/v1/stand_ins/{key}", "delete"): 404,
        ("/api/v1/files", "post"): 400,
        ("/api/v1/files/{digest}", "get"): 404,
    }
    edited: dict[str, Any] = {"path": "processes/joint_review.bpmn", "text": "x", "last": 0}
    bodies["/api/v1/drafts/{draft_key}/findings"] = edited
    bodies["/api/v1/drafts/{draft_key}/file"] = edited
    form = json.dumps({"id": "f", "type": "default", "schemaVersion": 16, "components": []})
    bodies["/api/v1/drafts/{draft_key}/preview"] = {"path": "forms/f.form", "text": form}
    bodies["/api/v1/expressions"] = {"text": "1 + 1"}
    bodies["/api/v1/filters/{place}/{name}"] = {"box": "todo", "q": "民政"}
    bodies["/api/v1/instances"] = {"process_id": "project_lifecycle"}
    for path, verb in OPERATIONS:
        more = {} if verb == "get" else {"json": bodies.get(path, {})}
        answer = ask(verb, filled(path, values), **more)
        described = DOCUMENT["paths"][path][verb]["responses"]
        wanted = refused.get((path, verb)) or int(next(s for s in described if s != "default"))
        assert answer.status_code == wanted, (path, verb, answer.text)
        if answer.status_code >= 400:
            assert set(answer.json) == {"message", "fields", "reasons"}
    task = ask("get", f"/api/v1/tasks/{values['task_key']}").json
    assert task["draft"] == unsent


def test_nothing_is_told_without_a_log_in(app, world) -> None:
    client = app.test_client()
    values = {**names(world), "instance_key": "i1"}
    for path, verb in OPERATIONS:
        if DOCUMENT["paths"][path][verb]["security"]:
            answer = client.open(filled(path, values), method=verb.upper())
            assert answer.status_code in (400, 401), (path, verb)  # 400: no CSRF token


def test_the_whole_task_by_the_api(ask, world) -> None:
    """List, claim, check, keep a draft, complete: the finance bureau gives its opinion."""
    rows = ask("get", "/api/v1/tasks", "finance_bureau").json["rows"]
    key = rows[0]["task_key"]
    assert ask("post", f"/api/v1/tasks/{key}/claim", "finance_bureau").status_code == 200
    fields = ask("get", f"/api/v1/tasks/{key}", "finance_bureau").json["fields"]
    form = world.definition.forms[ask("get", f"/api/v1/tasks/{key}", "finance_bureau").json["form"]]
    assert {f["key"] for f in fields} == set(form.fields)
    sent = {"file": (io.BytesIO(PDF), "评审报告.pdf")}
    kept = ask("post", "/api/v1/files", "finance_bureau", data=sent).json
    assert ask("get", f"/api/v1/files/{kept['digest']}", "finance_bureau").data == PDF
    text = (world.root / form.path).with_suffix(".example.json").read_text(encoding="utf-8")
    example = {k: _stored(v, kept) for k, v in json.loads(text).items()}
    check = ask("post", f"/api/v1/tasks/{key}/check", "finance_bureau", json=example).json
    assert check["next"]["sure"] is True
    assert set(check["next"]["waits"]) == {"县信息中心", "县发改局"}
    done = ask("post", f"/api/v1/tasks/{key}/complete", "finance_bureau", json=example)
    assert done.status_code == 200, done.text
    history = ask("get", f"/api/v1/projects/{world.project_key()}/history").json["entries"]
    assert history[-1]["what"] == "县财政局审核意见"
    again = ask("post", f"/api/v1/tasks/{key}/check", "finance_bureau", json={})
    assert again.status_code == 409


def test_the_diagram_is_the_one_deployed(ask, world) -> None:
    answer = ask("get", "/api/v1/processes/joint_review/diagram")
    assert answer.data == world.definition.bundle.files["processes/joint_review.bpmn"]
    assert ask("get", "/api/v1/processes/none/diagram").status_code == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=8,
)
QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@QUIET
@given(data=st.data())
def test_no_input_makes_it_fail(ask, world, data) -> None:
    """Random bodies, keys and queries: an answer below 500, and nothing written."""
    path, verb = data.draw(st.sampled_from([o for o in OPERATIONS if "session" not in o[0]]))
    known = {**names(world), "instance_key": "i1"}
    odd = st.text(st.characters(codec="utf-8", exclude_characters="/?#\r\n"), min_size=1)
    values = {k: data.draw(st.just(v) | odd.map(_quoted)) for k, v in known.items()}
    keys = [*world.definition.forms["opinion"].fields, "login", "process_id", "project_key"]
    body = data.draw(
        JSON | st.dictionaries(st.sampled_from(keys) | st.text(max_size=8), JSON, max_size=6)
    )
    more: dict[str, Any] = {} if verb == "get" else {"json": body}
    if verb == "get":
        more["query_string"] = data.draw(
            st.dictionaries(
                st.sampled_from(["box", "after", "q", "due", "order", "year"]), st.text(max_size=20)
            )
        )
    if path.endswith(("/claim", "/release", "/complete")):
        values["task_key"] = "x"  # others would really be done
    before = fingerprint(world)
    answer = ask(verb, filled(path, values), **more)
    assert answer.status_code < 500, (path, verb, more, answer.text)
    assert fingerprint(world) == before


@QUIET
@given(body=st.binary(max_size=60) | JSON.map(str).map(str.encode))
def test_no_log_in_makes_it_fail(app, body) -> None:
    answer = app.test_client().post("/api/v1/sessions", data=body, content_type="application/json")
    assert answer.status_code in (400, 403)


def _stored(value: Any, kept: dict[str, Any]) -> Any:
    """A value of an example with the file that was really uploaded."""
    if isinstance(value, dict) and "digest" in value:
        return kept
    return [_stored(v, kept) for v in value] if isinstance(value, list) else value


def _quoted(text: str) -> str:

    return quote(text, safe="")


def test_standing_in_by_the_api(ask, world) -> None:
    """Set, listed for both, ended; a day that is none, and somebody else's, are refused."""
    agent = world.people["water"].account_key
    wanted = {"agent": agent, "first": "2025-03-12", "last": "2025-03-14", "reason": "出差"}
    assert (
        ask("post", "/api/v1/stand_ins", "drc", json={**wanted, "last": "明天"}).status_code == 400
    )
    assert ask("post", "/api/v1/stand_ins", "drc", json={**wanted, "last": ""}).status_code == 422
    key = ask("post", "/api/v1/stand_ins", "drc", json=wanted).json["key"]
    for who in ("drc", "water"):
        (row,) = ask("get", "/api/v1/stand_ins", who).json
        assert row["key"] == key and row["agent"]["account"] == agent
    assert ask("get", "/api/v1/stand_ins", "finance_bureau").json == []
    assert ask("delete", f"/api/v1/stand_ins/{key}", "water").status_code == 404
    assert ask("delete", f"/api/v1/stand_ins/{key}", "drc").status_code == 200
    assert ask("get", "/api/v1/stand_ins", "drc").json == []


def test_boxes_orders_and_filters_by_the_api(ask) -> None:
    """The same as on the pages, with the same refusals."""
    rows = ask(
        "get", "/api/v1/tasks", query_string={"box": "done", "q": "养老", "order": "-amount"}
    ).json["rows"]
    assert rows and all("养老" in row["project_name"] for row in rows)
    started = ask("get", "/api/v1/tasks?box=started", "civil_affairs").json["rows"]
    assert [row["status"] for row in started] == ["running"]
    assert ask("get", "/api/v1/tasks?box=closed", "civil_affairs").json["rows"] == []
    for wrong in ("box=none", "order=none", "box=todo&order=ended", "due=soon", "after=x"):
        assert ask("get", f"/api/v1/tasks?{wrong}").status_code == 400, wrong
    found = ask(
        "get", "/api/v1/projects", query_string={"q": "县民政局 20万元", "order": "-due"}
    ).json
    assert found["count"] == len(found["projects"]) == 1
    kept = {"q": "养老", "order": "-amount", "box": "unit"}
    assert ask("put", "/api/v1/filters/inbox/养老的", json=kept).status_code == 200
    assert ask("get", "/api/v1/filters/inbox").json["养老的"] == kept
    for odd in ({"_anchor": "x"}, {"name": "x"}, {"box": "x"}, {"q": 1}):
        assert ask("put", "/api/v1/filters/inbox/坏的", json=odd).status_code == 400, odd
    assert ask("put", "/api/v1/filters/elsewhere/名", json={"q": "x"}).status_code == 404
    assert ask("delete", "/api/v1/filters/inbox/养老的").status_code == 200
    assert ask("delete", "/api/v1/filters/inbox/养老的").status_code == 404


def test_a_long_reason_of_a_return_is_kept_whole(ask, world) -> None:
    """As on the page: up to 500 signs, and none is cut away unsaid."""
    key = names(world)["task_key"]
    reason = "请补充数据共享分析。" * 50
    ways = ask("get", f"/api/v1/tasks/{key}/ways_back").json
    back = {"to": ways[-1]["to"], "reason": reason}
    long = {**back, "reason": reason + "。"}
    assert ask("post", f"/api/v1/tasks/{key}/return", json=long).status_code == 422
    assert ask("post", f"/api/v1/tasks/{key}/return", json=back).status_code == 200
    told = ask("get", f"/api/v1/projects/{world.project_key()}/history").text
    assert reason in json.dumps(json.loads(told), ensure_ascii=False)
