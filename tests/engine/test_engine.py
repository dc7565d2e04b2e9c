"""The engine on the shipped bundle: deterministic, replayable, never Python."""

import builtins
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.engine import advance, compile_bundle
from service.model.bundle import Bundle, read_bundle
from service.model.errors import BadInput, Conflict, Refused
from service.model.inputs import CompleteTask, StartInstance

ROOT = Path(__file__).parents[2]
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return read_bundle(ROOT)


def created(step: object) -> list:
    return [e for e in step.events if type(e).__name__ == "UserTaskCreated"]


def start(bundle: Bundle, process: str, **variables: object) -> object:
    return advance(
        compile_bundle(bundle),
        None,
        StartInstance(process, variables),
        instance_key="i1",
        now=NOW,
        facts={},
    )


def test_same_input_same_bytes(bundle: Bundle) -> None:
    assert start(bundle, "joint_review").state == start(bundle, "joint_review").state


def test_other_hash_seeds_give_the_same_digest() -> None:
    code = (
        "from datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from service.engine import advance, compile_bundle, state_digest\n"
        "from service.model.bundle import read_bundle\nfrom service.model.inputs import StartInstance\n"
        "s = advance(compile_bundle(read_bundle(Path('.'))), None, StartInstance('joint_review'),"
        " instance_key='i', now=datetime(2025, 3, 3, tzinfo=UTC), facts={})\nprint(state_digest(s.state))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(found) == 1


def test_three_opinions_open_at_once_and_the_next_only_after_all(bundle: Bundle) -> None:
    definition = compile_bundle(bundle)
    step = start(bundle, "joint_review")
    tasks = created(step)
    assert len(tasks) == 3
    for index, task in enumerate(tasks):
        output = next(iter(definition.element(task.process_id, task.element_id).outputs))
        step = advance(
            definition, step.state, CompleteTask(task.task_key, {output: "agree"}),
            instance_key="i1", now=NOW, facts={},
        )  # fmt: skip
        assert len(created(step)) == (1 if index == 2 else 0)


def test_a_task_cannot_be_done_twice(bundle: Bundle) -> None:
    definition = compile_bundle(bundle)
    step = start(bundle, "joint_review")
    task = created(step)[0]
    output = next(iter(definition.element(task.process_id, task.element_id).outputs))
    again = CompleteTask(task.task_key, {output: "agree"})
    step = advance(definition, step.state, again, instance_key="i1", now=NOW, facts={})
    with pytest.raises(Conflict):
        advance(definition, step.state, again, instance_key="i1", now=NOW, facts={})


@pytest.mark.parametrize(
    "name", ["decision", "__builtins__", "lg_decision", "typename", "len", "op_fin"]
)
def test_a_task_sets_only_what_it_declares(bundle: Bundle, name: str) -> None:
    step = start(bundle, "joint_review")
    task = created(step)[0]
    with pytest.raises(BadInput, match="没有声明"):
        advance(
            compile_bundle(bundle), step.state, CompleteTask(task.task_key, {name: "agree"}),
            instance_key="i1", now=NOW, facts={},
        )  # fmt: skip


def test_a_value_outside_its_domain_is_refused(bundle: Bundle) -> None:
    definition = compile_bundle(bundle)
    step = start(bundle, "joint_review")
    task = created(step)[0]
    output = next(iter(definition.element(task.process_id, task.element_id).outputs))
    with pytest.raises(BadInput, match="只能是"):
        advance(
            definition, step.state, CompleteTask(task.task_key, {output: "同意"}),
            instance_key="i1", now=NOW, facts={},
        )  # fmt: skip


def test_nothing_reaches_pythons_evaluation(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_bundle(bundle)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("eval or exec was called")

    monkeypatch.setattr(builtins, "eval", forbidden)
    monkeypatch.setattr(builtins, "exec", forbidden)
    for process in ("joint_review", "project_lifecycle", "termination", "trial_run"):
        assert start(bundle, process, starter_unit="x").events


def changed(bundle: Bundle, path: str, old: str, new: str) -> Bundle:
    text = bundle.files[path].decode()
    assert old in text
    return Bundle({**bundle.files, path: text.replace(old, new, 1).encode()})


JOINT = "processes/joint_review.bpmn"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bpmn:userTask id=", "bpmn:scriptTask id=", "不支持"),
        ('name="article"', 'name="paragraph"', "不认识的属性"),
        ('value="opinion"', 'value="no_such_form"', "没有表单"),
        ("op_center = ", "__import__ = ", "没有元素声明"),
        ("op_center = ", "op_center == ", "表达式"),
        ('id="drc" name', 'id="nobody" name', "候选组"),
        ("7.1.6", "7.99.6", "没有条款"),
        (' default="', ' ignored="', "没有默认路径"),
    ],
)
def test_deployment_refuses(bundle: Bundle, old: str, new: str, words: str) -> None:
    source = bundle.files[JOINT].decode()
    if old.startswith("bpmn:userTask"):
        source = source.replace("bpmn:userTask", "bpmn:scriptTask")
        broken = Bundle({**bundle.files, JOINT: source.encode()})
    else:
        broken = changed(bundle, JOINT, old, new)
    with pytest.raises(BadInput, match=words):
        compile_bundle(broken)


@pytest.mark.parametrize(
    "source",
    [
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        b"<a" + b" " * 2_100_000 + b"/>",
        b"<bpmn",
        b"<a/>",
        b"<a>" * 300 + b"</a>" * 300,
    ],
)
def test_hostile_diagrams_are_refused(bundle: Bundle, source: bytes) -> None:
    with pytest.raises(Refused):
        compile_bundle(Bundle({**bundle.files, "processes/hostile.bpmn": source}))
