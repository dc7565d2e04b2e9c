"""Diagrams become a token net: one or several process instances beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.proof.diagram import Diagram
from service.proof.inside import Inside
from service.proof.net import Frame, Net, Root
from service.proof.places import Plan

AUTOMATIC = frozenset({"sendTask", "businessRuleTask", "scriptTask"})


def build(
    diagrams: Mapping[str, Diagram],
    roots: Sequence[str],
    *,
    opaque: frozenset[str] = frozenset(),
    services_wait: bool = False,
) -> Net:
    """The net of one instance of each of `roots`; all but the first may begin at any time, once.

    Called diagrams are inlined, one copy for each place that calls them. A diagram in `opaque` is one
    step that may set its variables to anything and raise its errors, so that every run of the diagrams
    is a run of the net. `services_wait`: an operator's answer is a step of its own, as in the engine.
    """
    automatic = AUTOMATIC if services_wait else AUTOMATIC | {"serviceTask"}
    net = Net()
    plan = Plan(diagrams, opaque, automatic, net)
    for number, name in enumerate(roots):
        _root(plan, diagrams[name], number)
    net.seal()
    return net


def _root(plan: Plan, diagram: Diagram, number: int) -> None:
    net, frame, outside = plan.net, Frame(None, (), number), Frame(None, (), number)
    running = net.place("running", None, outside)
    net.roots.append(Root(diagram, running, frame))
    Inside(plan, frame, diagram.scope, (diagram.id,)).build()
    node = diagram.start
    if node is None:
        return
    net.add("finish", node, frame, needs=running, leaves=frame, late=True)
    if number == 0:
        net.initial |= running | frame.starts
        return
    idle = net.place("idle", None, outside)
    net.initial |= idle
    net.add("begin", node, frame, needs=idle, gives=running | frame.starts, auto=False)
