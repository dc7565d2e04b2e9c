"""Block-structured diagrams at random, with all shapes that our diagrams use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import assume
from hypothesis import strategies as st

from service.engine import Definition, compile_bundle
from service.model.bundle import Bundle
from service.model.errors import BadInput

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
FORM = b'{"id": "f", "type": "default", "schemaVersion": 19, "components": [{"type": "textfield", "key": "note", "label": "\xe8\xaf\xb4\xe6\x98\x8e"}]}'
GROUPS = (
    "groups:\n- {id: desk, name: 办理组, unit: desk}\nunits:\n- {id: desk, name: 办理处}\n".encode()
)
KINDS = [
    "task",
    "seq",
    "xor",
    "and",
    "or",
    "loop",
    "sub",
    "reminded",
    "interrupted",
    "race",
    "stopped",
    "failed",
]


@dataclass
class Drawing:
    """Nodes and flows of one scope; `choices` draws what comes next."""

    draw: st.DrawFn
    count: list[int]
    nodes: list[tuple[str, str, str, str]] = field(default_factory=list)
    flows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def node(self, tag: str, attributes: str = "", inside: str = "") -> str:
        self.count[0] += 1
        own = f"n{self.count[0]}"
        self.nodes.append((tag, own, attributes, inside))
        return own

    def flow(self, source: str, target: str, test: str = "") -> str:
        self.count[0] += 1
        own = f"f{self.count[0]}"
        self.flows.append((own, source, target, test))
        return own

    def task(self) -> str:
        return self.node("userTask", "", properties(form="f", outputs="v:p|q; w:p|q"))

    def block(self, depth: int) -> tuple[str, str]:
        """A block: the node where it begins and the one where it ends."""
        kind = self.draw(st.sampled_from(KINDS if depth > 0 else ["task"]))
        return getattr(self, f"_{kind}")(depth - 1)

    def _task(self, depth: int) -> tuple[str, str]:
        own = self.task()
        return own, own

    def _seq(self, depth: int) -> tuple[str, str]:
        first, second = self.block(depth), self.block(depth)
        self.flow(first[1], second[0])
        return first[0], second[1]

    def _split(self, tag: str, tests: tuple[str, str], depth: int) -> tuple[str, str]:
        split, join = self.node(tag), self.node(tag)
        for test in tests:
            begin, end = self.block(depth)
            last = self.flow(split, begin, test)
            self.flow(end, join)
        if tests[0]:
            self.set(split, f'default="{last}"')
        return split, join

    def set(self, own: str, attributes: str) -> None:
        at = next(i for i, n in enumerate(self.nodes) if n[1] == own)
        tag, _, old, inside = self.nodes[at]
        self.nodes[at] = (tag, own, f"{old} {attributes}", inside)

    def _xor(self, depth: int) -> tuple[str, str]:
        return self._split("exclusiveGateway", ('v = "p"', ""), depth)

    def _and(self, depth: int) -> tuple[str, str]:
        return self._split("parallelGateway", ("", ""), depth)

    def _or(self, depth: int) -> tuple[str, str]:
        """An inclusive block of single tasks; see the note on inclusive joins in docs/reference/proof.md."""
        split, join = self.node("inclusiveGateway"), self.node("inclusiveGateway")
        for test in ('v = "p"', 'w = "p"', ""):
            begin, end = self.block(0)
            last = self.flow(split, begin, test)
            self.flow(end, join)
        self.set(split, f'default="{last}"')
        return split, join

    def _loop(self, depth: int) -> tuple[str, str]:
        """A block in a scope of its own, done again while v is p."""
        merge, ask = self.node("exclusiveGateway"), self.node("exclusiveGateway")
        body, out = self._sub(depth)[0], self.node("exclusiveGateway")
        self.flow(merge, body)
        self.flow(body, ask)
        self.flow(ask, merge, 'v = "p"')
        self.set(ask, f'default="{self.flow(ask, out)}"')
        return merge, out

    def _inner(self, depth: int, end: str) -> str:
        inner = Drawing(self.draw, self.count)
        begin, last = inner.block(depth)
        inner.flow(inner.node("startEvent"), begin)
        inner.flow(last, inner.node("endEvent", "", end))
        return inner.xml()

    def _sub(self, depth: int) -> tuple[str, str]:
        own = self.node("subProcess", "", self._inner(depth, ""))
        return own, own

    def _stopped(self, depth: int) -> tuple[str, str]:
        """A scope in which whoever is first ends the work of the other."""
        inner = Drawing(self.draw, self.count)
        split = inner.node("parallelGateway")
        inner.flow(inner.node("startEvent"), split)
        for end in ("<terminateEventDefinition/>", "<terminateEventDefinition/>"):
            begin, last = inner.block(depth)
            inner.flow(split, begin)
            inner.flow(last, inner.node("endEvent", "", end))
        own = self.node("subProcess", "", inner.xml())
        return own, own

    def _failed(self, depth: int) -> tuple[str, str]:
        """A scope that ends in an error of its own, caught at its border, or does not."""
        inner = Drawing(self.draw, self.count)
        begin, last = inner.block(depth)
        inner.flow(inner.node("startEvent"), begin)
        ask = inner.node("exclusiveGateway")
        error = f'<errorEventDefinition errorRef="e{ask}"/>'
        inner.flow(last, ask)
        inner.flow(ask, inner.node("endEvent", "", error), 'w = "p"')
        inner.set(ask, f'default="{inner.flow(ask, inner.node("endEvent"))}"')
        return self._bordered(self.node("subProcess", "", inner.xml()), error, "")

    def _bordered(self, own: str, event: str, more: str) -> tuple[str, str]:
        border = self.node("boundaryEvent", f'attachedToRef="{own}" {more}', event)
        other, out = self.task(), self.node("exclusiveGateway")
        self.flow(border, other)
        self.flow(other, out)
        self.flow(own, out)
        return own, out

    def _interrupted(self, depth: int) -> tuple[str, str]:
        event = self.draw(st.sampled_from([timer(), message()]))
        return self._bordered(self._sub(depth)[0], event, "")

    def _reminded(self, depth: int) -> tuple[str, str]:
        own = self._sub(depth)[0]
        border = self.node(
            "boundaryEvent", f'attachedToRef="{own}" cancelActivity="false"', timer()
        )
        other = self.task()
        self.flow(border, other)
        self.flow(other, self.node("endEvent"))
        return own, own

    def _race(self, depth: int) -> tuple[str, str]:
        gate, out = self.node("eventBasedGateway"), self.node("exclusiveGateway")
        for event in (timer(), message()):
            caught = self.node("intermediateCatchEvent", "", event)
            begin, end = self.block(depth)
            self.flow(gate, caught)
            self.flow(caught, begin)
            self.flow(end, out)
        before = self.task()
        self.flow(before, gate)
        return before, out

    def xml(self) -> str:
        text = ""
        for tag, own, attributes, inside in self.nodes:
            into = "".join(f"<incoming>{f}</incoming>" for f, _, t, _ in self.flows if t == own)
            out = "".join(f"<outgoing>{f}</outgoing>" for f, s, _, _ in self.flows if s == own)
            head, rest = (inside, "") if inside.startswith("<extension") else ("", inside)
            text += f'<{tag} id="{own}" name="{own}" {attributes}>{head}{into}{out}{rest}</{tag}>'
        for own, source, target, test in self.flows:
            inside = f"<conditionExpression>{test}</conditionExpression>" if test else ""
            text += f'<sequenceFlow id="{own}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
        return text


def timer() -> str:
    return "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"


def message() -> str:
    return '<messageEventDefinition messageRef="m"/>'


def properties(**values: str) -> str:
    inside = "".join(f'<s:property name="{k}" value="{v}"/>' for k, v in values.items())
    return f"<extensionElements><s:properties>{inside}</s:properties></extensionElements>"


@st.composite
def bundles(draw: st.DrawFn, depth: int = 3) -> Bundle:
    """A bundle with one diagram `x`: a task, a block, a task."""
    return drawn(draw, depth)


def drawn(draw: Callable[[st.SearchStrategy], str], depth: int = 3) -> Bundle:
    """The same, where `draw` says which kind of block comes next."""
    drawing = Drawing(draw, [0])
    first, (begin, end), last = drawing.task(), drawing.block(depth), drawing.task()
    for pair in ((drawing.node("startEvent"), first), (first, begin), (end, last)):
        drawing.flow(*pair)
    drawing.flow(last, drawing.node("endEvent"))
    lane = "".join(f"<flowNodeRef>{own}</flowNodeRef>" for _, own, _, _ in drawing.nodes)
    inside = drawing.xml()
    codes = sorted(set(re.findall(r'errorRef="(\w+)"', inside)))
    errors = "".join(f'<error id="{code}" errorCode="{code}"/>' for code in codes)
    xml = (
        f'<definitions xmlns="{BPMN}" xmlns:s="{SPIFF}"><message id="m" name="m"/>{errors}'
        f'<process id="x" isExecutable="true"><laneSet id="lanes"><lane id="desk">{lane}</lane></laneSet>'
        f"{inside}</process></definitions>"
    )
    return Bundle(
        {"forms/f.form": FORM, "processes/groups.yaml": GROUPS, "processes/x.bpmn": xml.encode()}
    )


def compiled(bundle: Bundle) -> Definition:
    """A drawn bundle, unless it has a shape on which the engine would be wrong: deployment refuses those."""
    try:
        return compile_bundle(bundle)
    except BadInput as refused:
        assume("引擎会提前放行" not in refused.message)
        raise
