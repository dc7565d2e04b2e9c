"""What is found is told once, in the order in which an owner mends it, with what to do and where it is drawn."""

import ast
from pathlib import Path

from mutation import lead, mutated
from test_soundness import bundle_of, drawn

from service.model.bundle import Bundle
from service.proof.advice import STAGES, remedy_of, stage_of
from service.proof.finding import Finding
from service.proof.prove import prove
from service.proof.telling import in_order, once

CALLED = drawn(
    "startEvent a\nparallelGateway p\nuserTask t\nuserTask u\nendEvent z",
    "a > p\np > t\np > u\nt > z\nu > z",
)
CALLS = drawn(
    "startEvent a\nuserTask first\ncallActivity c calledElement=x\nendEvent z",
    "a > first\nfirst > c\nc > z",
)


def both() -> Bundle:
    """A diagram with a fault, and one that calls it: the fault is seen in the spaces of both."""
    called, calls = bundle_of(CALLED), bundle_of(CALLS, "y")
    return Bundle({**called.files, **calls.files})


def test_a_fault_that_two_spaces_show_is_told_once_with_the_shorter_way() -> None:
    found = prove(both()).findings
    assert len({(f.rule, f.place) for f in found}) == len(found)
    (told,) = [f for f in found if f.place == "x/z" and f.way]
    assert told.spaces == 2
    assert "first" not in "".join(told.way)


def test_every_step_of_a_way_has_its_place() -> None:
    fault = {"incident_report.bpmn": [lead("receive_drc", "collect", "incident_settled")]}
    bundle = mutated(fault)
    some = ("incident_report", "joint_review", "leading_group_decision", "acts", "settings")
    kept = {p: s for p, s in bundle.files.items() if Path(p).stem in some or p.endswith(".dmn")}
    found = prove(Bundle(kept)).findings
    assert any(f.way for f in found)
    for one in found:
        assert len(one.steps) == len(one.way)
        assert all(step.startswith("incident_report/") for step in one.steps)


def test_the_shortest_is_kept_and_spaces_are_counted() -> None:
    short = Finding("invariant", "A1", "短", way=("1",), spaces=1)
    long = Finding("invariant", "A1", "长", way=("1", "2"), spaces=1)
    vacuous = Finding("invariant", "A1", "空", spaces=1)
    (told,) = once([vacuous, long, short])
    assert (told.text, told.spaces) == ("短", 3)
    broken = [
        Finding("promise-broken", "p/e", "不再写明期限"),
        Finding("promise-broken", "p/e", "不再写明表单"),
    ]
    assert once([*broken, *broken]) == broken  # two things that one element says no more


def test_causes_stand_before_what_follows_from_them() -> None:
    given = [
        Finding("stale-acceptance", "", ""),
        Finding("invariant", "A1", ""),
        Finding("promise-broken", "p/e", ""),
        Finding("no-carrier", "", ""),
        Finding("cannot-finish", "p/e", ""),
        Finding("unreadable", "", ""),
    ]
    assert in_order(given) == given[::-1]


def test_every_rule_has_a_stage_and_says_what_to_do() -> None:
    rules = {rule for stage in STAGES for rule in stage.rules}
    proof = Path(__file__).parents[2] / "service/proof"
    said = {
        node.value
        for path in proof.glob("*.py")
        if path.name != "advice.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert rules <= said | {"unreadable"}
    for rule in rules:
        assert remedy_of(rule).endswith("。")
        assert rule in stage_of(rule).rules
