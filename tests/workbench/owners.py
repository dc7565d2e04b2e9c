"""A small county with two process owners and one who is none; its regulation is the sound bundle of the lint's tests."""

from datetime import UTC, datetime

from service.commands.deploy import deploy
from service.engine import compile_bundle
from service.model.bundle import Bundle
from service.scenarios.people import people_of
from service.scenarios.world import World, open_engine
from service.store.session import begin
from tests.empty import empty_database
from tests.lint.lint_pairs import FILES, FIRST, SECOND

NOW = datetime(2025, 2, 3, 1, tzinfo=UTC)
GROUPS = """groups:
- {id: desk, name: 办理组, unit: office}
- {id: drawers, name: 流程管理人员, scope: project, draws: true}
- {id: others, name: 其他, scope: project}
posts:
- {id: officer, name: 经办人, groups: [desk]}
- {id: drawer, name: 流程管理人员, groups: [drawers]}
- {id: other, name: 外人, groups: [others]}
units:
- {id: office, name: 办公室, groups: [desk, drawers], kind: county}
- {id: bureau, name: 某局, groups: [drawers], kind: county}
- {id: outside, name: 外单位, groups: [others], kind: owner}
"""
ACTS = "acts:\n  a.examine: {by: [desk], clause: '1.1'}\n  a.sign: {by: [desk], clause: '1.1'}\n"
INVARIANTS = """invariants:
- id: I1
  clauses: ['1.1']
  text: 先审核，后签字。
  kind: precedence
  scope: project
  needs: flow
  roots: [review]
  formal: ['done(a.examine) before start(a.sign)']
"""
# nobody sends the message for which the lint's example waits
WITHOUT_WAIT = (
    FILES[SECOND]
    .replace("intermediateCatchEvent", "intermediateThrowEvent")
    .replace('<messageEventDefinition id="md2" messageRef="m_told"/>', "")
    .replace('<s:property name="outputs" value="day:date"/>', "")
)
LEGAL = Bundle(
    {
        **{path: text.encode() for path, text in FILES.items()},
        SECOND: WITHOUT_WAIT.encode(),
        "processes/groups.yaml": GROUPS.encode(),
        "processes/acts.yaml": ACTS.encode(),
        "processes/invariants.yaml": INVARIANTS.encode(),
    }
)
STORY = """id: {id}
title: 办理一件
clauses: ['1.1']
actors:
  desk: {{unit: 办公室}}
steps:
- at: 2025-03-03T09:00+08:00
- start: review
  by: desk
- do: review/examine
  by: desk
- expect: {{open: ['other/sign[0]', 'other/sign[1]']}}
"""


def county(folder):
    """The world, and the folder in which its stories and examples stand."""
    engine = open_engine(empty_database(f"sqlite:///{folder / 'county.sqlite3'}"))
    with begin(engine) as connection:
        deploy(connection, LEGAL, by="test", now=NOW)
    definition = compile_bundle(LEGAL)
    home = folder / "home"
    (home / "processes/scenarios").mkdir(parents=True)
    (home / "forms").mkdir()
    (home / "forms/opinion.example.json").write_text('{"view": "yes"}')
    (home / "processes/scenarios/one.yaml").write_text(STORY.format(id="one"))
    return World(engine, definition, home, NOW, people_of(definition, engine, NOW)), home


def swapped(world, path, old, new):
    text = world.definition.bundle.files[path].decode()
    assert old in text
    return text.replace(old, new, 1).encode()


__all__ = ["FIRST", "LEGAL", "NOW", "SECOND", "STORY", "county", "swapped"]
