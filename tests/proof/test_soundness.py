"""Shapes with a known verdict, and small faults of the shipped diagrams that only soundness finds."""

import pytest
from mutation import attribute, condition, cut, drop, kind, lead, mutated, said

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.compose import space
from service.proof.diagram_reader import BPMN, SPIFF, read_diagram
from service.proof.rulebook import read_rulebook
from service.proof.sound import dead, reach_of, unsound

EVENTS = {
    "message": "messageRef",
    "signal": "signalRef",
    "error": "errorRef",
    "timer": "",
    "terminate": "",
}


def drawn(nodes: str, flows: str, inner: str = "") -> str:
    """XML of `kind id [event] [attr=value …]` lines and `a > b [condition]` lines."""
    text = ""
    for line in filter(None, (row.strip() for row in nodes.splitlines())):
        tag, own, *rest = line.split()
        event = next((r for r in rest if r.partition(":")[0] in EVENTS), "")
        attributes = " ".join(
            f'{k}="{v}"' for k, v in (r.split("=") for r in rest if "=" in r and r != event)
        )
        kind_, _, name = event.partition(":")
        reference = f' {EVENTS[kind_]}="{name}"' if name else ""
        definition = f"<{kind_}EventDefinition{reference}/>" if event else ""
        outputs = next((r[8:] for r in rest if r.startswith("outputs:")), "")
        property_ = f'<s:property name="outputs" value="{outputs}"/>' if outputs else ""
        inside = inner if tag == "subProcess" else ""
        text += f'<{tag} id="{own}" name="{own}" {attributes}><extensionElements><s:properties>{property_}</s:properties></extensionElements>{definition}{inside}</{tag}>'
    for number, line in enumerate(filter(None, (row.strip() for row in flows.splitlines()))):
        ends, _, test = line.partition("[")
        source, target = (end.strip() for end in ends.split(">"))
        own = f"{source}_{target}"
        test = f"<conditionExpression>{test.rstrip(']')}</conditionExpression>" if test else ""
        text += f'<sequenceFlow id="{own}" name="{number}" sourceRef="{source}" targetRef="{target}">{test}</sequenceFlow>'
    return text


def bundle_of(body: str, own: str = "x") -> Bundle:
    names = "".join(
        f'<message id="{n}" name="{n}"/><signal id="s{n}" name="s{n}"/><error id="e{n}" errorCode="e{n}"/>'
        for n in ("m", "n")
    )
    xml = f'<definitions xmlns="{BPMN}" xmlns:s="{SPIFF}">{names}<process id="{own}" isExecutable="true">{body}</process></definitions>'
    return Bundle({f"processes/{own}.bpmn": xml.encode()})


def verdict(bundle: Bundle, own: str = "x") -> set[str]:
    """Rules that the diagram breaks."""
    book = read_rulebook(bundle)
    graph = space(book, (own,), [])
    called = own in book.called
    missed = {rule for rule, _ in dead([reach_of(graph)])}
    return {f.rule for f in unsound(graph, called=called)} | missed


