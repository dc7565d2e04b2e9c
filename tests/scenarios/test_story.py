"""A story that names what does not exist is an error; one that goes otherwise has status 1."""

from pathlib import Path

import pytest

from service.config import project_root
from service.model.errors import BadInput
from service.scenarios.runner import run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story

HEAD = "id: x\ntitle: 例\nsteps:\n- at: 2025-03-03T09:00+08:00\n"
START = HEAD + "- start: project_lifecycle\n  by: 县民政局\n"


def story(tmp_path: Path, text: str):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read_story(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "- done: a/b\n", "只有一个动作"),
        (HEAD + "- do: a/b\n  wiht: {}\n", "不认识的键 wiht"),
        (HEAD + "- expect: {opened: []}\n", "opened"),
        (HEAD.replace("+08:00", "") + "", "时区"),
        (HEAD.replace("title", "titel"), "titel"),
        (HEAD.replace("id: x", "id: y"), "文件名"),
        (HEAD + "- do: a/b\n  do: c/d\n", "写了两次"),
    ],
)
def test_unknown_keys_are_errors(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        story(tmp_path, text)


@pytest.fixture
def world(tmp_path: Path):
    made = open_world(f"sqlite:///{tmp_path / 'x.sqlite3'}", project_root())
    yield made
    made.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (START + "- do: project_declaration/no_such\n", "没有 project_declaration/no_such"),
        (START + "- do: project_declaration/fill_basic\n  with: {nofield: 1}\n", "nofield"),
        (START + "- do: project_declaration/fill_basic\n  by: 县外星局\n", "没有单位"),
        (HEAD + "- start: no_process\n", "没有流程"),
        (START + "- message: nobody_waits\n", "nobody_waits"),
        (START.replace("steps", "clauses: [99.9]\nsteps"), "没有条款"),
        (START + "- act: fly\n  on: project_declaration/fill_basic\n", "不认识的动作"),
    ],
)
def test_unknown_names_are_errors(tmp_path: Path, world, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        run_story(story(tmp_path, text), world)


@pytest.mark.parametrize(
    "expectation",
    [
        "{open: []}",
        "{status: 已办结}",
        "{values: {route: county}}",
        "{never_open: [project_declaration/fill_basic]}",
        "{events: {count_of: {UserTaskCreated: 7}}}",
    ],
)
def test_a_story_that_goes_otherwise_says_so(tmp_path: Path, world, expectation: str) -> None:
    outcome = run_story(story(tmp_path, START + f"- expect: {expectation}\n"), world)
    assert not outcome.ok
    assert outcome.difference


def test_a_refusal_must_come_and_quote(tmp_path: Path, world) -> None:
    text = START + "- refuse: project_declaration/fill_basic\n"
    assert not run_story(story(tmp_path, text), world).ok
