"""What the ways through a diagram have promised: what a step directly follows, and when a branch is taken.

Invariants say what the regulation asks of acts; that a catalogue is handed in before it is looked at is asked by nobody
and still meant. A new way between two steps that were there goes past something; a new step between them does not. A
gateway keeps its conditions, each with where it leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.proof.alike import alike
from service.proof.diagram import GATEWAYS, Diagram, Node, Scope
from service.proof.partial import Clock
from service.proof.promised_data import Lost
from service.proof.renamed import in_names

ELSE = "otherwise"


def ways_of(diagrams: Mapping[str, Diagram]) -> dict[str, dict[str, Any]]:
    """Process id → `after` (step or event → what it directly follows), `when` (gateway → target → condition)."""
    found = {}
    for diagram in diagrams.values():
        after: dict[str, list[str]] = {}
        when: dict[str, dict[str, str]] = {}
        for scope in diagram.scope.all_scopes():
            after |= {own: sorted(before) for own, before in _follows(scope).items()}
            when |= {n.id: told for n in scope.nodes.values() if (told := _when(scope, n))}
        found[diagram.id] = {"after": after, "when": when}
    return found


def _when(scope: Scope, node: Node) -> dict[str, str]:
    """The conditions of a gateway by where they lead."""
    if node.kind not in GATEWAYS:
        return {}
    told = {f.target: f.condition for f in scope.out(node) if f.condition}
    if told and node.default in scope.flows:
        told[scope.flows[node.default].target] = ELSE
    return told


def _follows(scope: Scope) -> dict[str, set[str]]:
    """Step or event → those that it directly follows, gateways left out."""
    return {
        own: _sources(scope, node) for own, node in scope.nodes.items() if node.kind not in GATEWAYS
    }


def _sources(scope: Scope, node: Node) -> set[str]:
    found: set[str] = set()
    pending, seen = [node], set()
    while pending:
        one = pending.pop()
        for source in (scope.nodes[f.source] for f in scope.into(one) if f.source in scope.nodes):
            if source.kind not in GATEWAYS:
                found.add(source.id)
            elif source.id not in seen:
                seen.add(source.id)
                pending.append(source)
    return found


def lost_ways(
    diagrams: Mapping[str, Diagram],
    promised: Mapping[str, Any],
    names: Mapping[str, str],
    settings: Mapping[str, Any],
    clock: Clock,
) -> Iterator[Lost]:
    """What the list has and the ways do not keep any more; `names`: variables that are called otherwise now."""
    for own, told in promised.items():
        if own not in diagrams:  # told with its elements
            continue
        for scope in diagrams[own].scope.all_scopes():
            for step, before in _follows(scope).items():
                past = before & told["after"].keys() - set(told["after"].get(step, before))
                for first in sorted(past):
                    labels = scope.nodes[first].label, scope.nodes[step].label
                    yield f"{own}/{step}", "从「{}」直接到了「{}」，以前不能".format(*labels), ()
        for gateway, branches in told["when"].items():
            yield from _lost_branches(
                diagrams[own], gateway, in_names(branches, names), settings, clock
            )


def _lost_branches(
    diagram: Diagram,
    gateway: str,
    branches: Mapping[str, str],
    settings: Mapping[str, Any],
    clock: Clock,
) -> Iterator[Lost]:
    nodes = [(s, n) for s in diagram.scope.all_scopes() for n in s.nodes.values()]
    own = [(s, n) for s, n in nodes if n.id == gateway]
    # one that is called otherwise now is some gateway that keeps all of it
    ones = own or [(s, n) for s, n in nodes if n.kind in GATEWAYS]
    for target, condition in branches.items():
        past = frozenset(branches) - {target}
        if not any(_kept(s, n, target, past, condition, settings, clock) for s, n in ones):
            label = own[0][1].label if own else gateway
            said = "否则" if condition == ELSE else condition
            yield (
                f"{diagram.id}/{gateway}",
                f"「{label}」去 {target} 的条件（{said}）没有了或改了",
                (),
            )


def _kept(
    scope: Scope,
    node: Node,
    target: str,
    past: frozenset[str],
    condition: str,
    settings: Mapping[str, Any],
    clock: Clock,
) -> bool:
    """Whether a gateway has the condition on a way to the target that goes past none of its other targets."""
    known = target in scope.nodes
    return any(
        (f.id == node.default if condition == ELSE else _same(f.condition, condition, settings, clock))
        and (not known or _leads(scope, f.target, target, past | {node.id}))
        for f in scope.out(node)
    )  # fmt: skip


def _same(now: str | None, was: str, settings: Mapping[str, Any], clock: Clock) -> bool:
    return now is not None and alike(was, now, settings, clock)


def _leads(scope: Scope, start: str, end: str, barred: frozenset[str]) -> bool:
    """Whether a way leads from one node to another and passes none of some others."""
    pending, seen = [start], set(barred)
    while pending:
        own = pending.pop()
        if own == end:
            return True
        if own not in seen and own in scope.nodes:
            seen.add(own)
            pending += [f.target for f in scope.out(scope.nodes[own])]
    return False
