"""Read a BPMN file into an index of its elements and flows: what SpiffWorkflow forgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from service.engine.elements import Element, Flow, Loop, Process
from service.model.errors import BadInput
from service.model.xml import read_xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
EVENT_DEFINITIONS = {
    f"{{{BPMN}}}{kind}EventDefinition": kind
    for kind in (
        "message", "signal", "timer", "error", "escalation", "terminate",
        "conditional", "link", "compensate", "cancel",
    )
}  # fmt: skip
NOT_FLOW_NODES = {
    "sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference", "laneSet",
    "documentation", "extensionElements", "ioSpecification", "association", "textAnnotation",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "incoming", "outgoing", "group",
    "dataInputAssociation", "dataOutputAssociation", "property", "messageEventDefinition",
    "timerEventDefinition", "signalEventDefinition", "errorEventDefinition",
    "terminateEventDefinition", "auditing", "monitoring", "completionCondition",
}  # fmt: skip


def tag(name: str) -> str:
    """A BPMN tag in Clark notation."""
    return f"{{{BPMN}}}{name}"


def read_process(source: bytes, path: str) -> Process:
    """The only executable process of a file. Raises BadInput."""
    root = _definitions(source, path)
    nodes = [n for n in root.findall(tag("process")) if n.get("isExecutable") == "true"]
    if len(nodes) != 1:
        raise BadInput(f"{path}：要有且只有一个可执行的流程，现有 {len(nodes)} 个。")
    return _process(root, nodes[0], path)


def read_any(source: bytes, path: str) -> list[Process]:
    """Every process of a file, executable or not: what a check looks at in a diagram of others. Raises BadInput."""
    root = _definitions(source, path)
    return [_process(root, node, path) for node in root.findall(tag("process"))]


def _definitions(source: bytes, path: str) -> Any:
    root = read_xml(source, path)
    if root.tag != tag("definitions"):
        raise BadInput(f"{path}:{root.sourceline}：不是 BPMN 文件。")
    return root


def _process(root: Any, node: Any, path: str) -> Process:
    lanes, lane_of = _lanes(node)
    names = {
        e.get("id"): e.get("errorCode") if e.tag == tag("error") else e.get("name")
        for e in root
        if e.tag in (tag("message"), tag("signal"), tag("error"))
    }
    process_id = node.get("id") or ""
    elements = dict(_elements(node, process_id, None, lanes, lane_of, names))
    flows = {
        f.get("id") or "": Flow(
            f.get("id") or "", f.get("sourceRef") or "", f.get("targetRef") or "", f.get("name") or "",
            _text(f.find(tag("conditionExpression"))), f.sourceline,
        )
        for f in node.iter(tag("sequenceFlow"))
    }  # fmt: skip
    return Process(
        process_id, node.get("name") or process_id, path, _text(node.find(tag("documentation"))) or "",
        _properties(node), elements, flows, lanes, root,
    )  # fmt: skip


def _text(node: Any) -> str | None:
    return None if node is None else "".join(node.itertext()).strip()


def _lanes(process: Any) -> tuple[dict[str, str], dict[str, str]]:
    lanes, lane_of = {}, {}
    for lane in process.iter(tag("lane")):
        lanes[lane.get("id") or ""] = lane.get("name") or lane.get("id") or ""
        for ref in lane.findall(tag("flowNodeRef")):
            lane_of[(ref.text or "").strip()] = lane.get("id") or ""
    return lanes, lane_of


def _elements(
    node: Any,
    process_id: str,
    parent: str | None,
    lanes: dict[str, str],
    lane_of: dict[str, str],
    names: dict[str, str],
) -> Iterator[tuple[str, Element]]:
    for child in node:
        if not isinstance(child.tag, str) or not child.tag.startswith(f"{{{BPMN}}}"):
            continue
        kind = etree.QName(child).localname
        if kind in NOT_FLOW_NODES or not child.get("id"):
            continue
        own = child.get("id")
        lane = lane_of.get(own) or (lane_of.get(parent) if parent else None)
        lane_of.setdefault(own, lane or "")
        yield own, _element(child, kind, process_id, parent, lane or None, lanes, names)
        if kind in ("subProcess", "transaction", "adHocSubProcess"):
            yield from _elements(child, process_id, own, lanes, lane_of, names)


def _element(
    node: Any,
    kind: str,
    process_id: str,
    parent: str | None,
    lane: str | None,
    lanes: dict[str, str],
    names: dict[str, str],
) -> Element:
    event, event_name, timer, timer_kind = _event(node, names)
    called = node.find(f"{tag('extensionElements')}/{{{SPIFF}}}calledDecisionId")
    return Element(
        id=node.get("id"),
        process_id=process_id,
        type=kind,
        name=" ".join((node.get("name") or "").split()),
        line=node.sourceline,
        parent=parent,
        lane_id=lane,
        lane_name=lanes.get(lane or ""),
        event=event,
        event_name=event_name,
        timer=timer,
        timer_kind=timer_kind,
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", "true") != "false",
        called=node.get("calledElement"),
        decision_id=_text(called),
        default=node.get("default"),
        incoming=tuple((n.text or "").strip() for n in node.findall(tag("incoming"))),
        outgoing=tuple((n.text or "").strip() for n in node.findall(tag("outgoing"))),
        loop=_loop(node),
        documentation=_text(node.find(tag("documentation"))) or "",
        properties=_properties(node),
    )


def _event(
    node: Any, names: dict[str, str]
) -> tuple[str | None, str | None, str | None, str | None]:
    if node.tag in (tag("receiveTask"), tag("sendTask")):
        return "message", names.get(node.get("messageRef") or ""), None, None
    for child in node:
        kind = EVENT_DEFINITIONS.get(child.tag)
        if kind is None:
            continue
        reference = child.get(f"{kind}Ref")
        name = names.get(reference) if reference else None
        for timer_kind in ("timeDate", "timeDuration", "timeCycle"):
            timer = child.find(tag(timer_kind))
            if timer is not None:
                return kind, name, _text(timer), timer_kind
        return kind, name, None, None
    return None, None, None, None


def _loop(node: Any) -> Loop | None:
    loop = node.find(tag("multiInstanceLoopCharacteristics"))
    if loop is None:
        return None
    member, item = loop.find(tag("inputDataItem")), None
    if member is not None:
        item = member.get("name") or member.get("id")
    return Loop(
        loop.get("isSequential") == "true",
        _text(loop.find(tag("loopDataInputRef"))),
        _text(loop.find(tag("loopCardinality"))),
        item,
        _text(loop.find(tag("loopDataOutputRef"))),
        _text(loop.find(tag("completionCondition"))),
    )


def _properties(node: Any) -> dict[str, str]:
    path = f"{tag('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return {p.get("name") or "": p.get("value") or "" for p in node.findall(path)}
