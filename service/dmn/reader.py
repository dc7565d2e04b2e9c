"""Read a DMN file (1.1 to 1.5) into a DecisionModel; every cell is compiled here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from lxml import etree

from service.dmn.boxed import (
    BoxedContext,
    BoxedList,
    Conditional,
    FunctionDefinition,
    Invocation,
    Iteration,
    Literal,
)
from service.dmn.errors import DmnError
from service.dmn.model import Decision, DecisionModel, Logic
from service.dmn.table import Input, Output, Rule, Table
from service.feel import Expression, FeelSyntaxError, UnaryTests, parse, parse_unary_tests
from service.feel.host import HOST_NAMES
from service.feel.tokens import normal_name
from service.model.errors import TooLarge

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
}
MAX_BYTES = 2_000_000


def parse_dmn(source: bytes, path: str) -> DecisionModel:
    """The model of a file. Raises DmnError with file, line, decision, rule and column; TooLarge."""
    if len(source) > MAX_BYTES:
        raise TooLarge(f"{path}：文件超过 2 MB。")
    if b"<!DOCTYPE" in source[:4096] or b"<!ENTITY" in source:
        raise DmnError("不接受 DOCTYPE 或实体声明，请删去", path=path)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as wrong:
        raise DmnError(
            f"不是合格的 XML（{wrong.msg}）", path=path, line=wrong.lineno or 1
        ) from wrong
    if etree.QName(root).namespace not in NAMESPACES:
        raise DmnError("不是 DMN 1.1–1.5 的文件", path=path, line=1)
    return _Reader(root, path).model()


def _local(node: Any) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def _child(node: Any, name: str) -> Any | None:
    return next((c for c in node if _local(c) == name), None)


def _all(node: Any, name: str) -> list[Any]:
    return [c for c in node if _local(c) == name]


def _required(node: Any, name: str) -> Any:
    found = _child(node, name)
    if found is None:
        raise DmnError(f"{_local(node)} 缺少 {name}", line=node.sourceline)
    return found


def _text(node: Any | None) -> str:
    inner = None if node is None else _child(node, "text")
    return "" if inner is None else "".join(inner.itertext()).strip()


class _Reader:
    """Holds the file while it is read: ids of elements, names in scope, the decision at hand."""

    def __init__(self, root: Any, path: str) -> None:
        self.root = root
        self.path = path
        self.by_id = {n.get("id"): n for n in root.iter() if isinstance(n.tag, str) and n.get("id")}
        self.names = {
            n.get("name")
            for n in root.iter()
            if isinstance(n.tag, str) and n.get("name") and _local(n) not in ("definitions",)
        } | set(HOST_NAMES)
        self.decision = ""

    def model(self) -> DecisionModel:
        decisions = {d.id: d for d in map(self._decision, _all(self.root, "decision"))}
        models: dict[str, Logic] = {
            normal_name(n.get("name")): self._function(
                _child(n, "encapsulatedLogic"), n.get("name")
            )
            for n in _all(self.root, "businessKnowledgeModel")
        }
        return DecisionModel(self.path, self.root.get("name") or "", decisions, models)

    def _wrong(self, problem: str, node: Any, rule: str = "", column: str = "") -> DmnError:
        return DmnError(
            problem,
            path=self.path,
            line=node.sourceline,
            decision=self.decision,
            rule=rule,
            column=column,
        )

    def _decision(self, node: Any) -> Decision:
        self.decision = node.get("id") or node.get("name")
        logic_node = next((c for c in node if _local(c) in self._builders), None)
        if logic_node is None:
            raise self._wrong("没有决策逻辑（决策表或表达式）", node)
        logic = self._logic(logic_node)
        requires = self._requires(node)
        given = set(requires) | {
            normal_name(m.get("name")) for m in _all(self.root, "businessKnowledgeModel")
        }
        inputs = tuple(sorted(logic.free_names - given - set(HOST_NAMES)))
        table = logic if isinstance(logic, Table) else None
        outputs = (
            tuple(o.name for o in table.outputs)
            if table
            else (normal_name(node.get("name") or ""),)
        )
        if table and len(outputs) == 1 and not outputs[0]:
            outputs = (normal_name(node.get("name") or ""),)
        return Decision(
            self.decision, node.get("name") or "", logic, requires, inputs, outputs,
            table.hit_policy if table else None, node.sourceline,
        )  # fmt: skip

    def _requires(self, node: Any) -> dict[str, str]:
        found = {}
        for requirement in _all(node, "informationRequirement"):
            target = _child(requirement, "requiredDecision")
            if target is not None:
                wanted = self.by_id.get((target.get("href") or "").rpartition("#")[2])
                if wanted is None:
                    raise self._wrong(f"找不到所依赖的决策 {target.get('href')}", requirement)
                found[normal_name(wanted.get("name"))] = wanted.get("id")
        return found

    def _logic(self, node: Any) -> Logic:
        return self._builders[_local(node)](self, node)

    def _inner(self, node: Any) -> Logic:
        for child in node:
            if _local(child) in self._builders:
                return self._logic(child)
        raise self._wrong("缺少表达式", node)

    def _feel(self, text: str, node: Any, rule: str = "", column: str = "") -> Expression:
        try:
            return parse(text, names=self.names)
        except FeelSyntaxError as wrong:
            raise self._wrong(f"{wrong.message}（{text}）", node, rule, column) from wrong

    def _tests(self, text: str, node: Any, rule: str = "", column: str = "") -> UnaryTests:
        try:
            return parse_unary_tests(text or "-", names=self.names)
        except FeelSyntaxError as wrong:
            raise self._wrong(f"{wrong.message}（{text}）", node, rule, column) from wrong

    def _literal(self, node: Any) -> Logic:
        return Literal(self._feel(_text(node) or "null", node))

    def _context(self, node: Any) -> Logic:
        entries: list[tuple[str | None, Logic]] = []
        for entry in _all(node, "contextEntry"):
            variable = _child(entry, "variable")
            name = None if variable is None else normal_name(variable.get("name"))
            entries.append((name, self._inner(entry)))
        return BoxedContext(tuple(entries))

    def _list(self, node: Any) -> Logic:
        return BoxedList(tuple(self._logic(c) for c in node if _local(c) in self._builders))

    def _relation(self, node: Any) -> Logic:
        columns = [normal_name(c.get("name")) for c in _all(node, "column")]
        rows = []
        for row in _all(node, "row"):
            cells = [self._logic(c) for c in row if _local(c) in self._builders]
            rows.append(BoxedContext(tuple(zip(columns, cells, strict=True))))
        return BoxedList(tuple(rows))

    def _function(self, node: Any | None, name: str = "function") -> Logic:
        if node is None:
            raise DmnError(f"业务知识模型 {name} 没有内容", path=self.path)
        if node.get("kind") not in (None, "FEEL"):
            raise self._wrong("不支持外部函数", node)
        names = tuple(normal_name(p.get("name")) for p in _all(node, "formalParameter"))
        return FunctionDefinition(names, self._inner(node), name)

    def _invocation(self, node: Any) -> Logic:
        bindings = []
        for binding in _all(node, "binding"):
            parameter = _child(binding, "parameter")
            assert parameter is not None
            bindings.append((normal_name(parameter.get("name")), self._inner(binding)))
        return Invocation(self._inner(node), tuple(bindings))

    def _conditional(self, node: Any) -> Logic:
        parts = [self._inner(_required(node, name)) for name in ("if", "then", "else")]
        return Conditional(*parts)

    def _iteration(self, node: Any) -> Logic:
        kind = _local(node)
        body = {"for": "return", "filter": "match"}.get(kind, "satisfies")
        variable = normal_name(node.get("iteratorVariable") or "item")
        if variable not in self.names:
            self.names.add(variable)
        return Iteration(
            kind, variable, self._inner(_required(node, "in")), self._inner(_required(node, body))
        )

    def _table(self, node: Any) -> Logic:
        inputs = tuple(self._input(n) for n in _all(node, "input"))
        outputs = tuple(self._output(n) for n in _all(node, "output"))
        labels = [a.get("name") or "" for a in _all(node, "annotation")]
        columns = [i.label for i in inputs]
        rules = tuple(
            self._rule(n, i, labels, columns, [o.name for o in outputs])
            for i, n in enumerate(_all(node, "rule"), 1)
        )
        return Table(
            self.path,
            self.decision,
            node.get("hitPolicy") or "UNIQUE",
            node.get("aggregation"),
            inputs,
            outputs,
            rules,
        )

    def _input(self, node: Any) -> Input:
        expression = _child(node, "inputExpression")
        text = _text(expression)
        allowed = _text(_child(node, "inputValues"))
        return Input(
            node.get("label") or text,
            self._feel(text, node, column=node.get("label") or text),
            self._tests(allowed, node) if allowed else None,
        )

    def _output(self, node: Any) -> Output:
        values = _child(node, "outputValues")
        default = _text(_child(node, "defaultOutputEntry"))
        listed = self._listed(_text(values), node) if values is not None else ()
        name = node.get("name") or ""
        return Output(normal_name(name), listed, self._feel(default, node) if default else None)

    def _listed(self, text: str, node: Any) -> tuple[Expression, ...]:
        return tuple(self._feel(part, node) for part in _split(text) if part)

    def _rule(
        self, node: Any, number: int, labels: list[str], columns: list[str], outputs: list[str]
    ) -> Rule:
        rule_id = node.get("id") or str(number)
        tests = tuple(
            self._tests(_text(n), n, rule_id, column)
            for n, column in zip(_all(node, "inputEntry"), columns, strict=True)
        )
        cells = tuple(
            self._feel(_text(n) or "null", n, rule_id, column)
            for n, column in zip(_all(node, "outputEntry"), outputs, strict=True)
        )
        notes = [_text(n) for n in _all(node, "annotationEntry")]
        return Rule(rule_id, tests, cells, dict(zip(labels, notes, strict=False)), node.sourceline)

    _builders: ClassVar[dict[str, Callable[[_Reader, Any], Logic]]] = {
        "literalExpression": _literal,
        "context": _context,
        "list": _list,
        "relation": _relation,
        "functionDefinition": _function,
        "invocation": _invocation,
        "decisionTable": _table,
        "conditional": _conditional,
        "for": _iteration,
        "some": _iteration,
        "every": _iteration,
        "filter": _iteration,
    }


def _split(text: str) -> Iterable[str]:
    """The items of a comma-separated list of literals; commas inside quotes or brackets stay."""
    part, depth, quoted = "", 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not quoted and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += letter
    yield part.strip()
