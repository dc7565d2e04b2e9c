"""What cannot be looked at wholly is told in one sentence, in seconds and bounded memory, and never counts as proved."""

import time
import tracemalloc
from itertools import pairwise

import pytest
from mutation import SHIPPED, kind, mutated

from service.model.bundle import Bundle
from service.model.errors import TooLarge
from service.proof.build import build
from service.proof.compose import space
from service.proof.diagram_reader import read_diagrams
from service.proof.limit import NEAR, Limit
from service.proof.part import TOO_MANY, Part, carry_out
from service.proof.prove import prove
from service.proof.rulebook import read_rulebook

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core">'
MAYBE = "<conditionExpression>x</conditionExpression>"


def process(inside, own="x"):
    return (
        f'{HEAD}<process id="{own}" isExecutable="true">{inside}</process></definitions>'.encode()
    )


def flow(own, source, target, condition=""):
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{own}" {ends}>{condition}</sequenceFlow>'


def branches(count, length=1, gateway="parallelGateway"):
    """A block of branches, each of some tasks."""
    found = (
        f'<startEvent id="s"/><{gateway} id="p" name="分办"/><{gateway} id="j"/><endEvent id="e"/>'
    )
    found += flow("f0", "s", "p") + flow("f1", "j", "e")
    for i in range(count):
        way = ["p", *(f"t{i}_{n}" for n in range(length)), "j"]
        found += "".join(f'<userTask id="{own}"/>' for own in way[1:-1])
        found += "".join(flow(f"a{i}_{n}", a, b) for n, (a, b) in enumerate(pairwise(way)))
    return process(found)


def diamonds(count):
    """Choices one after the other, without anybody's doing."""
    found, before = '<startEvent id="s"/>', "s"
    for i in range(count):
        found += f'<exclusiveGateway id="g{i}" default="d{i}"/><exclusiveGateway id="m{i}"/>'
        found += flow(f"i{i}", before, f"g{i}") + flow(f"c{i}", f"g{i}", f"m{i}", MAYBE)
        found += flow(f"d{i}", f"g{i}", f"m{i}")
        before = f"m{i}"
    return process(found + '<endEvent id="e"/>' + flow("z", before, "e"))


def circle(count):
    """Gateways that lead to each other only."""
    found = '<startEvent id="s"/>' + flow("a", "s", "g0")
    for i in range(count):
        found += f'<exclusiveGateway id="g{i}" default="d{i}"/>'
        found += flow(f"d{i}", f"g{i}", f"g{(i + 1) % count}")
        found += flow(f"c{i}", f"g{i}", f"g{(i + 7) % count}", MAYBE)
    return process(found)


def chain(depth):
    """Diagrams that each call the next one twice."""
    for i in range(depth):
        called = f'calledElement="d{i + 1}"' if i + 1 < depth else 'calledElement="d0x"'
        inside = f'<startEvent id="s"/><callActivity id="a" {called}/><callActivity id="b" {called}/><endEvent id="e"/>'
        inside += flow("f", "s", "a") + flow("g", "a", "b") + flow("h", "b", "e")
        yield f"processes/d{i}.bpmn", process(inside, f"d{i}")


def proved(source, limit=10.0):
    began = time.process_time()
    report = prove(Bundle(source if isinstance(source, dict) else {"processes/x.bpmn": source}))
    assert time.process_time() - began < limit
    return report


@pytest.mark.parametrize("gateway", ["parallelGateway", "inclusiveGateway"])
def test_sixty_branches_are_told_at_once(gateway):
    report = proved(branches(60, gateway=gateway), 2)
    (found,) = report.findings
    assert (found.rule, found.place) == (TOO_MANY, "x")
    assert "「分办」之后有 60 条并行的分支" in found.text
    assert report.left == [("x",)]


def test_more_states_than_anybody_looks_at_are_one_sentence():
    book = read_rulebook(Bundle({"processes/x.bpmn": branches(6, 12)}))
    result = carry_out(book, Part(("x",), (), called=False), Limit(2_000, 20_000))
    assert [f.rule for f in result.findings] == [TOO_MANY]
    assert "看不完" in result.findings[0].text
    assert (result.whole, result.reach) == (False, None)
    assert result.edges <= 20_100


