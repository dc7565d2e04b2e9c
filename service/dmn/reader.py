"""Read a DMN file (1.1 to 1.5) into a DecisionModel; every cell is compiled here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.dmn.boxed import Broken, FunctionDefinition, Nothing
from service.dmn.cells import Cells
from service.dmn.errors import DmnError
from service.dmn.itemtypes import read_types
from service.dmn.logic_reader import logic_of, read_function
from service.dmn.model import Decision, DecisionModel, DecisionService, Requirement
from service.dmn.table import Table
from service.dmn.xml import child, children, local, read_root, text
from service.feel import UnaryTests
from service.feel.host import HOST_NAMES
from service.feel.tokens import normal_name

MAX_IMPORTS = 10


def parse_dmn(
    source: bytes,
    path: str,
    *,
    imports: Mapping[str, bytes] | None = None,
    tolerant: bool = False,
) -> DecisionModel:
    """The model of a file. `imports` are other files by their namespace.

    A tolerant reading keeps a decision that cannot be read; it raises its problem when evaluated.
    Raises DmnError with file, line, decision, rule and column; TooLarge.
    """
    return _parse(source, path, imports or {}, tolerant, ())


def namespace_of(source: bytes, path: str) -> str:
    """The namespace of a file, by which others import it. Raises DmnError."""
    return str(read_root(source, path).get("namespace") or "")


def _parse(
    source: bytes,
    path: str,
    sources: Mapping[str, bytes],
    tolerant: bool,
    around: tuple[str, ...],
) -> DecisionModel:
    root = read_root(source, path)
    imported: dict[str, DecisionModel] = {}
    spaces: dict[str, str] = {}
    for node in children(root, "import"):
        space, name = node.get("namespace") or "", normal_name(node.get("name") or "")
        if "DMN" not in (node.get("importType") or "DMN"):
            continue
        if space in around or len(around) >= MAX_IMPORTS:
            raise DmnError("文件之间互相导入成环", path=path, line=node.sourceline)
        if space not in sources:
            raise DmnError(f"找不到导入的文件 {space}", path=path, line=node.sourceline)
        imported[name] = _parse(sources[space], path, sources, tolerant, (*around, space))
        spaces[space] = name
    return _Reader(root, path, imported, spaces, tolerant).model()


class _Reader:
    """Holds the file while it is read: its elements by id, the imports, problems met so far."""

    def __init__(
        self,
        root: Any,
        path: str,
        imports: Mapping[str, DecisionModel],
        spaces: Mapping[str, str],
        tolerant: bool,
    ) -> None:
        self.root = root
        self.imports = imports
        self.spaces = spaces
        self.tolerant = tolerant
        self.problems: list[DmnError] = []
        nodes = [n for n in root.iter() if isinstance(n.tag, str)]
        self.by_id = {n.get("id"): n for n in nodes if n.get("id")}
        names = {n.get("name") for n in nodes if n.get("name") and n is not root}
        for name, model in imports.items():
            names |= {name} | _names_of(model)
        self.cells = Cells(path, names | set(HOST_NAMES), {})
        known = {name: model.types for name, model in imports.items()}
        self.cells.types = read_types(root, known, self._constraint)

    def model(self) -> DecisionModel:
        return DecisionModel(
            self.cells.path,
            self.root.get("name") or "",
            self.root.get("namespace") or "",
            {d.id: d for d in map(self._decision, children(self.root, "decision"))},
            dict(map(self._knowledge, children(self.root, "businessKnowledgeModel"))),
            {s.name: s for s in map(self._service, children(self.root, "decisionService"))},
            self.imports,
            self._inputs(),
            {n.get("id"): normal_name(n.get("name")) for n in children(self.root, "inputData")},
            self.cells.types,
            tuple(self.problems),
        )

    def _decision(self, node: Any) -> Decision:
        self.cells.decision = node.get("id") or node.get("name")
        try:
            logic = logic_of(node, self.cells) or Nothing()
        except DmnError as wrong:
            logic = self._broken(wrong)
        requires = tuple(self._requires(node))
        inner = {r.model or r.name for r in requires if r.model or r.decision_id}
        given = inner | set(HOST_NAMES) | self._function_names()
        name = normal_name(node.get("name") or "")
        table = logic if isinstance(logic, Table) else None
        outputs = tuple(o.name or name for o in table.outputs) if table else (name,)
        return Decision(
            self.cells.decision,
            node.get("name") or "",
            logic,
            requires,
            tuple(sorted(logic.free_names - given)),
            outputs,
            table.hit_policy if table else None,
            node.sourceline,
            self.cells.type_of(child(node, "variable")),
        )

    def _constraint(self, node: Any) -> UnaryTests | None:
        try:
            return self.cells.tests(text(node), node)
        except DmnError as wrong:
            self._broken(wrong)
            return None

    def _broken(self, wrong: DmnError) -> Broken:
        if not self.tolerant:
            raise wrong
        self.problems.append(wrong)
        return Broken(wrong)

    def _function_names(self) -> set[str]:
        kinds = ("businessKnowledgeModel", "decisionService")
        return {normal_name(n.get("name")) for k in kinds for n in children(self.root, k)}

    def _requires(self, node: Any) -> list[Requirement]:
        found = []
        for requirement in children(node, "informationRequirement"):
            for target in requirement:
                if local(target) in ("requiredDecision", "requiredInput"):
                    found.append(self._requirement(target, local(target) == "requiredDecision"))
        return found

    def _requirement(self, target: Any, decision: bool) -> Requirement:
        space, _, wanted = (target.get("href") or "").rpartition("#")
        if space in self.spaces:
            name = self.spaces[space]
            model = self.imports[name]
            if not decision:
                return Requirement(name, model.input_ids.get(wanted, ""), None)
            if wanted in model.decisions:
                return Requirement(name, normal_name(model.decisions[wanted].name), wanted)
        elif wanted in self.by_id:
            found = self.by_id[wanted]
            return Requirement("", normal_name(found.get("name")), wanted if decision else None)
        raise self.cells.wrong(f"找不到所依赖的 {target.get('href')}", target)

    def _knowledge(self, node: Any) -> tuple[str, FunctionDefinition]:
        name = normal_name(node.get("name"))
        self.cells.decision = name
        logic = child(node, "encapsulatedLogic")
        try:
            if logic is None:
                raise self.cells.wrong("业务知识模型没有内容", node)
            found = read_function(logic, self.cells, name)
        except DmnError as wrong:
            found = FunctionDefinition((), self._broken(wrong), name)
        result = self.cells.type_of(child(node, "variable"))
        if result is not None and result.name == "function":
            result = result.result
        return name, FunctionDefinition(found.parameters, found.body, name, found.types, result)

    def _service(self, node: Any) -> DecisionService:
        def named(kind: str) -> list[Any]:
            ids = [n.get("href").rpartition("#")[2] for n in children(node, kind)]
            return [self.by_id[i] for i in ids if i in self.by_id]

        given = named("inputDecision")
        parameters = [normal_name(n.get("name")) for n in (*named("inputData"), *given)]
        return DecisionService(
            normal_name(node.get("name")),
            tuple(parameters),
            frozenset(n.get("id") for n in given),
            tuple(n.get("id") for n in named("outputDecision")),
        )

    def _inputs(self) -> dict[str, Any]:
        found = {}
        for node in children(self.root, "inputData"):
            wanted = self.cells.type_of(child(node, "variable"))
            if wanted is not None:
                found[normal_name(node.get("name"))] = wanted
        return found


def _names_of(model: DecisionModel) -> set[str]:
    names = set(model.imports) | set(model.models) | set(model.services) | set(model.inputs)
    names |= {d.name for d in model.decisions.values()} | set(model.input_ids.values())
    for type_ in model.types.values():
        names |= {name for name, _ in type_.inside if name}
    return {*names, *model.types, *(n for m in model.imports.values() for n in _names_of(m))}
