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


def beginning(tmp_path: Path, text: str, name: str = "y"):
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace("id: x", f"id: {name}"), encoding="utf-8")
    return read_story(path)


CLOCK = "steps:\n- at: 2025-03-03T09:00+08:00\n"


def test_a_story_begins_as_another_left_it(tmp_path: Path) -> None:
    story(tmp_path, START)
    text = "id: x\ntitle: 续\nbegins_as: x\nsteps:\n- do: project_declaration/fill_basic\n  by: 县民政局\n"
    told = beginning(tmp_path, text)
    for name in (
        "a",
        "b",
    ):  # twice: the second begins where the first one began, not where it ended
        world = open_world(f"sqlite:///{tmp_path / name}.sqlite3", project_root(), told)
        assert run_story(told, world).ok
        world.close()


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("z", "没有可以接续的故事 z"),
        ("y", "没有可以接续的故事 y"),
        ("x", "第 5 行"),
    ],
)
def test_what_cannot_be_begun_is_an_error(tmp_path: Path, base: str, words: str) -> None:
    story(tmp_path, START.replace("- start", "- expect: {open: []}\n- start"))
    told = beginning(tmp_path, f"id: x\ntitle: 续\nbegins_as: {base}\n{CLOCK}")
    with pytest.raises(BadInput, match=words):
        open_world(f"sqlite:///{tmp_path / 'c'}.sqlite3", project_root(), told)


def test_a_story_never_replaces_what_stands_in_a_database(tmp_path: Path, world) -> None:
    with pytest.raises(BadInput, match="空的数据库"):
        open_world(world.url, project_root())


def test_minutes_quote_the_clause_of_a_refusal_in_words(tmp_path: Path, world) -> None:
    text = START + "- refuse: project_declaration/fill_basic\n  by: 县民政局\n"
    told = story(tmp_path, text + "  without: [main_tasks]\n  because: [8.i1.4]\n")
    outcome = run_story(told, world)
    assert outcome.ok, outcome.difference
    assert "8.i1.4「" in outcome.minutes[-1]
    assert "8.i1.4" in told.exercises
