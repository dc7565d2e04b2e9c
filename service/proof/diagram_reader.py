"""Reading diagrams for the proof.

The engine reads the same files with code of its own; two readings that agree are worth more than one.
Only the hardening of the XML parser is shared.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lxml import etree

from service.model.bundle import Bundle
from service.model.errors import BadInput, TooLarge
from service.model.xml import read_xml
from service.proof.diagram import EVENTS, NODES, SCOPES, Diagram, Flow, Node, Scope

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
MOST = 400  # elements of a process, as the checks of a drawing have it


def tag(name: str) -> str:
    """A BPMN tag in Clark notation."""
    return f"{{{BPMN}}}{name}"


TIMES = tuple(tag(name) for name in ("timeDate", "timeDuration", "timeCycle"))


def read_diagrams(bundle: Bundle) -> dict[str, Diagram]:
    """The diagrams of a bundle by process id. Raises BadInput or TooLarge."""
    found = (read_diagram(source, path) for path, source in bundle.of_kind(".bpmn").items())
    return {diagram.id: diagram for diagram in found}


@lru_cache(maxsize=200)
def read_diagram(source: bytes, path: str) -> Diagram:
    """The executable process of a file, read once while its bytes are the same. Raises BadInput or TooLarge."""
    root = read_xml(source, path)
    names = {
        e.get("id"): e.get("errorCode") if e.tag == tag("error") else e.get("name")
        for e in root
        if e.tag in (tag("message"), tag("signal"), tag("error"), tag("escalation"))
    }
    process = next(
        (p for p in root.findall(tag("process")) if p.get("isExecutable") == "true"), None
    )
    if process is None:
        raise BadInput(f"{path}：没有可执行的流程，请检查文件。")
    lanes = {
        (ref.text or "").strip(): lane.get("id")
        for lane in process.iter(tag("lane"))
        for ref in lane.findall(tag("flowNodeRef"))
    }
    own = process.get("id") or path
    count = sum(1 for child in process.iter() if _kind(child) in NODES)
    if count > MOST:
        raise TooLarge(f"{path}：一个流程超过 {MOST} 个元素，请拆成几个流程互相调用。")
    scope = _scope(process, own, lanes, names, None)
    return Diagram(own, process.get("name") or own, path, scope)


def _scope(
    node: Any, diagram: str, lanes: dict[str, str], names: dict[str, str], lane: str | None
) -> Scope:
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    inner: dict[str, Scope] = {}
    for child in node:
        kind = _kind(child)
        own = child.get("id")
        if not own and kind in NODES | {"sequenceFlow"}:
            raise BadInput(f"{diagram}:{child.sourceline}：{kind} 没有 id，请用编辑器重新保存。")
        if kind == "sequenceFlow":
            condition = _text(child.find(tag("conditionExpression")))
            flows[own] = Flow(
                own,
                child.get("sourceRef"),
                child.get("targetRef"),
                child.get("name") or "",
                condition,
            )
        elif kind in NODES:
            nodes[own] = _node(child, kind, diagram, lanes.get(own) or lane, names)
            if kind in SCOPES:
                inner[own] = _scope(child, diagram, lanes, names, nodes[own].lane)
    return Scope(nodes, flows, inner)


def _kind(node: Any) -> str:
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def _node(node: Any, kind: str, diagram: str, lane: str | None, names: dict[str, str]) -> Node:
    event, event_name = _event(node, names)
    loop = node.find(tag("multiInstanceLoopCharacteristics"))
    path = f"{tag('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return Node(
        id=node.get("id"),
        diagram=diagram,
        kind=kind,
        name=" ".join((node.get("name") or "").split()),
        lane=lane,
        line=node.sourceline or 0,
        event=event,
        event_name=event_name,
        attached=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity" if kind == "boundaryEvent" else "isInterrupting")
        != "false",
        called=node.get("calledElement"),
        decision=_text(node.find(f"{tag('extensionElements')}/{{{SPIFF}}}calledDecisionId")),
        default=node.get("default"),
        members=None
        if loop is None
        else _text(loop.find(tag("loopDataInputRef"))) or _text(loop.find(tag("loopCardinality"))),
        sequential=loop is not None and loop.get("isSequential") == "true",
        by_event=node.get("triggeredByEvent") == "true",
        timer=_text(next(node.iter(*TIMES), None)) if kind in EVENTS else None,
        until=None if loop is None else _text(loop.find(tag("completionCondition"))),
        properties={p.get("name") or "": p.get("value") or "" for p in node.findall(path)},
    )


def _event(node: Any, names: dict[str, str]) -> tuple[str | None, str | None]:
    if node.tag in (tag("receiveTask"), tag("sendTask")):
        return "message", names.get(node.get("messageRef") or "")
    for child in node:
        local = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if local.endswith("EventDefinition"):
            kind = local.removesuffix("EventDefinition")
            return kind, names.get(child.get(f"{kind}Ref") or "")
    return None, None


def _text(node: Any) -> str | None:
    return None if node is None else "".join(node.itertext()).strip()
