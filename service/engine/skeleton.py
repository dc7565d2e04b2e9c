"""The BPMN that SpiffWorkflow gets: control flow only, with ids unique in the bundle.

Names of elements become `process.element`. Message and signal throws become plain events (we deliver
what they throw), catches and timers become messages named after the element (we decide when they
fire), start events lose their triggers, business rule tasks become script tasks whose script is the
element's name (our script engine evaluates the decision), service tasks wait like user tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from service.engine.elements import Element, Flow, Loop, Process
from service.engine.xml_index import BPMN

SEPARATOR = "."
_TAGS = {
    "businessRuleTask": "scriptTask",
    "serviceTask": "userTask",
    "sendTask": "intermediateThrowEvent",
    "eventBasedGateway": "parallelGateway",  # the first event to come cancels the others: runtime.py
}


def skeleton(processes: Mapping[str, Process]) -> list[bytes]:
    """One XML document for each process."""
    return [etree.tostring(_document(process)) for process in processes.values()]


def full_name(process_id: str, element_id: str) -> str:
    """The name that an element has for SpiffWorkflow."""
    return process_id + SEPARATOR + element_id


def names_of(full: str) -> tuple[str, str]:
    """Process id and element id of such a name."""
    process_id, _, element_id = full.partition(SEPARATOR)
    return process_id, element_id


def _el(parent: Any, _tag: str, **attributes: str | None) -> Any:
    node = etree.SubElement(parent, f"{{{BPMN}}}{_tag}")
    for key, value in attributes.items():
        if value is not None:
            node.set(key, value)
    return node


def _document(process: Process) -> Any:
    root = etree.Element(f"{{{BPMN}}}definitions", nsmap={"bpmn": BPMN})
    for element in process.elements.values():
        if element.event in ("message", "signal", "timer") and _catches(element):
            _el(
                root,
                "message",
                id=f"message.{full_name(process.id, element.id)}",
                name=full_name(process.id, element.id),
            )
    for code in sorted(
        {e.event_name for e in process.elements.values() if e.event == "error" and e.event_name}
    ):
        _el(root, "error", id=f"error.{code}", name=code, errorCode=code)
    node = _el(root, "process", id=process.id, name=process.id, isExecutable="true")
    _scope(node, process, None)
    return root


def _catches(element: Element) -> bool:
    return element.type in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")


def _scope(parent: Any, process: Process, scope: str | None) -> None:
    inside = [e for e in process.elements.values() if e.parent == scope]
    for element in inside:
        _node(parent, process, element)
    ids = {e.id for e in inside}
    for flow in process.flows.values():
        if flow.source in ids:
            _flow(parent, process, flow)


def _node(parent: Any, process: Process, element: Element) -> None:
    def full(name: str | None) -> str | None:
        return full_name(process.id, name) if name else None

    node = _el(
        parent,
        _TAGS.get(element.type, element.type),
        id=full(element.id),
        name=full(element.id),
        default=full(element.default),
        attachedToRef=full(element.attached_to),
        calledElement=element.called,
        cancelActivity=None if element.interrupting else "false",
    )
    for kind, ids in (("incoming", element.incoming), ("outgoing", element.outgoing)):
        for flow_id in ids:
            _el(node, kind).text = full(flow_id)
    if element.type == "businessRuleTask":
        _el(node, "script").text = full(element.id)
    _event(node, process, element)
    if element.loop:
        _loop(node, element.loop)
    if element.type == "subProcess":
        _scope(node, process, element.id)


def _event(node: Any, process: Process, element: Element) -> None:
    if element.event in ("message", "signal", "timer") and _catches(element):
        reference = f"message.{full_name(process.id, element.id)}"
        if element.type == "receiveTask":
            node.set("messageRef", reference)
        else:
            _el(node, "messageEventDefinition", messageRef=reference)
    elif element.event == "error":
        _el(
            node,
            "errorEventDefinition",
            errorRef=f"error.{element.event_name}" if element.event_name else None,
        )
    elif element.event == "terminate":
        _el(node, "terminateEventDefinition")


def _loop(node: Any, loop: Loop) -> None:
    inner = _el(
        node,
        "multiInstanceLoopCharacteristics",
        isSequential="true" if loop.sequential else "false",
    )
    if loop.collection:
        _el(inner, "loopDataInputRef").text = loop.collection
    else:
        _el(inner, "loopCardinality").text = loop.cardinality or "0"
    if loop.condition:
        _el(inner, "completionCondition").text = loop.condition


def _flow(parent: Any, process: Process, flow: Flow) -> None:
    node = _el(
        parent,
        "sequenceFlow",
        id=full_name(process.id, flow.id),
        sourceRef=full_name(process.id, flow.source),
        targetRef=full_name(process.id, flow.target),
    )
    if flow.condition:
        _el(node, "conditionExpression").text = flow.condition
