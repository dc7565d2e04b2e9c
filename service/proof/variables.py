"""Variables of the diagrams: what each node may set them to, who reads them, which ones are tracked.

Tracked is a variable with finitely many values that some condition, table or statement depends on. All
others are unknown: whatever depends on them may go either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.diagram import Flow, Node
from service.proof.partial import names_read

TYPES = {"number", "string", "boolean", "date", "dateTime", "list", "context"}
FACT = "project_"
MOST = 64  # combinations of a table's inputs that are told apart; beyond it they are unknown
Domain = tuple[Any, ...]


def declared(node: Node) -> dict[str, Domain | None]:
    """What `outputs` declares: variable → its values, None when they are not finitely many."""
    return declared_in(node.properties.get("outputs", ""))


def declared_in(outputs: str) -> dict[str, Domain | None]:
    """The same of the text alone."""
    found: dict[str, Domain | None] = {}
    for part in filter(None, (p.strip() for p in outputs.split(";"))):
        name, _, text = part.partition(":")
        values = tuple(v.strip() for v in text.split("|"))
        if values == ("boolean",):
            found[name.strip()] = (True, False)
        else:
            found[name.strip()] = None if values[0] in TYPES and len(values) == 1 else values
    return found


def constants(node: Node) -> dict[str, str]:
    """What `sets` sets."""
    return constants_in(node.properties.get("sets", ""))


def constants_in(sets: str) -> dict[str, str]:
    """The same of the text alone."""
    parts = filter(None, (p.strip() for p in sets.split(";")))
    return {n.strip(): v.strip() for n, _, v in (p.partition(":") for p in parts)}


def writes(node: Node) -> dict[str, Domain | None]:
    """Every variable that a node may set, with its values (None: not finitely many)."""
    found = declared(node)
    for name in node.family("out"):
        found.setdefault(name, None)
    if "result" in node.properties:
        found.setdefault(node.properties["result"], None)
    return found | {n: (v,) for n, v in constants(node).items()}


def fields_of(bundle: Bundle) -> dict[str, frozenset[str]]:
    """Form id → keys of its fields; on a user task they hide variables of the same name."""
    found = {}
    for path, source in bundle.of_kind(".form").items():
        try:
            form = json.loads(source)
            found[str(form.get("id"))] = frozenset(_keys(form))
        except (ValueError, AttributeError) as wrong:
            raise BadInput(f"{path}：不是合格的表单，请检查文件。") from wrong
    return found


def _keys(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("key"), str):
            yield part["key"]
        for value in part.values():
            yield from _keys(value)
    elif isinstance(part, list):
        for value in part:
            yield from _keys(value)


def is_fact(name: str) -> bool:
    """Whether all instances of a project share the variable."""
    return name.startswith(FACT)


def inputs_read(node: Node, input_names: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Variables that the decision of a node (its own or its gate) takes its inputs from."""
    decision = node.decision or node.properties.get("gate")
    bound = node.family("in")
    found: set[str] = set()
    for name in input_names.get(decision or "", ()):
        found |= names_read(bound[name]) if name in bound else {name}
    return found


def expressions_read(node: Node, wanted: Iterable[str]) -> set[str]:
    """Variables that `out.*` of these names read."""
    found: set[str] = set()
    for name, text in node.family("out").items():
        if name in wanted:
            found |= names_read(text)
    return found


@dataclass(frozen=True)
class Tracking:
    """The tracked variables with their values, and by node what its step reads of them."""

    domains: Mapping[str, Domain]
    reads: Mapping[int, frozenset[str]]


def track(
    nodes: Iterable[Node],
    flows: Iterable[Flow],
    input_names: Mapping[str, tuple[str, ...]],
    also: Iterable[str],
    outside: Iterable[Node] = (),
) -> Tracking:
    """Choose what is tracked: what conditions read and `also`, and what their values come from.

    `outside` are nodes that are not played but may write the project's facts: a fact that one of them
    writes is unknown.
    """
    nodes = list(nodes)
    foreign = {n for node in outside for n in writes(node) if is_fact(n)}
    domains = {n: d for n, d in _finite(nodes).items() if n not in foreign}
    wanted = set(also)
    for flow in flows:
        wanted |= names_read(flow.condition) if flow.condition else set()
    reads: dict[int, set[str]] = {id(n): set() for n in nodes}
    size = -1
    while size != (size := len(wanted) + sum(map(len, reads.values()))):
        for node in nodes:
            _follow(node, wanted, domains, reads[id(node)], input_names)
            wanted |= reads[id(node)]
    return Tracking(
        {n: d for n, d in sorted(domains.items()) if n in wanted},
        {key: frozenset(r & set(domains)) for key, r in reads.items()},
    )


def _follow(
    node: Node,
    wanted: set[str],
    domains: Mapping[str, Domain],
    reads: set[str],
    input_names: Mapping[str, tuple[str, ...]],
) -> None:
    """Add what the wanted variables that a node writes depend on."""
    mine = {n for n in writes(node) if n in wanted and n in domains}
    if not mine and "gate" not in node.properties:
        return
    reads |= expressions_read(node, mine) & set(domains)
    inputs = inputs_read(node, input_names) & set(domains)
    if prod(len(domains[n]) for n in inputs) <= MOST:
        reads |= inputs


def _finite(nodes: Iterable[Node]) -> dict[str, Domain]:
    """Variables all of whose writers declare finitely many values."""
    found: dict[str, dict[Any, None]] = {}
    endless: set[str] = set()
    for node in nodes:
        for name, values in writes(node).items():
            if values is None:
                endless.add(name)
            else:
                found.setdefault(name, {}).update(dict.fromkeys(values))
    return {n: tuple(d) for n, d in found.items() if n not in endless}