@pytest.mark.heavy
def test_the_bound_itself_is_reached_in_seconds_and_half_a_gigabyte():
    tracemalloc.start()
    began = time.process_time()
    report = prove(Bundle({"processes/x.bpmn": branches(6, 12)}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [f.rule for f in report.findings] == [TOO_MANY]
    assert peak < 700_000_000
    assert time.process_time() - began < 120  # four times slower while memory is traced


def test_automatic_ways_that_meet_are_followed_once():
    assert proved(diamonds(60), 2).findings == []
    rules = {f.rule for f in proved(circle(50), 2).findings}
    assert "turns-round" in rules


def test_calls_that_double_are_told():
    report = proved(dict(chain(40)), 20)
    assert TOO_MANY in {f.rule for f in report.findings}
    assert all("太大" in f.text for f in report.findings if f.rule == TOO_MANY)


def test_a_step_with_too_many_outcomes_is_told():
    names = "; ".join(f"v{i}:a|b|c" for i in range(20))
    said = f'<extensionElements><s:properties><s:property name="outputs" value="{names}"/></s:properties></extensionElements>'
    read = " and ".join(f'v{i} = "a"' for i in range(20))
    inside = f'<startEvent id="s"/><userTask id="t" name="填报">{said}</userTask><exclusiveGateway id="g" default="n"/>'
    inside += '<endEvent id="e"/><endEvent id="d"/>' + flow("f", "s", "t") + flow("h", "t", "g")
    inside += flow("y", "g", "e", f"<conditionExpression>{read}</conditionExpression>") + flow(
        "n", "g", "d"
    )
    report = proved(process(inside), 5)
    assert ["「填报」的输出变量" in f.text for f in report.findings if f.rule == TOO_MANY] == [True]


def test_a_net_has_a_size():
    files = dict(chain(30))
    with pytest.raises(TooLarge):
        build(read_diagrams(Bundle(files)), ("d0",))


def test_of_a_bounded_space_the_nearest_states_are_seen():
    book, roots = read_rulebook(SHIPPED), ("declaration_review",)
    near, whole = space(book, roots, [], Limit(100, 10_000)), space(book, roots, [])
    assert (near.whole, whole.whole) == (False, True)
    assert near.states == whole.states[: len(near.states)]
    assert len(near.states) < len(whole.states)


CALLER = '<startEvent id="s"/><callActivity id="c" calledElement="x"/><endEvent id="e"/>'
INVARIANT = b"""invariants:
- {id: I1, clauses: ['1.1'], text: t, kind: k, scope: s, needs: flow, roots: [y], formal: ['at most 1 done(a)']}
- {id: I2, clauses: ['1.1'], text: t, kind: k, scope: s, needs: messages, roots: [y, y], formal: ['at most 2 done(a)']}
"""


def test_what_is_around_an_unsound_diagram_does_not_count_as_proved():
    act = '<extensionElements><s:properties><s:property name="act" value="a"/></s:properties></extensionElements>'
    wrong = branches(3).replace(b'<parallelGateway id="j"/>', b'<exclusiveGateway id="j"/>')
    around = CALLER + flow("f", "s", "c") + flow("g", "c", "e")
    around = around.replace('<endEvent id="e"/>', f'<endEvent id="e">{act}</endEvent>')
    report = proved(
        {
            "processes/x.bpmn": wrong,
            "processes/y.bpmn": process(around, "y"),
            "processes/acts.yaml": b"acts: {a: {by: [desk], clause: '1.1'}}",
            "processes/invariants.yaml": INVARIANT,
        },
        5,
    )
    assert any(f.way for f in report.findings if f.place.startswith("x/")), report.findings
    assert ("y", "y") in report.left
    assert "I2" not in report.proved


@pytest.mark.heavy
def test_a_fault_in_a_called_diagram_is_told_in_seconds_with_its_way():
    """A join that does not wait: whatever calls the review goes on with three tokens."""
    broken = mutated({"joint_review.bpmn": [kind("collect", "exclusiveGateway")]})
    began = time.process_time()
    report = prove(broken)
    assert time.process_time() - began < 60
    unsound = [f for f in report.findings if f.place.startswith("joint_review/")]
    assert any(f.way for f in unsound)
    assert report.left
    assert all(space.states <= NEAR.states * 10 for space in report.spaces)
    assert "J1" not in report.proved