BLOCK = """
    startEvent s
    {split} g
    userTask a
    userTask b
    {join} j
    userTask c
    endEvent e
"""
BLOCK_FLOWS = """
    s > g
    g > a
    g > b
    a > j
    b > j
    j > c
    c > e
"""
CHOICE = """
    startEvent s
    userTask t outputs:v:p|q
    exclusiveGateway g {default}
    userTask a
    userTask b
    exclusiveGateway j
    endEvent e
"""
CHOICE_FLOWS = """
    s > t
    t > g
    g > a [{left}]
    g > b [{right}]
    a > j
    b > j
    j > e
"""
P, X, INC = "parallelGateway", "exclusiveGateway", "inclusiveGateway"
SHAPES = {
    "and block": (BLOCK.format(split=P, join=P), BLOCK_FLOWS, set()),
    "and split joined by xor": (BLOCK.format(split=P, join=X), BLOCK_FLOWS, {"doubled-token", "work-left"}),
    "choice": (CHOICE.format(default=""), CHOICE_FLOWS.format(left='v = "p"', right='v = "q"'), set()),
    "choice joined by and": (
        CHOICE.format(default="").replace(f"{X} j", f"{P} j"),
        CHOICE_FLOWS.format(left='v = "p"', right='v = "q"'),
        {"cannot-finish", "never-reached"},
    ),
    "no way on": (
        CHOICE.format(default=""),
        CHOICE_FLOWS.format(left='v = "p"', right='v = "r"'),
        {"no-way-on", "never-reached", "never-taken"},
    ),
    "default": (
        CHOICE.format(default="default=g_b"),
        CHOICE_FLOWS.format(left='v = "p"', right='v = "r"'),
        set(),
    ),
    "condition never true": (
        CHOICE.format(default="default=g_b"),
        CHOICE_FLOWS.format(left='v = "r"', right='v = "q"'),
        {"never-taken", "never-reached"},
    ),
    "inclusive block": (
        CHOICE.format(default="").replace(f"{X} g", f"{INC} g").replace(f"{X} j", f"{INC} j"),
        CHOICE_FLOWS.format(left="true", right='v = "q"'),
        set(),
    ),
    "loop without way out": (
        "startEvent s\nexclusiveGateway m\nuserTask a\nendEvent e\nuserTask b",
        "s > m\nm > a\na > m\nb > e",
        {"cannot-finish", "never-reached", "no-way-in"},
    ),
    "automatic loop": (
        "startEvent s\nexclusiveGateway m\nsendTask a\nexclusiveGateway x default=x_m\nendEvent e",
        "s > m\nm > a\na > x\nx > e [false]\nx > m",
        {"turns-round", "never-reached", "never-taken"},
    ),
    "dead end": ("startEvent s\nuserTask a", "s > a", {"dead-end"}),
    "error that nobody catches": (
        "startEvent s\nuserTask a\nendEvent e error:em",
        "s > a\na > e",
        {"error-uncaught"},
    ),
    "terminate": (
        "startEvent s\nparallelGateway g\nuserTask a\nuserTask b\nendEvent k terminate\nendEvent l terminate",
        "s > g\ng > a\ng > b\na > k\nb > l",
        set(),
    ),
    "end while work goes on": (
        "startEvent s\nparallelGateway g\nuserTask a\nuserTask b\nendEvent e\nendEvent f",
        "s > g\ng > a\ng > b\na > e\nb > f",
        {"work-left"},
    ),
    "reminder beside a task": (
        "startEvent s\nuserTask a\nboundaryEvent r timer attachedToRef=a cancelActivity=false\nendEvent k\nendEvent e",
        "s > a\na > e\nr > k",
        set(),
    ),
    "repeated message beside a task": (
        "startEvent s\nuserTask a\nboundaryEvent r message:m attachedToRef=a cancelActivity=false\nuserTask k\nendEvent f\nendEvent e",
        "s > a\na > e\nr > k\nk > f",
        set(),
    ),
    "only termination ends it": (
        "startEvent s\nexclusiveGateway m\nuserTask a\nuserTask b\nboundaryEvent t message:m attachedToRef=a\nendEvent e\nendEvent f\nexclusiveGateway x default=x_m",
        "s > m\nm > a\na > x\nx > m\nx > b [false]\nb > e\nt > f",
        {"cannot-finish-without-exit", "never-reached", "never-taken"},
    ),
    "event gateway": (
        "startEvent s\neventBasedGateway g\nintermediateCatchEvent m message:m\nintermediateCatchEvent t timer\nexclusiveGateway j\nendEvent e",
        "s > g\ng > m\ng > t\nm > j\nt > j\nj > e",
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_shape_has_its_verdict(shape: str) -> None:
    """Each hand-made shape breaks exactly the rules that it should."""
    nodes, flows, expected = SHAPES[shape]
    assert verdict(bundle_of(drawn(nodes, flows))) == expected


INNER = drawn("startEvent i\nuserTask w\nendEvent o", "i > w\nw > o")


def test_interrupting_event_sub_process_takes_the_work_away() -> None:
    """The scope's own task is gone once its event sub-process has begun; both ways end it."""
    inner = drawn("startEvent i message:m\nuserTask w\nendEvent o", "i > w\nw > o")
    body = drawn(
        "startEvent s\nuserTask a\nendEvent e\nsubProcess h triggeredByEvent=true",
        "s > a\na > e",
        inner,
    )
    assert verdict(bundle_of(body)) == set()
    graph = space(read_rulebook(bundle_of(body)), ("x",), [])
    open_ = {
        frozenset(t.node.id for t in graph.net.transitions if t.kind == "do" and m & t.needs)
        for m, _ in graph.states
    }
    assert open_ == {frozenset({"a"}), frozenset({"w"}), frozenset()}


def test_error_of_a_sub_process_is_caught_at_its_border() -> None:
    """The boundary event's way is taken; nothing of the sub-process is left."""
    inner = drawn("startEvent i\nuserTask w\nendEvent o error:em", "i > w\nw > o")
    nodes = "startEvent s\nsubProcess p\nboundaryEvent c error:em attachedToRef=p\nuserTask f\nendEvent e\nendEvent g"
    assert verdict(bundle_of(drawn(nodes, "s > p\np > e\nc > f\nf > g", inner))) == {
        "never-reached"
    }


def test_sub_process_ends_when_its_work_has() -> None:
    """An embedded scope is left once its last token has gone."""
    assert (
        verdict(bundle_of(drawn("startEvent s\nsubProcess p\nendEvent e", "s > p\np > e", INNER)))
        == set()
    )


def test_a_diagram_that_calls_itself_is_told() -> None:
    """No endless inlining."""
    body = drawn("startEvent s\ncallActivity c calledElement=x\nendEvent e", "s > c\nc > e")
    assert "calls-itself" in verdict(bundle_of(body))


FAULTS = {
    "doubled-token": ("joint_review", {"joint_review.bpmn": [kind("collect", "exclusiveGateway")]}),
    "cannot-finish": ("trial_run", {"trial_run.bpmn": [cut("merge_rectified", "self_check")]}),
    "error-uncaught": ("project_lifecycle", {"project_lifecycle.bpmn": [drop("filing_refused")]}),
    "never-taken": (
        "fund_disbursement",
        {"fund_disbursement.bpmn": [condition("check_passed", "payment_is_paused", 'pay_gate = "offen"')]},
    ),
    "no-way-on": ("warranty_claim", {"warranty_claim.bpmn": [cut("resolved", "handle_claim")]}),
    "cannot-finish-without-exit": (
        "project_lifecycle",
        {"construction_progress.bpmn": [said("confirm_progress", "outputs", "confirmed:yes|no; progress:going")]},
    ),
    "no-callee": ("change_request", {"change_request.bpmn": [attribute("change_review", "calledElement", "nix")]}),
    "work-left": ("incident_report", {"incident_report.bpmn": [lead("receive_drc", "collect", "incident_settled")]}),
    "defence-reached": (
        "project_lifecycle",
        {"project_lifecycle.bpmn": [condition("project_approved", "initiate_project", "true")]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_of_a_shipped_diagram_is_found(rule: str) -> None:
    """The faulty bundle breaks the rule; the shipped one breaks none (test_invariants)."""
    root, faults = FAULTS[rule]
    assert rule in verdict(mutated(faults), root)


def test_reading_is_hardened() -> None:
    """No entities, no broken XML, no file without a process."""
    for source in (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b"<x>", b"<definitions/>"):
        with pytest.raises(BadInput):
            read_diagram(source, "x.bpmn")
