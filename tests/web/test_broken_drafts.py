"""A draft that cannot be built: every page that opens it, and every verb, says in one clear sentence what is wrong."""

import io
import re

import pytest
from click.testing import CliRunner

from service.cli.main import banjie
from service.config import Config
from service.model.errors import Refused
from service.web.app import create_app
from service.workbench.check_next import check_next
from tests.lint.lint_pairs import FILES, FIRST, SECOND
from tests.web.test_web import csrf, signed_in
from tests.workbench.owners import LEGAL, county

TABLE, FORM = "processes/fit.dmn", "forms/opinion.form"
LISTS = ("groups", "clauses", "settings", "acts", "invariants", "calendar", "promises")
HALF = LEGAL.files[FIRST][: len(LEGAL.files[FIRST]) // 2]
BROKEN = {
    "half a diagram": (FIRST, HALF),
    "an empty diagram": (FIRST, b""),
    "no text": (FIRST, b"\xff\xfe\x00\x01"),
    "another kind of XML": (FIRST, b"<html><body/></html>"),
    "a bomb": (FIRST, b'<!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>'),
    "no called diagram": (SECOND, None),
    "half a table": (TABLE, LEGAL.files[TABLE][:300]),
    "a table that is none": (TABLE, b"<definitions/>"),
    "half a form": (FORM, LEGAL.files[FORM][:40]),
    "a form that is a list": (FORM, b"[1, 2]"),
    **{f"a broken list {n}": (f"processes/{n}.yaml", b"a: [1, {") for n in LISTS},
    **{f"a list {n} of nothing": (f"processes/{n}.yaml", b"- 1\n- 2\n") for n in LISTS},
}
PROVED = (
    "processes/acts.yaml",
    "processes/invariants.yaml",
    "processes/promises.yaml",
)  # by nobody else
QUICK = (
    "half a diagram",
    "no text",
    "no called diagram",
    "half a table",
    "half a form",
    "a broken list acts",
)
KINDS = [n if n in QUICK else pytest.param(n, marks=pytest.mark.heavy) for n in BROKEN]
SAID = re.compile("[一-鿿].*[。；]")
UNFIT = ("Traceback", "Internal Server Error", "内部错误", "出了错")


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    world, home = county(folder)
    app = create_app(
        Config(database_url=world.url, data_dir=folder, clock="2025-03-12T09:00+08:00")
    )
    yield world, home, app
    app.extensions["engine"].dispose()
    world.close()


def post(client, address, **data):
    data["csrf_token"] = csrf(client, "/workbench")
    return client.post(
        address, data=data, content_type="multipart/form-data", follow_redirects=True
    )


def good(page):
    text = page.get_data(as_text=True)
    assert page.status_code == 200, (page.request.path, page.status, text[-500:])
    assert not [word for word in UNFIT if word in text]
    return text


def told_off(page, path):
    """A refusal of one sentence that names the file."""
    text = page.get_data(as_text=True)
    assert 400 <= page.status_code < 500, page.status
    assert path.rpartition("/")[2].partition(".")[0] in text
    assert SAID.search(text)
    assert not [word for word in UNFIT if word in text]


def drafted(client, path, content):
    address = post(client, "/workbench/drafts", name="画坏了").request.path
    given = {"file": (io.BytesIO(content), "x")} if content is not None else {}
    act = "save" if content is not None else "remove"
    good(post(client, f"{address}/files", path=path, act=act, **given))
    return address


@pytest.mark.parametrize("name", KINDS)
def test_every_page_opens_it_and_says_what_is_wrong(stand, name):
    world, home, app = stand
    path, content = BROKEN[name]
    client = signed_in(app, "office")
    address = drafted(client, path, content)
    page = good(client.get(address))
    assert path in page
    assert "不能发布" in page  # before anybody waits for the checks
    kinds = {".bpmn": "diagram", ".dmn": "table", ".form": "form"}
    for other in {FIRST, TABLE, FORM} - ({path} if content is None else set()):
        kind = kinds[other[other.rindex(".") :]]
        answer = client.get(f"{address}/{kind}", query_string={"path": other})
        if other == path and name == "no text":
            told_off(answer, path)
            continue
        good(answer)
        source = (FILES[other].encode() if other != path else content).decode(errors="replace")
        told = client.post(
            f"/api/v1{address.removeprefix('/workbench')}/findings",
            json={"path": other, "text": source},
            headers={"X-CSRF-Token": csrf(client, "/workbench")},
        )
        assert told.status_code == 200, told.get_data(as_text=True)
    if content is not None:
        assert client.get(f"{address}/file", query_string={"path": path}).data == content
    if path not in PROVED:
        told_off(post(client, f"{address}/sandbox"), path)
    release = post(client, f"{address}/propose", reason="试试").request.path
    check_next(world.engine, home, clock=lambda: world.now)
    page = good(client.get(release))
    assert "检查未通过" in page
    assert path.rpartition("/")[2].partition(".")[0] in page
    good(post(client, release, act="withdraw"))
    good(client.get("/workbench"))
    good(client.get("/workbench/running"))
    post(client, f"{address}/discard")


def written(folder, path, content):
    for name, source in {**LEGAL.files, path: content}.items():
        if source is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(source)
    return str(folder)


@pytest.mark.parametrize("name", KINDS)
def test_every_verb_says_what_is_wrong(stand, tmp_path, monkeypatch, name):
    world, _, _ = stand
    path, content = BROKEN[name]
    folder = written(tmp_path, path, content)
    monkeypatch.setenv("BANJIE_DATABASE_URL", world.url)
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path / "data"))
    whole = written(tmp_path / "whole", FIRST, LEGAL.files[FIRST])
    push = ["push", folder, "--as", "office", "--name", f"推 {name}"]
    for verb in (["lint", folder], ["prove", folder], ["diff", whole, folder], push):
        outcome = CliRunner().invoke(banjie, verb)
        wrong = outcome.exception
        if isinstance(wrong, Refused):
            text = wrong.message
        else:
            assert wrong is None or isinstance(wrong, SystemExit), (verb, outcome.exc_info)
            text = outcome.output
        assert SAID.search(text + "。"), (verb, text)
        stem = path.rpartition("/")[2].partition(".")[0]
        if verb[0] in ("lint", "diff"):
            assert outcome.exit_code == 1
            assert stem in text, (verb, text)
        if verb[0] == "prove" and outcome.exit_code:
            assert stem in text or "review" in text, (verb, text)
        if verb[0] == "push":
            assert outcome.exit_code == 0
            assert "1 个文件有改动" in text
            assert "不能发布" in text
