"""The strip of steps: what leads here, what follows, no step that merely happened beside it."""

import pytest

from service.config import project_root
from service.engine import compile_bundle
from service.model.bundle import read_bundle
from service.web.drawing.strip import strip

DEFINITION = compile_bundle(read_bundle(project_root()))
TASKS = [
    (process.id, element.id)
    for process in DEFINITION.processes.values()
    for element in process.elements.values()
    if element.type == "userTask"
]


@pytest.mark.parametrize(("process_id", "element_id"), TASKS)
def test_every_task_has_a_strip(process_id: str, element_id: str) -> None:
    process = DEFINITION.processes[process_id]
    marks = {e: "done" for e in process.elements if e != element_id} | {element_id: "now"}
    made = strip(process, marks, element_id, "s")
    assert process.elements[element_id].name in made.svg.replace("</text>", "")[:400]
    assert [s.state for s in made.steps].count("now") == 1
    assert len(made.steps) >= 2


def test_parallel_steps_are_not_before_each_other() -> None:
    process = DEFINITION.processes["joint_review"]
    marks = {"info_center_opinion": "done", "drc_opinion": "done", "finance_opinion": "now"}
    steps = strip(process, marks, "finance_opinion", "s").steps
    assert [s.name for s in steps if s.state == "done"] == []
    after = strip(process, {**marks, "finance_opinion": "done"}, "write_joint_opinion", "s").steps
    assert [s.state for s in after[:2]] == ["done", "now"]


def test_a_question_names_its_answers() -> None:
    process = DEFINITION.processes["joint_review"]
    steps = strip(process, {"finance_opinion": "now"}, "finance_opinion", "s").steps
    asked = steps[-1]
    assert asked.name.endswith("？")
    assert "是 → 汇总联合审核意见" in asked.note
    assert "否 → 召集协商会" in asked.note
