"""A bundle as the proof sees it: diagrams, decisions, vocabulary, invariants, and who calls whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.dmn import DecisionModel
from service.feel.host import host_functions
from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.diagram import Diagram, Flow, Node
from service.proof.diagram_reader import read_diagrams
from service.proof.effects import Effects
from service.proof.partial import Clock
from service.proof.promised_data import forms_of
from service.proof.promises import Promises, read_promises
from service.proof.rules import read_decisions
from service.proof.statement import (
    Accepted,
    Act,
    Invariant,
    read_accepted,
    read_acts,
    read_invariants,
)
from service.proof.variables import fields_of
from service.regulation.calendar import Calendar
from service.regulation.clauses import parse_register
from service.regulation.settings import parse_settings


@dataclass(frozen=True)
class Rulebook:
    """Everything that is proved, read once.

    What a diagram does is proved whatever the `settings` are; their defaults are samples for tables only.
    `tables` are digests of the files of the decisions, `calendar` is that of the calendar.
    """

    diagrams: Mapping[str, Diagram]
    decisions: Mapping[str, DecisionModel]
    effects: Effects
    acts: Mapping[str, Act]
    invariants: tuple[Invariant, ...]
    accepted: tuple[Accepted, ...]
    clauses: frozenset[str]
    settings: Mapping[str, Any]
    tables: Mapping[str, str]
    calendar: str
    promises: Promises
    forms: Mapping[str, Any]

    @cached_property
    def input_names(self) -> dict[str, tuple[str, ...]]:
        """Decision id → names of its inputs."""
        return {name: m.decisions[name].input_names for name, m in self.decisions.items()}

    @cached_property
    def called(self) -> frozenset[str]:
        """Diagrams that another one calls."""
        return frozenset(n.called for n in self.nodes() if n.called)

    @cached_property
    def main_roots(self) -> tuple[str, ...]:
        """Diagrams that begin a project by themselves: nobody calls them, no message starts them."""
        return tuple(
            d.id
            for d in self.diagrams.values()
            if d.id not in self.called
            and d.start is not None
            and d.start.event is None
            and d.start.properties.get("project") != "none"
        )

    def nodes(self) -> Iterator[Node]:
        """All nodes of all diagrams."""
        for diagram in self.diagrams.values():
            yield from diagram.scope.all_nodes()

    def acting(self, act: str) -> list[Node]:
        """The nodes that carry an act."""
        return [node for node in self.nodes() if node.act == act]

    def below(self, names: tuple[str, ...]) -> frozenset[str]:
        """Diagrams and all that they call, directly or not."""
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in found or name not in self.diagrams:
                continue
            found.add(name)
            pending += [n.called for n in self.diagrams[name].scope.all_nodes() if n.called]
        return frozenset(found)

    def flows(self, names: frozenset[str]) -> list[Flow]:
        """Sequence flows of these diagrams."""
        return [f for name in sorted(names) for f in self.diagrams[name].scope.all_flows()]


def read_rulebook(bundle: Bundle) -> Rulebook:
    """Read a bundle for the proof. Raises BadInput for a file that cannot be read."""
    diagrams = read_diagrams(bundle)
    if not diagrams:
        raise BadInput("这里没有流程图，请给出含 processes/ 的文件夹。")
    settings = bundle.files.get("processes/settings.yaml")
    calendar = bundle.files.get("processes/calendar.yaml")
    clauses = bundle.files.get("processes/clauses.yaml")
    functions = host_functions(Calendar.from_yaml(calendar) if calendar else Calendar())
    known = parse_settings(settings).settings if settings else {}
    decisions = read_decisions(bundle)
    digests = {path: _digest(source) for path, source in bundle.of_kind(".dmn").items()}
    return Rulebook(
        diagrams,
        decisions,
        Effects(decisions, fields_of(bundle), {}, Clock(functions)),
        read_acts(bundle),
        tuple(read_invariants(bundle)),
        tuple(read_accepted(bundle)),
        frozenset(parse_register(clauses).clauses) if clauses else frozenset(),
        {name: setting.value for name, setting in known.items()},
        {name: digests[model.path] for name, model in decisions.items()},
        _digest(calendar or b""),
        read_promises(bundle),
        forms_of(bundle),
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
