"""The public page: only reviewed publications, only marked fields, corrections and withdrawals told."""

import csv
import io
from pathlib import Path
from xml.dom.minidom import parseString

import pytest

from service.config import Config, project_root
from service.engine import compile_bundle
from service.model.bundle import read_bundle
from service.papers.publication import VALUES
from service.queries.publications import publications
from service.scenarios.stands import open_world
from service.store.session import reading
from service.web.app import create_app
from tests.papers.stand import after, go_on

DEFINITION = compile_bundle(read_bundle(project_root()))

AGAIN = """
- start: fund_disclosure
  as: {alias}
- do: {alias}:fund_disclosure/set_period
  with: {{period: 2025年第二季度, period_from: 2025-04-01, period_to: 2025-04-30}}
- do: {alias}:fund_disclosure/draft_disclosure
  with: {{period: 2025年第二季度, {more}}}
"""
PUBLISH = """
- do: {alias}:fund_disclosure/review_disclosure
- do: {alias}:fund_disclosure/publish_disclosure
"""


def test_only_known_marks_and_no_person(tmp_path: Path) -> None:
    """A mark is one of three; a field that names a person or a login is never public."""
    marked = 0
    for form in DEFINITION.forms.values():
        every = [*form.fields.values()]
        every += [c for f in form.fields.values() for c in f.columns.values()]
        for component in every:
            mark = component.properties.get("public")
            if mark:
                marked += 1
                assert mark in VALUES, (form.id, component.key)
                assert not component.options_from, (form.id, component.key)
                assert component.type not in ("filepicker",), (form.id, component.key)
    assert marked


def test_what_is_published_is_a_form_with_marks() -> None:
    steps = [
        e
        for p in DEFINITION.processes.values()
        for e in p.elements.values()
        if e.properties.get("publishes")
    ]
    assert steps
    for element in steps:
        form = DEFINITION.forms[element.properties["publishes"]]
        every = [
            *form.fields.values(),
            *(c for f in form.fields.values() for c in f.columns.values()),
        ]
        assert {c.properties.get("public") for c in every} >= {"key", "yes"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("public")
    made = after(f"sqlite:///{folder / 'public.sqlite3'}", "fund_disclosure")
    yield made
    made.close()


@pytest.fixture
def client(world, tmp_path: Path):
    url = world.engine.url.render_as_string(hide_password=False)
    app = create_app(Config(database_url=url, data_dir=tmp_path, clock=world.now.isoformat()))
    yield app.test_client()
    app.extensions["engine"].dispose()


def test_a_published_period_is_there_without_log_in(world, client) -> None:
    with reading(world.engine) as connection:
        found = publications(connection)
    assert len(found) == 1
    assert found[0].state == "current"
    answer = client.get("/public")
    assert answer.status_code == 200
    assert found[0].key in answer.text
    assert "第二十六条" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = client.get("/public", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    # who drafted, reviewed and published is not for the public
    for person in world.people.values():
        assert f">{person.name}<" not in answer.text
        assert person.account_key not in answer.text


def test_csv_and_feed_say_the_same(client) -> None:
    rows = list(csv.reader(io.StringIO(client.get("/public.csv").data.decode("utf-8-sig"))))
    assert rows[0][0] == "公开日期"
    assert len(rows) > 1
    assert all(row[2] == "现行" for row in rows[1:])
    feed = parseString(client.get("/public.rss").data)
    assert len(feed.getElementsByTagName("item")) == 1


def test_nothing_before_it_was_reviewed_and_published(tmp_path: Path) -> None:
    made = open_world(f"sqlite:///{tmp_path / 'p.sqlite3'}", project_root())
    go_on(
        made,
        tmp_path,
        "- at: 2025-05-06T09:00+08:00\n" + AGAIN.format(alias="a", more="withdrawal: 'no'"),
    )
    with reading(made.engine) as connection:
        assert publications(connection) == []
    go_on(made, tmp_path, PUBLISH.format(alias="a"))
    with reading(made.engine) as connection:
        (first,) = publications(connection)
    assert first.parts[0].rows
    # a correction of the same period takes its place, and says so
    entries = "entries: [{matter: use, content: 更正后的使用情况}]"
    steps = AGAIN.format(alias="b", more=entries) + PUBLISH.format(alias="b")
    go_on(made, tmp_path, "- at: 2025-05-07T09:00+08:00\n" + steps)
    with reading(made.engine) as connection:
        states = [(p.state, p.parts != ()) for p in publications(connection)]
    assert states == [("current", True), ("replaced", True)]
    # a withdrawal takes the content away and leaves that it was
    steps = AGAIN.format(alias="c", more="withdrawal: 'yes'") + PUBLISH.format(alias="c")
    go_on(made, tmp_path, "- at: 2025-05-08T09:00+08:00\n" + steps)
    with reading(made.engine) as connection:
        found = publications(connection)
    assert [(p.state, p.parts, p.fields) for p in found] == [("withdrawn", (), ())] * 2
    assert "更正后的使用情况" not in str(found)
    made.close()


def test_the_empty_page_says_what_will_come(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'e.sqlite3'}"
    open_world(url, project_root()).close()
    app = create_app(Config(database_url=url, data_dir=tmp_path))
    answer = app.test_client().get("/public")
    assert "还没有公开的内容" in answer.text
    statuses = [app.test_client().get("/public").status_code for _ in range(70)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    app.extensions["engine"].dispose()
