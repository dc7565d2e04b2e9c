"""One part of the proof: the state space of some roots with the statements about them. Its result is plain data, so
that it can be kept and need not be found again while nothing changes that it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from service.model.errors import TooLarge
from service.proof.compose import space
from service.proof.finding import Finding, violation
from service.proof.graph import Graph
from service.proof.inputs import inputs_of
from service.proof.limit import NEAR, WHOLE, Limit
from service.proof.monitor import broken, monitor, suspects
from service.proof.rulebook import Rulebook
from service.proof.sound import (
    WORDS,
    Reach,
    Unsound,
    cannot_finish,
    reach_of,
    unsound,
)
from service.proof.statement import Invariant, Statement
from service.proof.trace import places, tell

Bound = tuple[Invariant, Statement]
TOO_MANY = "too-many-states"


@dataclass(frozen=True)
class Part:
    """What is explored together. `called`: a diagram by itself whose callers catch the errors that it lets out."""

    roots: tuple[str, ...]
    bound: tuple[Bound, ...]
    called: bool

    @property
    def alone(self) -> bool:
        """Whether it is one root or siblings of one, so that what no such part reaches is a fault."""
        return len(set(self.roots)) == 1 and not self.called

    def key(self, book: Rulebook) -> str:
        """The digest of all that its result depends on."""
        kind = "called" if self.called else "root"
        return f"{kind}-{inputs_of(book, self.roots, self.bound)}"


@dataclass(frozen=True)
class Result:
    """What came out: the size of the space, findings, and what was reached (for one root and its siblings); not
    `whole` when only a part of the space was looked at, which proves nothing.
    """

    states: int
    edges: int
    findings: tuple[Finding, ...]
    reach: Reach | None
    whole: bool = True

    def as_dict(self) -> dict[str, Any]:
        """As JSON can say it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Result:
        """The same again."""
        reach = data["reach"]
        return cls(
            data["states"],
            data["edges"],
            tuple(_finding(f) for f in data["findings"]),
            None if reach is None else Reach.from_dict(reach),
            data["whole"],
        )


def _finding(data: dict[str, Any]) -> Finding:
    clauses, way, steps = (tuple(data[name]) for name in ("clauses", "way", "steps"))
    said = data["rule"], data["place"], data["text"]
    return Finding(*said, clauses, way, steps, statement=data["statement"])


def carry_out(book: Rulebook, part: Part, limit: Limit = WHOLE) -> Result:
    """Explore within `limit`, and look at what was found. Of a space that is larger only what some run breaks is told,
    with its way: what else could be said needs all of it.
    """
    try:
        graph = space(book, part.roots, [s for _, s in part.bound], limit)
    except TooLarge as large:
        return Result(0, 0, (_too_many(part, large.message),), None, whole=False)
    findings = list(_violations(book, graph, part.bound))
    single = len(part.roots) == 1
    faults = unsound(graph, called=part.called) if single else cannot_finish(graph)
    findings += told(faults)
    if not graph.whole and limit is not NEAR and not graph.faults:
        findings.append(
            _too_many(part, f"状态超过 {len(graph.states)} 个，看不完，请拆小并行的部分。")
        )
    return Result(
        len(graph.states),
        sum(map(len, graph.edges)),
        tuple(dict.fromkeys(findings)),
        reach_of(graph) if part.alone and graph.whole else None,
        graph.whole,
    )


def _too_many(part: Part, text: str) -> Finding:
    return Finding(TOO_MANY, " + ".join(part.roots), f"流程 {'、'.join(part.roots)}：{text}")


def _violations(book: Rulebook, graph: Graph, bound: tuple[Bound, ...]) -> Iterator[Finding]:
    watches = [monitor(graph, s, book.acts, book.effects.clock) for _, s in bound]
    suspected = suspects(graph, watches)
    for number, ((invariant, statement), watch) in enumerate(zip(bound, watches, strict=True)):
        if watch.vacuous:
            if graph.whole:
                yield violation(invariant, "它所说的事已经不会发生", statement=statement.text)
            continue
        way = broken(graph, watch) if number in suspected else None
        if way is not None:
            about = f"照下面 {len(way)} 步走就违反"
            yield violation(invariant, about, tell(way), places(way), statement.text)


def told(found: Iterable[Unsound]) -> Iterator[Finding]:
    """Faults of the token game as findings."""
    for one in found:
        about = f"（{one.about}）" if one.about else ""
        text = f"「{one.node.label}」：{WORDS[one.rule]}{about}。"
        clauses = tuple(one.node.properties.get("article", "").split())
        place = f"{one.node.diagram}/{one.node.id}"
        yield Finding(one.rule, place, text, clauses, one.way, one.steps)
