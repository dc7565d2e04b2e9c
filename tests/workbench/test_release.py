"""A draft becomes a version only when nothing is found in it and a second person says so."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from service.cli.main import banjie
from service.commands.discard_draft import discard_draft
from service.commands.open_draft import open_draft
from service.commands.propose_release import propose_release, propose_rollback
from service.commands.release_bundle import release_bundle, withdraw_release
from service.commands.save_draft_file import save_draft_file
from service.definitions import newest_definition
from service.model.bundle import Bundle
from service.model.errors import BadInput, Conflict, NotAllowed, Refused
from service.proof.prove import prove
from service.queries.rebuild import differences
from service.store import deployments, workbench
from service.store import tables as t
from service.store.history import first_broken
from service.store.session import begin, reading
from service.workbench.check_next import check_next
from tests.workbench.owners import FIRST, LEGAL, SECOND, STORY, county, swapped

SAFE = ('name="办理组"', 'name="办理人员"')


@pytest.fixture
def stand(tmp_path):
    made, home = county(tmp_path)
    yield made, home
    made.close()


def proposed(world, old, new, path=FIRST, by="office"):
    actor = world.people[by]
    with begin(world.engine) as connection:
        key = open_draft(connection, actor, "泳道的名称", now=world.now)
        save_draft_file(connection, actor, key, path, swapped(world, path, old, new), now=world.now)
        return propose_release(connection, actor, key, "说得更清楚", now=world.now)


def row_of(world, key):
    with reading(world.engine) as connection:
        return workbench.release_of(connection, key)


def checked(stand):
    world, home = stand
    return check_next(world.engine, home, clock=lambda: world.now)


def test_the_way_of_a_release(stand):
    world, _ = stand
    author, other, stranger = (world.people[n] for n in ("office", "bureau", "outside"))
    key = proposed(world, *SAFE)
    with begin(world.engine) as connection, pytest.raises(Conflict, match="没有检查完"):
        release_bundle(connection, other, key, now=world.now)
    assert checked(stand) == key
    assert checked(stand) is None
    row = row_of(world, key)
    results = json.loads(row.results)
    assert row.status == "ready", results
    summary = results["summary"]
    assert summary["good"]
    assert (summary["changes"], summary["stories"], summary["proved"]) == (1, 1, 1)
    assert results["coverage"] == {"findings": [], "lost": [], "carried": 1, "clauses": 1}
    with begin(world.engine) as connection:
        with pytest.raises(NotAllowed, match="另一位"):
            release_bundle(connection, author, key, now=world.now)
        with pytest.raises(NotAllowed, match="流程管理人员"):
            release_bundle(connection, stranger, key, now=world.now)
    with begin(world.engine) as connection:
        done = release_bundle(connection, other, key, now=world.now)
    assert (done.version, done.new) == (2, True)
    with reading(world.engine) as connection:
        assert newest_definition(connection).processes["review"].lanes["desk"] == "办理人员"
        event = connection.execute(select(t.event).where(t.event.c.act == "release")).one()
        assert first_broken(connection) is None
        assert differences(connection) == []
    body = json.loads(event.body)
    assert event.signature
    assert (body["bundle"], body["version"], body["reason"]) == (done.digest, 2, "说得更清楚")
    assert body["actor"]["name"] == other.name
    assert body["release"]["author"]["name"] == author.name
    assert "办理组 → 办理人员" in body["release"]["changes"][0]
    assert body["release"]["checks"]["good"]
    with begin(world.engine) as connection, pytest.raises(Conflict):
        release_bundle(connection, other, key, now=world.now)
    _rolled_back(stand, body["release"]["base"])


def _rolled_back(stand, digest):
    """By the same way: proposed by one, checked, released by another."""
    world, _ = stand
    with begin(world.engine) as connection:
        key = propose_rollback(connection, world.people["bureau"], digest, "改回来", now=world.now)
    checked(stand)
    with begin(world.engine) as connection:
        with pytest.raises(NotAllowed):
            release_bundle(connection, world.people["bureau"], key, now=world.now)
        done = release_bundle(connection, world.people["office"], key, now=world.now)
        assert (done.version, done.digest) == (3, digest)
        assert deployments.newest(connection) == digest


BREAKS = {
    "a dropped act": (FIRST, '<s:property name="act" value="a.examine"/>', "", "lint"),
    "a file that cannot be read": (FIRST, "</process>", "", "lint"),
    "a step that is passed by": (FIRST, 'sourceRef="wanted" targetRef="examine"', 'sourceRef="wanted" targetRef="again"', "proof"),
    "an act past its lane": ("processes/acts.yaml", "a.sign: {by: [desk]", "a.sign: {by: [others]", "proof"),
    "a clause that nothing carries": ("processes/clauses.yaml", "text: 应当审核}", "text: 应当审核}\n- {id: '1.2', article: 1, kind: duty, text: 审核}", "coverage"),
    "a story that goes otherwise": (SECOND, "<loopCardinality>2", "<loopCardinality>3", "stories"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_something_is_refused(stand, name):
    world, _ = stand
    path, old, new, where = BREAKS[name]
    key = proposed(world, old, new, path)
    checked(stand)
    row = row_of(world, key)
    results = json.loads(row.results)
    assert row.status == "refused", results["summary"]
    found = (
        results[where]
        if where == "lint"
        else results[where].get("findings") or results[where]["failed"]
    )
    assert found
    with begin(world.engine) as connection, pytest.raises(Conflict, match="没有通过"):
        release_bundle(connection, world.people["bureau"], key, now=world.now)
    with reading(world.engine) as connection:
        assert len(deployments.versions(connection)) == 1


def test_a_counterexample_names_its_elements(stand):
    """Signed before it is examined: the way there is told step by step, each with its element."""
    world, _ = stand
    turned = swapped(world, FIRST, 'targetRef="examine"', 'targetRef="again"').decode()
    for old, new in (
        ('sourceRef="again" targetRef="count"', 'sourceRef="again" targetRef="examine"'),
        ('sourceRef="good" targetRef="again"', 'sourceRef="good" targetRef="count"'),
        ("<incoming>f1</incoming>", "<incoming>f6</incoming>"),
        ("<incoming>f6</incoming><outgoing>f8", "<incoming>f4</incoming><outgoing>f8"),
        ("<incoming>f4</incoming><outgoing>f6", "<incoming>f1</incoming><outgoing>f6"),
    ):
        assert old in turned
        turned = turned.replace(old, new, 1)
    actor = world.people["office"]
    with begin(world.engine) as connection:
        key = open_draft(connection, actor, "次序颠倒", now=world.now)
        save_draft_file(connection, actor, key, FIRST, turned.encode(), now=world.now)
        release = propose_release(connection, actor, key, "看看", now=world.now)
    checked(stand)
    proof = json.loads(row_of(world, release).results)["proof"]
    (broken,) = [f for f in proof["findings"] if f["place"] == "I1"]
    assert "done(a.examine) before start(a.sign)" in broken["statement"]
    assert len(broken["steps"]) == len(broken["way"])


def test_an_invariant_that_is_checked_nowhere_is_not_proved():
    rules = LEGAL.files["processes/invariants.yaml"].replace(b"  roots: [review]\n", b"")
    report = prove(Bundle({**LEGAL.files, "processes/invariants.yaml": rules}))
    assert [(f.rule, f.place) for f in report.findings] == [("invariant", "I1")]
    assert report.proved == []


def test_a_draft_may_bring_its_own_stories_and_examples(stand):
    world, _ = stand
    actor, path = world.people["office"], "processes/scenarios/mine.yaml"
    with begin(world.engine) as connection:
        key = open_draft(connection, actor, "带场景的草稿", now=world.now)
        story = STORY.format(id="mine").replace("[0]", "[7]")
        save_draft_file(connection, actor, key, path, story.encode(), now=world.now)
        save_draft_file(connection, actor, key, "forms/opinion.example.json", b"{}", now=world.now)
        save_draft_file(connection, actor, key, FIRST, swapped(world, FIRST, *SAFE), now=world.now)
        bundle = workbench.bundle_of(connection, key, LEGAL.digest)
        assert bundle.files.keys() == LEGAL.files.keys()
        release = propose_release(connection, actor, key, "看看", now=world.now)
    checked(stand)
    told = json.loads(row_of(world, release).results)["stories"]
    assert told["run"] == 2
    assert {s["id"] for s in told["failed"]} == {"one", "mine"}  # the example no longer fits


def test_drafts_keep_every_version_and_only_their_author_writes(stand):
    world, _ = stand
    author, other, stranger = (world.people[n] for n in ("office", "bureau", "outside"))
    with begin(world.engine) as connection:
        with pytest.raises(NotAllowed):
            open_draft(connection, stranger, "不行的", now=world.now)
        key = open_draft(connection, author, "草稿", now=world.now)
        with pytest.raises(Refused, match="没有可发布的改动"):
            propose_release(connection, author, key, "无", now=world.now)
        one = save_draft_file(connection, author, key, FIRST, b"<a/>", now=world.now)
        assert save_draft_file(connection, author, key, FIRST, b"<a/>", now=world.now) == one
        assert save_draft_file(connection, author, key, FIRST, None, now=world.now) == one + 1
        base = LEGAL.digest
        assert workbench.files_of(connection, key, base, upto=one)[FIRST] == b"<a/>"
        assert FIRST not in workbench.files_of(connection, key, base)
        with pytest.raises(NotAllowed, match="只有本人"):
            save_draft_file(connection, other, key, FIRST, b"", now=world.now)
        with pytest.raises(Refused, match="为什么"):
            propose_release(connection, author, key, " ", now=world.now)
        for path in (
            "service/x.bpmn",
            "processes/../x.bpmn",
            "/processes/x.bpmn",
            "processes/x.py",
            "x",
        ):
            with pytest.raises(BadInput):
                save_draft_file(connection, author, key, path, b"", now=world.now)
        discard_draft(connection, author, key)
        with pytest.raises(Conflict):
            save_draft_file(connection, author, key, FIRST, b"", now=world.now)


def test_a_proposal_is_only_good_for_the_version_it_was_checked_against(stand):
    world, _ = stand
    first = proposed(world, *SAFE)
    second = proposed(world, "办理组", "办理")
    for _ in range(2):
        checked(stand)
    with begin(world.engine) as connection:
        release_bundle(connection, world.people["bureau"], first, now=world.now)
        with pytest.raises(Conflict, match="重新提出"):
            release_bundle(connection, world.people["bureau"], second, now=world.now)
        withdraw_release(connection, world.people["office"], second)
    assert row_of(world, second).status == "withdrawn"


def test_push_pull_and_production(stand, tmp_path, monkeypatch):
    world, _ = stand
    monkeypatch.setenv("BANJIE_DATABASE_URL", world.url)
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path / "var"))
    folder, runner = tmp_path / "git", CliRunner()
    pulled = runner.invoke(banjie, ["pull", str(folder)])
    assert pulled.exit_code == 0, pulled.output
    assert (folder / FIRST).read_bytes() == world.definition.bundle.files[FIRST]
    (folder / FIRST).write_bytes(swapped(world, FIRST, *SAFE))
    (folder / SECOND).unlink()
    push = ["push", str(folder), "--as", "office", "--name", "来自 git"]
    told = runner.invoke(banjie, push).output
    assert told.startswith("草稿“来自 git”：2 个文件有改动。\n")
    assert "没有流程 other" in told  # said at once, not when the draft is checked
    assert runner.invoke(banjie, push).output.startswith("草稿“来自 git”：0 个文件有改动。\n")
    again = runner.invoke(banjie, [*push, "--propose", "试试"])
    assert "另一位流程管理人员决定" in again.output
    monkeypatch.setenv("BANJIE_PRODUCTION", "true")
    monkeypatch.setenv("BANJIE_SECRET_KEY", "x" * 40)
    refused = runner.invoke(banjie, ["deploy", str(folder)])
    assert isinstance(refused.exception, Refused), refused.output
    assert "第 1 版不同（2 处改动）" in refused.exception.message
    monkeypatch.delenv("BANJIE_PRODUCTION")
    back = runner.invoke(banjie, ["pull", str(folder)])
    assert back.exit_code == 0
    assert (folder / SECOND).exists()
    assert (folder / FIRST).read_bytes() == world.definition.bundle.files[FIRST]
