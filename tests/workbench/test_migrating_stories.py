"""Stories in the middle of which another version is deployed: dry run and outcome agree, and the story goes on."""

import random
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select

from service.commands.deploy import deploy
from service.commands.migrate_instance import may_migrate, migrate_instance
from service.model.bundle import Bundle, read_bundle
from service.model.errors import Refused
from service.queries.rebuild import differences
from service.scenarios import runner
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store import tables as t
from service.store.session import begin, reading

ROOT = Path(__file__).parents[2]
SHIPPED = read_bundle(ROOT)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PAUSE = """<bpmn:intermediateThrowEvent xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="{0}_pause" name="停一停">
<bpmn:incoming>{1}</bpmn:incoming><bpmn:outgoing>{0}_more</bpmn:outgoing></bpmn:intermediateThrowEvent>"""


def _with_pause(source):
    """A step that runs by itself right after the start: every key of what follows is another one."""
    root = etree.fromstring(source)
    process = root.find(f"{BPMN}process")
    start = process.find(f"{BPMN}startEvent")
    flow_id = start.find(f"{BPMN}outgoing").text
    (flow,) = [f for f in process.iter(f"{BPMN}sequenceFlow") if f.get("id") == flow_id]
    own, after = process.get("id"), flow.get("targetRef")
    (target,) = [n for n in process.iter() if n.get("id") == after]
    for ref in target.findall(f"{BPMN}incoming"):
        if ref.text == flow_id:
            ref.text = f"{own}_more"
    flow.set("targetRef", f"{own}_pause")
    start.addnext(etree.fromstring(PAUSE.format(own, flow_id)))
    more = etree.SubElement(process, f"{BPMN}sequenceFlow")
    for name, value in (
        ("id", f"{own}_more"),
        ("sourceRef", f"{own}_pause"),
        ("targetRef", after),
    ):
        more.set(name, value)
    return etree.tostring(root)


SECOND = Bundle({p: _with_pause(s) if p.endswith(".bpmn") else s for p, s in SHIPPED.files.items()})
STORIES = sorted((ROOT / "processes/scenarios").glob("*.yaml"))


def _migrated_at(story, number, bundle, folder):
    """Run `number` steps, deploy, migrate what can be, run on. Returns (agreed, could, could not)."""
    world = open_world(f"sqlite:///{folder}/story.sqlite3", ROOT, story)
    try:
        world.add_actors(story.actors)
        runner._run_all(story.steps[:number], world, [])
        owner = world.people["info_center"]
        with begin(world.engine) as connection:
            digest = deploy(connection, bundle, by="test", now=world.now).digest
        with reading(world.engine) as connection:
            running = connection.execute(
                select(t.instance.c.instance_key).where(t.instance.c.status == "running")
            ).scalars().all()  # fmt: skip
        could, could_not = 0, []
        for key in running:
            with begin(world.engine) as connection:
                why = may_migrate(connection, key, digest, now=world.now)
            try:
                with begin(world.engine) as connection:
                    migrate_instance(connection, owner, key, digest, reason="x", now=world.now)
            except Refused as refused:
                assert refused.message == why
                could_not.append(why)
            else:
                assert why is None
                could += 1
        if not could_not:
            runner._run_all(story.steps[number:], world, [])
        with reading(world.engine) as connection:
            assert differences(connection) == []
        return could, could_not
    finally:
        world.close()


@pytest.mark.parametrize("name", ["joint_review_refuses", "joint_review_amend"])
def test_a_version_between_two_steps(name, tmp_path):
    story = read_story(ROOT / f"processes/scenarios/{name}.yaml")
    number = random.Random(name).randrange(2, len(story.steps))
    could, could_not = _migrated_at(story, number, SECOND, tmp_path)
    assert could, could_not


@pytest.mark.heavy
@pytest.mark.parametrize("path", STORIES, ids=lambda p: p.stem)
def test_a_version_between_every_two_steps(path, tmp_path):
    story = read_story(path)
    for number in range(1, len(story.steps)):
        folder = tmp_path / str(number)
        folder.mkdir()
        could, could_not = _migrated_at(story, number, SECOND, folder)
        print(f"{path.stem} {number}: {could} {could_not}")
