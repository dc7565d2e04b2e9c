"""The whole proof of a bundle: binding, soundness, invariants; what was found and what was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.binding import loose
from service.proof.claims import check_element, check_table
from service.proof.finding import Finding, violation
from service.proof.limit import NEAR
from service.proof.part import TOO_MANY, Bound, Part, Result, carry_out
from service.proof.promised_data import lost_fields, lost_rules, tables_of
from service.proof.promises import lost_promises
from service.proof.rulebook import Rulebook, read_rulebook
from service.proof.sound import WORDS, dead
from service.proof.statement import Invariant, Statement, parse_statement
from service.proof.telling import in_order, once

BROKEN = "promise-broken"


@dataclass(frozen=True)
class Space:
    """A state space that was looked at."""

    roots: tuple[str, ...]
    states: int
    edges: int


@dataclass
class Report:
    """`accepted` are findings that the owners argue, each with its argument; `proved` ids of invariants
    without a finding, `monitored` those that only a check at run time can hold; `explored` is the number of
    spaces that were not known before, `left` are those that were not looked at, or not wholly: they are too large, or
    a diagram in them is unsound by itself."""

    findings: list[Finding] = field(default_factory=list)
    accepted: list[tuple[Finding, str]] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    monitored: list[str] = field(default_factory=list)
    statements: int = 0
    explored: int = 0
    left: list[tuple[str, ...]] = field(default_factory=list)


class Memo(Protocol):
    """Results of parts that were explored before, by the digest of what they depend on."""

    def get(self, key: str, /) -> Any:
        """The kept result as plain data, None when there is none."""

    def __setitem__(self, key: str, result: Any, /) -> None: ...


def prove(bundle: Bundle, memo: Memo | None = None) -> Report:
    """Prove a bundle; parts that `memo` knows are not explored again. Raises BadInput for files that cannot be read,
    TooLarge for those that are too large.
    """
    report = Report()
    for report in proving(bundle, memo):  # noqa: B007 (the last one is whole)
        pass
    return report


def proving(bundle: Bundle, memo: Memo | None = None) -> Iterator[Report]:
    """The same step by step, the quick parts first: the report as far as it has come, and at last the whole."""
    book, report = read_rulebook(bundle), Report()
    bound = [(i, s) for i in book.invariants if i.needs in ("flow", "messages") for s in _parsed(i)]
    for rule, text, node in loose(book, [s for _, s in bound]):
        place = f"{node.diagram}/{node.id}" if node else ""
        clauses = tuple(node.properties.get("article", "").split()) if node else ()
        report.findings.append(Finding(rule, place, text, clauses))
    report.findings += _unchecked(book)
    report.findings += _claims(book)
    report.findings += _promises(book)
    yield report
    yield from _spaces(book, bound, report, {} if memo is None else memo)
    report.findings = once(report.findings)
    for invariant in book.invariants:
        if invariant.needs == "runtime":
            report.monitored.append(invariant.id)
        elif not (_left(book, invariant, report) or _found(invariant, report)):
            report.proved.append(invariant.id)
    _accept(book, report)
    report.findings = in_order(report.findings)
    report.statements = sum(len(i.formal) for i in book.invariants if i.needs != "runtime")
    yield report


def _left(book: Rulebook, invariant: Invariant, report: Report) -> bool:
    """Whether it speaks of a space that was not looked at, or not wholly."""
    if invariant.needs not in ("flow", "messages"):
        return False
    return any(roots in report.left for roots in _roots(book, invariant))


def _found(invariant: Invariant, report: Report) -> bool:
    return any(f.place == invariant.id for f in report.findings)


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


def _promises(book: Rulebook) -> Iterator[Finding]:
    """What the list of promises has and the diagrams do not say any more."""
    told = book.promises
    lost = [
        *lost_promises(book.diagrams, told, book.settings, book.effects.clock),
        *lost_fields(told.forms, book.forms),
        *lost_rules(told.tables, tables_of(book.decisions)),
    ]
    for place, text, clauses in lost:
        yield Finding(BROKEN, place, f"{text}。", clauses)


def _unchecked(book: Rulebook) -> Iterator[Finding]:
    """Invariants for which no diagram is left that they could be checked on."""
    for invariant in book.invariants:
        if invariant.needs == "flow" and not tuple(_roots(book, invariant)):
            about = "没有哪个流程自己开始一个项目，不知道在哪里检查，请写 roots"
            yield violation(invariant, about)


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
                yield violation(invariant, about)


def _spaces(book: Rulebook, bound: list[Bound], report: Report, memo: Memo) -> Iterator[Report]:
    """Explore each root with the statements about it and each called diagram by itself."""
    reaches = []
    for part in _parts(book, bound):
        if _unsound(book, part, report):
            _glance(book, part, report)
            yield report
            continue
        key = part.key(book)
        kept = memo.get(key)
        result = carry_out(book, part) if kept is None else Result.from_dict(kept)
        if kept is None:
            memo[key] = result.as_dict()
        report.explored += kept is None
        _add(part, result, report)
        if result.reach is not None:
            reaches.append(result.reach)
        yield report
    for rule, one in dead(reaches) if not report.left else ():
        about = f"（{one.about}）" if one.about else ""
        text = f"「{one.label}」：{WORDS[rule]}{about}。"
        report.findings.append(Finding(rule, one.node, text, one.clauses, one.way, one.steps, 1))


def _add(part: Part, result: Result, report: Report) -> None:
    report.spaces.append(Space(part.roots, result.states, result.edges))
    report.findings += [replace(one, spaces=1) for one in once(result.findings)]
    if not result.whole:
        report.left.append(part.roots)


def _glance(book: Rulebook, part: Part, report: Report) -> None:
    """Look at the nearest states of a space with an unsound diagram in it; at none of a composition, or where a diagram
    is too large by itself.
    """
    large = {name for f in report.findings if f.rule == TOO_MANY for name in f.place.split(" + ")}
    if len(part.roots) > 1 or book.below(part.roots) & large:
        report.left.append(part.roots)
        return
    report.explored += 1
    _add(part, carry_out(book, part, NEAR), report)


def _unsound(book: Rulebook, part: Part, report: Report) -> bool:
    """Whether a diagram in a space was found unsound or too large by itself: the states of the space may be without
    number, and say little that is not said already.
    """
    argued = {(a.rule, a.place) for a in book.accepted}
    faults = {
        f.place.partition("/")[0]
        for f in report.findings
        if (f.rule in WORDS or f.rule == TOO_MANY) and (f.rule, f.place) not in argued
    }
    return bool(book.below(part.roots) & faults)


def _parts(book: Rulebook, bound: list[Bound]) -> list[Part]:
    """Each root, each called diagram, each composition, those with the fewest elements first."""
    jobs: dict[tuple[str, ...], list[Bound]] = {
        (n,): [] for n in book.diagrams if n not in book.called
    }
    for invariant, statement in bound:
        for roots in _roots(book, invariant):
            jobs.setdefault(roots, []).append((invariant, statement))
    parts = [Part(roots, tuple(some), called=False) for roots, some in jobs.items()]
    parts += [Part((n,), (), called=True) for n in sorted(book.called & set(book.diagrams))]
    return sorted(parts, key=lambda part: (len(part.roots), _size(book, part)))


def _size(book: Rulebook, part: Part) -> int:
    return sum(1 for name in book.below(part.roots) for _ in book.diagrams[name].scope.all_nodes())


def _roots(book: Rulebook, invariant: Invariant) -> Iterable[tuple[str, ...]]:
    """The compositions in which an invariant is checked."""
    for name in invariant.roots:
        if name not in book.diagrams:
            raise BadInput(f"不变式 {invariant.id} 提到的流程 {name} 不存在。")
    if invariant.needs == "messages":
        return [invariant.roots]
    return [(name,) for name in invariant.roots or book.main_roots]
