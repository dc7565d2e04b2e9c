"""What the completion of a node does to the variables: all ways it can turn out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from service.dmn import DecisionModel
from service.model.errors import TooLarge
from service.proof.diagram import Diagram, Node
from service.proof.partial import UNKNOWN, Clock, value_of
from service.proof.rules import fired, results, spread, table_of
from service.proof.variables import Domain, constants, declared, writes

Writes = dict[str, Any]
MOST_RESULTS = 20_000  # combinations of the values that one element may set


@dataclass(frozen=True)
class Effects:
    """The rules by which variables change.

    `fields` are the keys of the forms; `always` are names known everywhere (`settings`).
    """

    decisions: Mapping[str, DecisionModel]
    fields: Mapping[str, frozenset[str]]
    always: Mapping[str, Any]
    clock: Clock

    def possible(
        self, node: Node, known: Mapping[str, Any], domains: Mapping[str, Domain]
    ) -> list[Writes]:
        """Every way a node can complete, as the values of the variables that it sets.

        `known` are values of tracked variables at this moment, without those that are unknown; `domains`
        the tracked variables: the rest stays unknown. Empty when no submission is accepted.
        """
        names = {**self.always, **known}
        found = self._begun(node, names, domains)
        if node.kind == "userTask":
            for field in self.fields.get(node.properties.get("form", ""), ()):
                names.pop(field, None)
        for name, text in node.family("out").items():
            found = [
                w for f in found for w in self._out(node, name, text, {**names, **f}, f, domains)
            ]
        found = [{**f, **constants(node)} for f in found]
        if node.properties.get("gate"):
            found = [f for f in found if not self._refused(node, {**names, **f})]
        return found

    def _begun(
        self, node: Node, names: Mapping[str, Any], domains: Mapping[str, Domain]
    ) -> list[Writes]:
        own = declared(node)
        if node.kind == "businessRuleTask" and node.decision and node.decision in self.decisions:
            judged = self.judge(node, node.decision, names)
            if judged is not None:
                return [f for f in judged if _fits(f, own)] or judged
        open_ = {n: d for n, d in own.items() if n not in node.family("out")}
        finite = {n: d for n, d in open_.items() if d is not None and n in domains}
        unknown = {n: UNKNOWN for n in open_ if n not in finite}
        if prod(len(values) for values in finite.values()) > MOST_RESULTS:
            raise TooLarge(
                f"「{node.label}」的输出变量有 {MOST_RESULTS} 种以上的组合，请分成几步办理。"
            )
        return [
            {**unknown, **dict(zip(finite, values, strict=True))}
            for values in product(*finite.values())
        ]

    def judge(self, node: Node, decision_id: str, names: Mapping[str, Any]) -> list[Writes] | None:
        """What a decision at a node can set; None: anything."""
        model = self.decisions[decision_id]
        found = results(model, decision_id, self.inputs(node, decision_id, names), self.clock)
        if found is None:
            return None
        decision, own = model.decisions[decision_id], declared(node)
        whole = node.properties.get("result")
        kept = {*own, whole}
        every = [spread(whole, decision, result) for result in found]
        return [{n: v for n, v in one.items() if n in kept} for one in every]

    def inputs(self, node: Node, decision_id: str, names: Mapping[str, Any]) -> Writes:
        """The inputs of a decision at a node: `in.*`, or the variable of the input's name."""
        bound = node.family("in")
        return {
            name: value_of(bound[name], names, self.clock)
            if name in bound
            else names.get(name, UNKNOWN)
            for name in self.decisions[decision_id].decisions[decision_id].input_names
        }

    def _out(
        self, node: Node, name: str, text: str, names: Mapping[str, Any], found: Writes,
        domains: Mapping[str, Domain],
    ) -> Iterable[Writes]:  # fmt: skip
        value = value_of(text, names, self.clock)
        own = declared(node).get(name)
        if value is UNKNOWN and own is not None and name in domains:
            return [{**found, name: v} for v in own]
        return [{**found, name: value}]

    def _refused(self, node: Node, names: Mapping[str, Any]) -> bool:
        """Whether the node's gate refuses for sure."""
        decision_id = node.properties["gate"]
        if decision_id not in self.decisions:
            return False
        table = table_of(self.decisions[decision_id].decisions[decision_id])
        if table is None:
            return False
        return bool(fired(table, self.inputs(node, decision_id, names), self.clock).surely)


def _fits(found: Writes, own: Mapping[str, Domain | None]) -> bool:
    """Whether values are among those that the node declares."""
    return all(v in (own.get(n) or (v,)) for n, v in found.items())


def anything(called: Diagram | None, diagrams: Mapping[str, Diagram]) -> frozenset[str]:
    """Every variable that a diagram, or one that it calls, may set."""
    found: set[str] = set()
    seen: set[str] = set()
    pending = [called]
    while pending:
        diagram = pending.pop()
        if diagram is None or diagram.id in seen:
            continue
        seen.add(diagram.id)
        for node in diagram.scope.all_nodes():
            found |= set(writes(node))
            pending.append(diagrams.get(node.called or ""))
    return frozenset(found)
