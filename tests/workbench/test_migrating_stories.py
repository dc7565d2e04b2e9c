"""Stories in the middle of which another version is deployed: dry run and outcome agree, and the story goes on."""

import random
import sqlite3
from collections import Counter
from contextlib import closing
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
from service.scenarios.world import open_engine
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
STORIES_IN = ROOT / "processes/scenarios"
STORIES = sorted(STORIES_IN.glob("*.yaml"))


def _migrated_at(story, number, bundle, folder):
    """Run `number` steps, deploy, migrate what can be, run on. Returns (agreed, could, could not)."""
    world = open_world(f"sqlite:///{folder}/story.sqlite3", ROOT, story)
    try:
        world.add_actors(story.actors)
        runner._run_all(story.steps[:number], world, [])
        with begin(world.engine) as connection:
            digest = deploy(connection, bundle, by="test", now=world.now).digest
        with reading(world.engine) as connection:
            running = connection.execute(
                select(t.instance.c.instance_key).where(t.instance.c.status == "running")
            ).scalars().all()  # fmt: skip
        could, could_not = _migrated(world.engine, world, running, digest)
        if not could_not:
            runner._run_all(story.steps[number:], world, [])
        with reading(world.engine) as connection:
            assert differences(connection) == []
        return could, could_not
    finally:
        world.close()


def _migrated(engine, world, keys, digest):
    """Dry run, then migration of instances, which must agree. Returns how many could, and why the others could not."""
    owner, could, could_not = world.people["info_center"], 0, []
    for key in keys:
        with begin(engine) as connection:
            why = may_migrate(connection, key, digest, now=world.now)
        try:
            with begin(engine) as connection:
                migrate_instance(connection, owner, key, digest, reason="x", now=world.now)
        except Refused as refused:
            assert refused.message == why
            could_not.append(why)
        else:
            assert why is None
            could += 1
    return could, could_not


@pytest.mark.parametrize("name", ["joint_review_refuses", "joint_review_amend"])
def test_a_version_between_two_steps(name, tmp_path):
    story = read_story(ROOT / f"processes/scenarios/{name}.yaml")
    number = random.Random(name).randrange(2, len(story.steps))
    could, could_not = _migrated_at(story, number, SECOND, tmp_path)
    assert could, could_not


def _every_step(story, bundle, folder):
    """Tell a story; after each step try all instances that have moved, in a copy of the county.

    The other version lies in the database from the beginning, the story's own above it. Returns how many could,
    the reasons of those that could not, and how many steps were looked at.
    """
    world = open_world(f"sqlite:///{folder}/story.sqlite3", ROOT, story)
    try:
        world.add_actors(story.actors)
        world.begins_by_date = story.begins_by_date
        for version in (bundle, SHIPPED):
            with begin(world.engine) as connection:
                deploy(connection, version, by="test", now=world.now)
        could, could_not, tried = 0, [], {}
        for number, step in enumerate(story.steps, 1):
            runner._run_all((step,), world, [])
            with reading(world.engine) as connection:
                running = connection.execute(
                    select(t.instance.c.instance_key, t.instance.c.seq).where(t.instance.c.status == "running")
                ).all()  # fmt: skip
            moved = [row.instance_key for row in running if tried.get(row.instance_key) != row.seq]
            tried = {row.instance_key: row.seq for row in running}
            if moved:
                yes, no = _tried(world, moved, bundle.digest, folder / f"{number}.sqlite3")
                could, could_not = could + yes, could_not + no
        return could, could_not, len(story.steps)
    finally:
        world.close()


def _tried(world, keys, digest, place):
    """Dry run and migration of instances in a copy; they must agree, and the copy must be as its log says."""
    with (
        closing(sqlite3.connect(world.engine.url.database)) as old,
        closing(sqlite3.connect(place)) as new,
    ):
        old.backup(new)
    engine = open_engine(f"sqlite:///{place}")
    try:
        return _migrated(engine, world, keys, digest)
    finally:
        engine.dispose()
        place.unlink()


def test_a_version_between_every_two_steps_of_one_story(tmp_path):
    could, could_not, steps = _every_step(
        read_story(STORIES_IN / "out_of_scope.yaml"), SECOND, tmp_path
    )
    assert (could > 0, could_not, steps > 1) == (True, [], True)


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(8))
def test_a_version_between_every_two_steps(part, tmp_path):
    """Prints what the other reasons are; dry run and outcome agree everywhere or it fails."""
    sums, reasons = Counter(), Counter()
    for path in STORIES[part::8]:
        folder = tmp_path / path.stem
        folder.mkdir()
        could, could_not, steps = _every_step(read_story(path), SECOND, folder)
        sums += Counter(stories=1, steps=steps, could=could, could_not=len(could_not))
        reasons += Counter(could_not)
        print(path.stem, could, len(could_not), steps, flush=True)
    print(part, dict(sums), reasons.most_common(8))
