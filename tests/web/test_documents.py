"""The documents of a project: every version stays, with who and when; what is missing now is named."""

import dataclasses
import io
from pathlib import Path

import pytest

from service.commands.record_upload import record_upload
from service.config import Config, project_root
from service.queries.documents import documents_by_stage
from service.queries.filed import project_record
from service.scenarios.looks import open_tasks
from service.scenarios.runner import run_story
from service.scenarios.samples import sample_file
from service.scenarios.stands import open_world
from service.scenarios.story import Story, read_story
from service.scenarios.world import World
from service.store.blobs import keep
from service.store.session import begin, reading
from service.web.app import create_app
from tests.web.test_web import csrf, signed_in

STORY = project_root() / "processes/scenarios/incomplete_documents_told_once.yaml"
TECHNICAL = "project_declaration/fill_technical"
REPORT = "feasibility_report_file"


def with_reports(story: Story, world: World, folder: Path) -> tuple[Story, list[bytes]]:
    """The story, in which each technical declaration brings a new feasibility report."""
    contents: list[bytes] = []
    steps = list(story.steps)
    for place, step in enumerate(steps):
        if step.value == TECHNICAL and step.verb == "do":
            name = f"可行性研究报告第{len(contents) + 1}稿.pdf"
            content = sample_file(name)
            digest = keep(folder / "files", content)
            with begin(world.engine) as connection:
                record_upload(
                    connection,
                    world.people["civil_affairs"],
                    digest=digest,
                    name=name,
                    size=len(content),
                    now=world.now,
                )
            given = {REPORT: {"digest": digest, "name": name, "size": len(content)}}
            steps[place] = dataclasses.replace(step, options={"with": given})
            contents.append(content)
    return dataclasses.replace(story, steps=tuple(steps)), contents


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """(world, app, contents of the two reports) after the declaration was completed and sent in again."""
    folder = tmp_path_factory.mktemp("documents")
    url = f"sqlite:///{folder / 'documents.sqlite3'}"
    world = open_world(url, project_root())
    story, contents = with_reports(read_story(STORY), world, folder)
    outcome = run_story(story, world)
    assert outcome.ok, outcome.difference
    app = create_app(Config(database_url=url, data_dir=folder, clock=world.now.isoformat()))
    yield world, app, contents
    app.extensions["engine"].dispose()
    world.close()


def test_every_version_stays_and_can_be_fetched(place) -> None:
    world, app, contents = place
    with reading(world.engine) as connection:
        stages = documents_by_stage(connection, project_record(connection, world.project_key()))
    report = next(d for s in stages for d in s.documents if len(d.versions) > 1)
    assert [v.number for v in report.versions] == [2, 1]
    assert [f.name[-7:] for v in report.versions for f in v.files] == ["第2稿.pdf", "第1稿.pdf"]
    client = signed_in(app, "civil_affairs")
    page = client.get(f"/projects/{world.project_key()}/documents").text
    person = world.people["civil_affairs"].name
    for version, content in zip(report.versions, reversed(contents), strict=True):
        digest = version.files[0].digest
        assert digest in page
        assert client.get(f"/files/{digest}").data == content
        assert (version.unit, version.person) == ("县民政局", person)
    assert f"县民政局 {person}" in page
    assert "以前的 1 版" in page


def test_what_was_handed_in_unchanged_is_no_new_version(place) -> None:
    world, _, _ = place
    with reading(world.engine) as connection:
        stages = documents_by_stage(connection, project_record(connection, world.project_key()))
    others = [d for s in stages for d in s.documents if "可行性" not in d.name]
    assert others
    assert {len(d.versions) for d in others} == {1}


def test_documents_are_for_those_who_see_the_project(place) -> None:
    world, app, _ = place
    address = f"/projects/{world.project_key()}/documents"
    assert signed_in(app, "info_center").get(address).status_code == 200
    assert signed_in(app, "water").get(address).status_code == 404


def test_what_is_missing_is_named_until_it_is_there(place) -> None:
    """The owner's draft counts for him alone; others are told by what was submitted."""
    world, app, _ = place
    start = "/start"
    owner = signed_in(app, "civil_affairs")
    token = csrf(owner, start)
    answer = owner.post(start, data={"csrf_token": token, "process": "project_lifecycle"})
    address = answer.headers["Location"]
    project = address.rsplit("/", 1)[1]
    assert "现在缺什么" not in owner.get(address).text  # the first form attaches nothing
    world.projects["second"] = project
    step = next(s for s in read_story(STORY).steps if s.verb == "do")
    outcome = run_story(
        Story(
            "second",
            "",
            (),
            {},
            (dataclasses.replace(step, options={**step.options, "by": "civil_affairs"}),),
        ),
        world,
    )
    assert outcome.ok, outcome.difference
    for client in (owner, signed_in(app, "info_center")):
        page = client.get(address).text
        assert "现在缺什么" in page
        assert "缺：项目可行性研究报告" in page
    task = open_tasks(world, project)[0].task_key
    here = f"/tasks/{task}"
    content = sample_file("报告.pdf")
    data = {
        "csrf_token": csrf(owner, here),
        "_act": "save",
        REPORT: (io.BytesIO(content), "报告.pdf"),
    }
    assert owner.post(here, data=data).status_code == 302
    assert "缺：项目可行性研究报告" not in owner.get(address).text
    assert "缺：项目可行性研究报告" in signed_in(app, "info_center").get(address).text
