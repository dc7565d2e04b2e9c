"""What the diagrams have promised to say, as processes/promises.yaml lists it: a draft may say more, not less.

A promise is one flow node with all that it says of itself apart from its name and place. Invariants look at what
happens; much that the regulation asks for does not show there: a time limit, a reminder, who is told, what is
recorded, by whom a task may not be done. The list belongs to the regulation like the acts; `banjie prove --promise`
writes it anew when a change of it is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.alike import alike
from service.proof.diagram import GATEWAYS, Diagram, Node
from service.proof.diagram_reader import read_diagrams
from service.proof.partial import Clock
from service.proof.promised_data import Lost, forms_of, tables_of
from service.proof.promised_ways import lost_ways, ways_of
from service.proof.renamed import renamed, under_new_names
from service.proof.rules import read_decisions
from service.proof.variables import constants, constants_in, declared, declared_in

FILE = "processes/promises.yaml"
Promise = dict[str, Any]
# what a node says, in words of the panel of the modeler
WORDS = {
    "kind": "种类", "lane": "泳道", "event": "事件", "event_name": "消息或信号", "timer": "时间",
    "interrupting": "是否中断", "attached": "附着的环节", "called": "调用的流程", "decision": "决策表",
    "members": "会签成员", "sequential": "会签次序", "until": "会签何时够", "article": "依据条款", "act": "行为",
    "form": "表单", "due": "办理期限", "duty": "职责", "gate": "准入表", "documents": "材料表",
    "foresees": "预判的规则", "group": "候选组", "unit": "指定的单位", "person": "指定的人", "agent": "能否代办",
    "return": "能否退回", "clock": "计时", "publishes": "公开的表单", "outputs": "输出变量", "sets": "赋值",
    "result": "结果变量", "operator": "系统操作", "project": "与项目的关系", "starters": "可发起的组",
    "notify": "通知的组", "out": "变量", "in": "判定输入", "document": "材料表输入", "assigns": "指定单位",
    "send": "消息字段",
}  # fmt: skip
FEEL = {"timer", "until", "due", "group", "unit", "person"}
FAMILIES = {"out", "in", "document", "assigns", "send"}
LISTS = {"article", "starters", "notify"}
ELEMENTS = {
    "attached",
    "foresees",
}  # name an element: one that is called otherwise now is another name, no other rule
FREE = {"unreachable"}
SAID = ("event", "event_name", "timer", "attached", "called", "decision", "members", "until")


def promises_of(diagrams: Mapping[str, Diagram]) -> dict[str, dict[str, Promise]]:
    """What diagrams say now: process id → element id → promise."""
    return {
        diagram.id: {n.id: told for n in diagram.scope.all_nodes() if (told := _promise(n))}
        for diagram in diagrams.values()
    }


def _promise(node: Node) -> Promise:
    """Of a gateway only its clauses: its conditions stand with the ways, and one without them may go."""
    if node.kind in GATEWAYS:
        return {k: v for k, v in node.properties.items() if k == "article"}
    told: Promise = {"kind": node.kind}
    told |= {name: getattr(node, name) for name in SAID if getattr(node, name)}
    if node.lane and (node.kind in ("userTask", "startEvent") or node.event == "message"):
        told["lane"] = node.lane
    told |= {"interrupting": False} if not node.interrupting else {}
    told |= {"sequential": True} if node.sequential else {}
    return told | {k: v for k, v in node.properties.items() if k not in FREE}


def promises_text(bundle: Bundle) -> str:
    """The list of a bundle as a file. Raises BadInput, TooLarge."""
    head = "# 约定清单：每个环节写明的事项。草稿可以多写，不能少写；有意改动时用 banjie prove --promise 重写。\n"
    diagrams = read_diagrams(bundle)
    said = {
        "promises": promises_of(diagrams),
        "ways": ways_of(diagrams),
        "forms": forms_of(bundle),
        "tables": tables_of(read_decisions(bundle)),
    }
    made: str = yaml.safe_dump(said, allow_unicode=True, sort_keys=True, width=10_000)
    return head + made


@dataclass(frozen=True)
class Promises:
    """The list: by process and element, the ways of each process, by form and field, by decision."""

    elements: Mapping[str, Mapping[str, Promise]] = field(default_factory=dict)
    ways: Mapping[str, Any] = field(default_factory=dict)
    forms: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)


def read_promises(bundle: Bundle) -> Promises:
    """The list of a bundle, empty when it has none. Raises BadInput."""
    source = bundle.files.get(FILE)
    return Promises() if source is None else _read(source)


@lru_cache(maxsize=4)
def _read(source: bytes) -> Promises:
    """The list is long, and a change of a diagram leaves it as it is."""
    try:
        found = yaml.load(source, Loader=yaml.CSafeLoader) or {}
        told = found.get("promises") or {}
        return Promises(
            {d: {n: dict(p) for n, p in some.items()} for d, some in told.items()},
            {
                d: {
                    "after": {n: list(before) for n, before in some["after"].items()},
                    "when": {g: dict(w) for g, w in some["when"].items()},
                }
                for d, some in (found.get("ways") or {}).items()
            },
            {
                f: {k: dict(v) for k, v in some.items()}
                for f, some in (found.get("forms") or {}).items()
            },
            {
                d: {
                    "policy": t["policy"],
                    "rules": {r: _rule(one) for r, one in t["rules"].items()},
                }
                for d, t in (found.get("tables") or {}).items()
            },
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise BadInput(f"{FILE}：读不懂，请用 banjie prove --promise 重写。") from wrong


def _rule(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"if": dict(told["if"]), "then": list(told["then"]), "article": str(told["article"])}


def lost_promises(
    diagrams: Mapping[str, Diagram],
    promised: Promises,
    settings: Mapping[str, Any],
    clock: Clock,
) -> Iterator[Lost]:
    """What the list has and the diagrams do not say any more."""
    names = renamed(promised.elements, promises_of(diagrams))
    elements = under_new_names(promised.elements, names)
    yield from _lost_elements(diagrams, elements, settings, clock)
    yield from lost_ways(diagrams, promised.ways, names, settings, clock)


def _lost_elements(
    diagrams: Mapping[str, Diagram],
    promised: Mapping[str, Mapping[str, Promise]],
    settings: Mapping[str, Any],
    clock: Clock,
) -> Iterator[Lost]:
    for own, some in promised.items():
        diagram = diagrams.get(own)
        if diagram is None:
            yield own, f"约定清单里的流程 {own} 没有了", ()
            continue
        nodes = {n.id: n for n in diagram.scope.all_nodes()}
        new = [n for name, n in nodes.items() if name not in some]
        for name, promise in some.items():
            clauses = tuple(str(promise.get("article", "")).split())
            if name in nodes:
                for text in broken_by(nodes[name], promise, nodes, settings, clock):
                    yield f"{own}/{name}", f"「{nodes[name].label}」{text}", clauses
            elif "kind" in promise and not any(
                next(broken_by(n, promise, nodes, settings, clock), None) is None for n in new
            ):
                yield f"{own}/{name}", f"流程 {own} 里的环节 {name} 没有了", clauses


def broken_by(
    node: Node,
    promise: Promise,
    nodes: Mapping[str, Node],
    settings: Mapping[str, Any],
    clock: Clock,
) -> Iterator[str]:
    """What a node does not say of a promise, in Chinese."""
    now = {"interrupting": True, "sequential": False, **_promise(node)}
    told = {"interrupting": True, "sequential": False, **promise}
    for name, was in told.items():
        family, _, rest = name.partition(".")
        word = WORDS.get(family, family) + (f" {rest}" if rest else "")
        here = now.get(name)
        if name == "outputs":
            yield from _outputs(node, str(was))
        elif name == "sets":
            yield from _sets(node, str(was))
        elif here is None:
            yield f"不再写明{word}（{name}：{was}）"
        elif not _keeps(name, family, was, here, nodes, settings, clock):
            yield f"的{word}（{name}）由 {was} 改成了 {here}"


def _keeps(
    name: str,
    family: str,
    was: Any,
    here: Any,
    nodes: Mapping[str, Node],
    settings: Mapping[str, Any],
    clock: Clock,
) -> bool:
    if name in LISTS:
        return set(str(was).split()) <= set(str(here).split())
    if name in FEEL or family in FAMILIES:
        return alike(str(was), str(here), settings, clock)
    return bool(was == here) or (name in ELEMENTS and was not in nodes)


def _outputs(node: Node, promised: str) -> Iterator[str]:
    now = declared(node)
    for name, values in declared_in(promised).items():
        if name not in now:
            yield f"不再输出变量 {name}"
        elif values is None or now[name] is None:
            if values != now[name]:
                yield f"的输出变量 {name} 的取值变了"
        elif gone := [str(v) for v in values if v not in now[name]]:  # type: ignore[operator]
            yield f"的输出变量 {name} 不再有 {'、'.join(gone)}"


def _sets(node: Node, promised: str) -> Iterator[str]:
    now = constants(node)
    for name, value in constants_in(promised).items():
        if now.get(name) != value:
            yield f"不再把 {name} 设为 {value}"
