"""The whole proof of a bundle: binding, soundness, invariants; what was found and what was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.binding import loose
from service.proof.claims import check_element, check_table
from service.proof.compose import space
from service.proof.explore import Graph
from service.proof.monitor import broken, monitor
from service.proof.rulebook import Rulebook, read_rulebook
from service.proof.sound import WORDS, Coverage, Unsound, cannot_finish, dead, unsound
from service.proof.statement import Invariant, Statement, parse_statement
from service.proof.trace import places, tell


@dataclass(frozen=True)
class Finding:
    """Something that is not proved: rule, place, one Chinese sentence, articles, a shortest way there, and the
    elements (`diagram/element`) of its steps where they are known.
    """

    rule: str
    place: str
    text: str
    clauses: tuple[str, ...] = ()
    way: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Space:
    """A state space that was looked at."""

    roots: tuple[str, ...]
    states: int
    edges: int


@dataclass
class Report:
    """`accepted` are findings that the owners argue, each with its argument; `proved` ids of invariants
    without a finding, `monitored` those that only a check at run time can hold."""

    findings: list[Finding] = field(default_factory=list)
    accepted: list[tuple[Finding, str]] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    monitored: list[str] = field(default_factory=list)
    statements: int = 0


Bound = tuple[Invariant, Statement]


def prove(bundle: Bundle) -> Report:
    """Prove a bundle. Raises BadInput for files that cannot be read, TooLarge for too many states."""
    book, report = read_rulebook(bundle), Report()
    bound = [(i, s) for i in book.invariants if i.needs in ("flow", "messages") for s in _parsed(i)]
    for rule, text, node in loose(book, [s for _, s in bound]):
        place = f"{node.diagram}/{node.id}" if node else ""
        clauses = tuple(node.properties.get("article", "").split()) if node else ()
        report.findings.append(Finding(rule, place, text, clauses))
    report.findings += _claims(book)
    report.findings += _unchecked(book)
    _spaces(book, bound, report)
    for invariant in book.invariants:
        if invariant.needs == "runtime":
            report.monitored.append(invariant.id)
        elif not any(f.place == invariant.id for f in report.findings):
            report.proved.append(invariant.id)
    _accept(book, report)
    report.statements = sum(len(i.formal) for i in book.invariants if i.needs != "runtime")
    return report


def _accept(book: Rulebook, report: Report) -> None:
    """Set aside the findings that are argued; an argument without a finding is one itself."""
    argued = {(a.rule, a.place): a.why for a in book.accepted}
    report.accepted = [
        (f, argued[f.rule, f.place]) for f in report.findings if (f.rule, f.place) in argued
    ]
    report.findings = [f for f in report.findings if (f.rule, f.place) not in argued]
    for rule, place in sorted(set(argued) - {(f.rule, f.place) for f, _ in report.accepted}):
        text = f"invariants.yaml 里说明可以接受的 {rule} 已不再出现，请删去这条说明。"
        report.findings.append(Finding("stale-acceptance", place, text))


def _parsed(invariant: Invariant) -> list[Statement]:
    return [parse_statement(text) for text in invariant.formal]


def _unchecked(book: Rulebook) -> Iterator[Finding]:
    """Invariants for which no diagram is left that they could be checked on."""
    for invariant in book.invariants:
        if invariant.needs == "flow" and not tuple(_roots(book, invariant)):
            about = "没有哪个流程自己开始一个项目，不知道在哪里检查，请写 roots"
            yield _violation(invariant, about, ())


def _claims(book: Rulebook) -> Iterator[Finding]:
    """Invariants about tables, lanes and gates."""
    for invariant in book.invariants:
        if invariant.needs not in ("table", "static"):
            continue
        for text in invariant.formal:
            if text.startswith("table "):
                counter = check_table(book, text)
                found = [] if counter is None else [str(counter)]
            else:
                found = check_element(book, text)
            for about in found:
                yield _violation(invariant, about, ())


def _violation(
    invariant: Invariant, about: str, way: tuple[str, ...], steps: tuple[str, ...] = ()
) -> Finding:
    text = invariant.text.rstrip("。") + f"——现在不成立：{about}。"
    return Finding("invariant", invariant.id, text, invariant.clauses, way, steps)


def _spaces(book: Rulebook, bound: list[Bound], report: Report) -> None:
    """Explore each root with the statements about it, then each called diagram by itself."""
    jobs: dict[tuple[str, ...], list[Bound]] = {
        (n,): [] for n in book.diagrams if n not in book.called
    }
    for invariant, statement in bound:
        for roots in _roots(book, invariant):
            jobs.setdefault(roots, []).append((invariant, statement))
    seen, graphs = Coverage(set(), set()), []
    for roots, statements in jobs.items():
        graph = _space(book, roots, statements, report)
        report.findings += _violations(book, graph, statements)
        if len(roots) == 1:
            seen.add(graph)
            graphs.append(graph)
            report.findings += _unsound(unsound(graph, called=False))
        else:
            report.findings += _unsound(cannot_finish(graph))
    for graph in graphs:
        report.findings += _unsound(dead(graph, seen))
    for name in sorted(book.called & set(book.diagrams)):
        graph = _space(book, (name,), [], report)
        report.findings += _unsound(unsound(graph, called=True))
    report.findings = list(dict.fromkeys(report.findings))


def _roots(book: Rulebook, invariant: Invariant) -> Iterable[tuple[str, ...]]:
    """The compositions in which an invariant is checked."""
    for name in invariant.roots:
        if name not in book.diagrams:
            raise BadInput(f"不变式 {invariant.id} 提到的流程 {name} 不存在。")
    if invariant.needs == "messages":
        return [invariant.roots]
    return [(name,) for name in invariant.roots or book.main_roots]


def _space(
    book: Rulebook, roots: tuple[str, ...], statements: list[Bound], report: Report
) -> Graph:
    graph = space(book, roots, [s for _, s in statements])
    report.spaces.append(Space(roots, len(graph.states), sum(map(len, graph.edges))))
    return graph


def _violations(book: Rulebook, graph: Graph, statements: list[Bound]) -> Iterator[Finding]:
    for invariant, statement in statements:
        watch = monitor(graph, statement, book.acts, book.effects.clock)
        if watch.vacuous:
            yield _violation(invariant, f"它所说的事已经不会发生（{statement.text}）", ())
            continue
        way = broken(graph, watch)
        if way is not None:
            yield _violation(
                invariant,
                f"照下面 {len(way)} 步走就违反（{statement.text}）",
                tell(way),
                places(way),
            )


def _unsound(found: Iterable[Unsound]) -> Iterator[Finding]:
    for one in found:
        about = f"（{one.about}）" if one.about else ""
        text = f"「{one.node.label}」：{WORDS[one.rule]}{about}。"
        clauses = tuple(one.node.properties.get("article", "").split())
        yield Finding(one.rule, f"{one.node.diagram}/{one.node.id}", text, clauses, one.way)
