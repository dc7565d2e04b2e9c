"""Live objects are an accelerator: used when the bytes are known, never needed, never shared."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.engine import advance, codec, compile_bundle, forget_live
from service.model.bundle import read_bundle
from service.model.events import UserTaskCreated
from service.model.inputs import CompleteTask, StartInstance

DEFINITION = compile_bundle(read_bundle(Path(__file__).parents[2]))
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)


def give(state, input_):
    return advance(DEFINITION, state, input_, instance_key="i", now=NOW, facts={})


def test_a_known_state_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = []
    load = codec.load
    monkeypatch.setattr(codec, "load", lambda *a: loads.append(1) or load(*a))
    step = give(None, StartInstance("joint_review"))
    tasks = [e for e in step.events if isinstance(e, UserTaskCreated)]

    def answer(task):
        element = DEFINITION.element(task.process_id, task.element_id)
        return CompleteTask(task.task_key, {next(iter(element.outputs)): "agree"})

    second = give(step.state, answer(tasks[0]))
    assert not loads
    # the same bytes once more: the live object has gone on, so this one is built anew, with equal result
    assert give(step.state, answer(tasks[0])) == second
    assert len(loads) == 1
    forget_live()
    third = give(second.state, answer(tasks[1]))
    assert len(loads) == 2
    forget_live()
    assert give(second.state, answer(tasks[1])) == third
