"""The elements of a diagram as the engine asks for them, with the properties that we give them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

# What a task is in the making of a decision; a person has one part in a project.
DUTIES = {"apply": "申请", "review": "审核", "decide": "审定"}


@dataclass(frozen=True)
class Output:
    """A variable that an element may set: its type, or the strings that it may be."""

    name: str
    type: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loop:
    """Multi-instance: the list variable, the variable of the member, the collecting variable."""

    sequential: bool
    collection: str | None
    cardinality: str | None
    member: str | None
    collects: str | None
    condition: str | None


@dataclass(frozen=True)
class Element:
    """A flow node. `properties` are the spiffworkflow:properties; `parent` its embedded sub-process."""

    id: str
    process_id: str
    type: str
    name: str
    line: int
    parent: str | None = None
    lane_id: str | None = None
    lane_name: str | None = None
    event: str | None = None
    event_name: str | None = None
    timer: str | None = None
    timer_kind: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    called: str | None = None
    decision_id: str | None = None
    default: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    loop: Loop | None = None
    documentation: str = ""
    properties: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def articles(self) -> tuple[str, ...]:
        """Clause ids that the element cites."""
        return tuple(self.properties.get("article", "").split())

    @property
    def act(self) -> str | None:
        """The act of the regulation that the element performs."""
        return self.properties.get("act")

    @property
    def duty(self) -> str | None:
        """`apply`, `review` or `decide`: those who do one of them may not do another in the same project."""
        return self.properties.get("duty")

    @property
    def form_id(self) -> str | None:
        """The form of a user task."""
        return self.properties.get("form")

    @property
    def stands(self) -> bool:
        """Whether what is done here stands: no return leaves the task, and none goes back behind it."""
        return self.properties.get("return") == "no"

    @property
    def stops_clocks(self) -> bool:
        """Whether time limits stand still while the task is open (a correction by the applicant)."""
        return self.properties.get("clock") == "stops"

    @property
    def starters(self) -> tuple[str, ...]:
        """Of a start event: the candidate groups that may start the process, its lane's unless it names some."""
        return tuple(self.properties.get("starters", self.lane_id or "").split())

    @functools.cached_property
    def outputs(self) -> dict[str, Output]:
        """Declared outputs by name."""
        return parse_outputs(self.properties.get("outputs", ""))

    def family(self, prefix: str) -> dict[str, str]:
        """Properties `prefix.NAME` as {NAME: FEEL}, in document order."""
        return {
            key[len(prefix) + 1 :]: value
            for key, value in self.properties.items()
            if key.startswith(prefix + ".")
        }


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None
    line: int


@dataclass(frozen=True)
class Process:
    """A process with its elements (those of embedded sub-processes too) and flows by id."""

    id: str
    name: str
    path: str
    documentation: str
    properties: dict[str, str]
    elements: dict[str, Element]
    flows: dict[str, Flow]
    lanes: dict[str, str]
    root: Any = field(repr=False, compare=False)

    @functools.cached_property
    def onward(self) -> dict[str, list[str]]:
        """Where a token may go from each element, or from an event on its border."""
        found: dict[str, list[str]] = {name: [] for name in self.elements}
        for element in self.elements.values():
            targets = [self.flows[f].target for f in element.outgoing if f in self.flows]
            for name in filter(None, (element.id, element.attached_to)):
                found.setdefault(name, []).extend(targets)
        return found

    @property
    def start(self) -> Element:
        """Its only start event (a process with another number of them is refused)."""
        return next(
            e for e in self.elements.values() if e.type == "startEvent" and e.parent is None
        )


TYPES = {"number", "string", "boolean", "date", "dateTime", "list", "context"}


def parse_outputs(text: str) -> dict[str, Output]:
    """`a:x|y; b:number` → outputs by name."""
    found = {}
    for part in filter(None, (p.strip() for p in text.split(";"))):
        name, _, domain = part.partition(":")
        values = tuple(v.strip() for v in domain.split("|"))
        is_type = len(values) == 1 and values[0] in TYPES
        found[name.strip()] = Output(
            name.strip(), values[0] if is_type else "string", () if is_type else values
        )
    return found


def timer_expression(timer: str) -> str:
    """The FEEL of a timer: ISO dates and durations are written without quotes in a diagram."""
    literal = timer.startswith(("P", "-P")) or timer[:1].isdigit()
    return f'@"{timer}"' if literal else timer
