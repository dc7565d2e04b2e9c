"""Are the acts of the statements still where the regulation puts them? Checked before any playing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.proof.diagram import Node
from service.proof.rulebook import Rulebook
from service.proof.statement import Act, Statement
from service.proof.variables import declared, writes

COMPARED = re.compile(r'(\w+) !?= ("[^"]*"|true|false)')
Loose = tuple[str, str, Node | None]  # rule, Chinese sentence, the node


def loose(book: Rulebook, statements: Sequence[Statement]) -> Iterator[Loose]:
    """What binds wrongly: acts without carrier, in a strange lane, with another table or outcome."""
    carried: dict[str, list[Node]] = {}
    for node in book.nodes():
        if node.act:
            carried.setdefault(node.act, []).append(node)
    yield from _known(book, statements, set(carried))
    asked = {t.subject for s in statements for t in s.terms if t.kind in ("yes", "no", "is")}
    for name, nodes in sorted(carried.items()):
        act = book.acts.get(name)
        for node in nodes:
            if act is None:
                yield "unknown-act", f"「{node.label}」的行为 {name} 不在 acts.yaml 里。", node
                continue
            yield from _by(act, node)
            yield from _table(act, node)
            if name in asked:
                yield from _outcome(act, node)
    yield from _values(book, statements)
    yield from _clauses(book)


def _known(book: Rulebook, statements: Sequence[Statement], carried: set[str]) -> Iterator[Loose]:
    """Words of statements that nothing stands for, and acts of the vocabulary that nobody performs."""
    terms = [t for s in statements for t in s.terms]
    for name in sorted({t.subject for t in terms if t.kind != "end"} - set(book.acts)):
        yield "unknown-act", f"不变式提到的行为 {name} 不在 acts.yaml 里，请登记或改名。", None
    for name in sorted(set(book.acts) - carried if book.invariants else ()):
        clause = book.acts[name].clause
        yield "no-carrier", f"没有元素承担行为 {name}（{clause}），该条款失去了落实的环节。", None
    for name in sorted({t.subject for t in terms if t.kind == "end"} - set(book.diagrams)):
        yield "unknown-process", f"不变式提到的流程 {name} 不存在。", None


def _values(book: Rulebook, statements: Sequence[Statement]) -> Iterator[Loose]:
    """Values of which a statement speaks and that no element declares."""
    known: dict[str, set[str]] = {}
    for node in book.nodes():
        for name, domain in writes(node).items():
            known.setdefault(name, set()).update(_feel(value) for value in domain or ())
    for statement in statements:
        said = [(name, value) for name, value in COMPARED.findall(statement.guard or "")]
        for term in statement.terms:
            act = book.acts.get(term.subject)
            if term.kind == "is" and act and act.var:
                said.append((act.var, _feel(term.value)))
        for name, value in said:
            if value not in known.get(name, set()):
                yield "unknown-value", f"没有元素把 {name} 设为 {value}（{statement.text}）。", None


def _clauses(book: Rulebook) -> Iterator[Loose]:
    """Articles that invariants and acts cite and that the register does not have."""
    cited = [(i.id, clause) for i in book.invariants for clause in i.clauses]
    cited += [(a.name, a.clause) for a in book.acts.values()]
    for name, clause in cited:
        if book.clauses and clause not in book.clauses:
            yield "unknown-clause", f"{name} 引用的条款 {clause} 不存在，请改正。", None


def _feel(value: object) -> str:
    """A value as FEEL writes it."""
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _by(act: Act, node: Node) -> Iterator[Loose]:
    if node.lane not in act.by:
        wanted = "、".join(act.by)
        yield (
            "wrong-lane",
            f"「{node.label}」在泳道 {node.lane} 里，按 {act.clause} 应由 {wanted} 办理。",
            node,
        )


def _table(act: Act, node: Node) -> Iterator[Loose]:
    if act.table is None:
        return
    if node.decision != act.table:
        yield "wrong-table", f"「{node.label}」应按决策表 {act.table} 判定（{act.clause}）。", node
    bound = node.family("in")
    for name, value in act.fixed:
        if bound.get(name) != f'"{value}"':
            yield (
                "wrong-input",
                f"「{node.label}」判定时 {name} 应固定为 {value}（{act.clause}）。",
                node,
            )


def _outcome(act: Act, node: Node) -> Iterator[Loose]:
    if act.var is None:
        yield "no-outcome", f"行为 {act.name} 没有登记结果变量，不变式却问它的结果。", node
        return
    values = declared(node).get(act.var)
    if values is None:
        yield "no-outcome", f"「{node.label}」没有声明结果变量 {act.var}。", node
    elif not set(values) - set(act.good):
        yield "no-refusal", f"「{node.label}」的 {act.var} 只有肯定的结果，不能作否定的判定。", node
    elif not set(values) & set(act.good):
        yield "no-approval", f"「{node.label}」的 {act.var} 没有 acts.yaml 登记的肯定结果。", node
