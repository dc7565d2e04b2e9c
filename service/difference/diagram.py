"""A BPMN file as items: flow nodes, flows, lanes, processes, messages … with what each says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.difference.items import Fact, Item, Reading, fact
from service.difference.words import TIMERS, aspect_word, type_word
from service.difference.xml_facts import attributes, inner, layout, local, text
from service.model.xml import read_xml

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
REFERRED = {"messageRef": "message", "signalRef": "signal", "errorRef": "error"}
REFS = frozenset({"sourceRef", "targetRef", "default", "attachedToRef"})
# parts of an element, not elements of their own, whether they have an id or not
PARTS = frozenset({
    "documentation", "extensionElements", "incoming", "outgoing", "flowNodeRef", "conditionExpression",
    "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "ioSpecification",
    "dataInputAssociation", "dataOutputAssociation", "property", "resourceRole", "performer", "potentialOwner",
    "script", "auditing", "monitoring", "categoryValue", "text", "correlationKey", "participantMultiplicity",
})  # fmt: skip


def read_diagram(source: bytes, path: str) -> Reading:
    """The items of a diagram. Raises BadInput."""
    return _Diagram(read_xml(source, path)).reading


def _is_part(node: Any) -> bool:
    name = local(node)
    return name in PARTS or name.endswith("EventDefinition") or not node.get("id")


class _Diagram:
    """One reading; knows names and lanes while it goes through the file."""

    def __init__(self, root: Any) -> None:
        self.reading = Reading()
        self.names = {n.get("id"): _name(n) for n in root.iter() if isinstance(n.tag, str)}
        self.kinds = {
            n.get("id"): type_word(local(n))
            for n in root.iter()
            if isinstance(n.tag, str) and _is_drawn(n)
        }
        self.codes = {n.get("id"): n.get("errorCode") for n in root if local(n) == "error"}
        self.lane_of = {
            text(ref): lane.get("id")
            for lane in root.iter("{*}lane")
            for ref in lane.findall("{*}flowNodeRef")
        }
        self.flows = {f.get("id") for f in root.iter("{*}sequenceFlow")}
        used = {v for n in root.iter() for k, v in n.attrib.items() if local(k) in REFERRED}
        for child in root:
            if isinstance(child.tag, str) and not child.tag.startswith(f"{{{DI}}}"):
                # a message that somebody waits for or sends is read there
                self._item(child, None) if child.get("id") not in used else None
        self.reading.layout = _layout(root)

    def _item(self, node: Any, parent: str | None) -> None:
        own = local(node)
        if own in ("laneSet", "childLaneSet"):
            for child in node:
                self._item(child, parent)
            return
        if not isinstance(node.tag, str):
            return
        item = Item(
            node.get("id") or own, own, type_word(own), _name(node), label=self._label(node)
        )
        self.reading.add(item)
        item.facts.update(self._facts(node, parent))
        inside = own in ("subProcess", "transaction", "adHocSubProcess")
        for child in node:
            if not isinstance(child.tag, str):
                continue
            if local(child) in ("laneSet", "childLaneSet") or not _is_part(child):
                self._item(child, node.get("id") if inside else None)
        leaving = tuple(text(n) for n in node.findall("{*}outgoing"))
        if len(leaving) > 1:
            self.reading.orders[item.id, "出线次序"] = leaving

    def _label(self, node: Any) -> str:
        """A flow by its ends, an element without a name by its kind."""
        if local(node) not in ("sequenceFlow", "messageFlow"):
            return type_word(local(node)) if _is_drawn(node) else ""
        ends = (node.get("sourceRef") or "", node.get("targetRef") or "")
        return " → ".join(self._called(ref) for ref in ends)

    def _called(self, ref: str) -> str:
        return self.names.get(ref) or self.kinds.get(ref) or ref

    def _facts(self, node: Any, parent: str | None) -> Iterator[tuple[str, Fact]]:
        if parent:
            yield "parent", self._reference("parent", parent)
        lane = self.lane_of.get(node.get("id"))
        if lane:
            yield "lane", self._reference("lane", lane)
        yield from self._attributes(node)
        yield from _properties(node)
        yield from self._events(node)
        yield from _loop(node)
        variables = [n.get("name") or n.get("id") or "" for n in node.findall("{*}property")]
        if variables:
            yield "variables", fact(aspect_word("variables"), "、".join(variables))
        yield from self._stray(node)
        yield from inner(node, lambda n: not _inner_part(n))

    def _attributes(self, node: Any) -> Iterator[tuple[str, Fact]]:
        for name, value in attributes(node, besides=frozenset({"name"})):
            if name in REFERRED:
                yield REFERRED[name], self._named(REFERRED[name], value)
            else:
                known = name in REFS
                yield name, self._reference(name, value) if known else _switch(name, value)
        if local(node) == "boundaryEvent" and node.get("cancelActivity") is None:
            yield "cancelActivity", _switch("cancelActivity", "true")

    def _events(self, node: Any) -> Iterator[tuple[str, Fact]]:
        for child in node:
            kind = local(child)
            if not kind.endswith("EventDefinition"):
                continue
            yield f"event:{kind}", fact("事件", kind, EVENTS.get(kind, kind))
            for name, value in attributes(child):
                key = REFERRED.get(name)
                yield (
                    (key, self._named(key, value))
                    if key
                    else (f"{kind}@{name}", fact(aspect_word(name), value))
                )
            timers = [t for t in child if local(t) in TIMERS]
            for timer in timers:
                value = text(timer)
                yield (
                    "timer",
                    Fact("定时", f"{local(timer)} {value}", f"{TIMERS[local(timer)]} {value}"),
                )
            yield from inner(child, lambda n: local(n) in TIMERS, f"{kind}/")

    def _named(self, kind: str, ref: str) -> Fact:
        """By what the engine goes by: the name of a message or signal, the code of an error."""
        name = self.names.get(ref) or ref
        code = self.codes.get(ref) if kind == "error" else None
        return fact(aspect_word(kind), f"{name} {code or ''}".strip())

    def _reference(self, name: str, ref: str) -> Fact:
        called = self.names.get(ref) or self.kinds.get(ref)
        return Fact(aspect_word(name), ref, f"{called}（{ref}）" if called else ref)

    def _stray(self, node: Any) -> Iterator[tuple[str, Fact]]:
        """Flows that an element lists and the file lacks, or that it does not list: the engine goes by the list."""
        own = node.get("id")
        for way, end in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
            listed = {text(n) for n in node.findall(f"{{*}}{way}")}
            drawn = self._drawn(node).get((end, own), set())
            if listed != drawn and local(node) != "sequenceFlow" and (listed or drawn):
                yield (
                    f"{way}:stray",
                    fact(f"{aspect_word(way)}与顺序流不符", " ".join(sorted(listed ^ drawn))),
                )

    def _drawn(self, node: Any) -> Mapping[tuple[str, str], set[str]]:
        if not hasattr(self, "_ends"):
            self._ends: dict[tuple[str, str], set[str]] = {}
            for flow in node.getroottree().getroot().iter("{*}sequenceFlow"):
                for end in ("sourceRef", "targetRef"):
                    self._ends.setdefault((end, flow.get(end)), set()).add(flow.get("id", ""))
        return self._ends


EVENTS = {
    "messageEventDefinition": "消息事件",
    "signalEventDefinition": "信号事件",
    "timerEventDefinition": "定时事件",
    "errorEventDefinition": "错误事件",
    "terminateEventDefinition": "终止事件",
}
SAID_APART = frozenset({
    "incoming", "outgoing", "flowNodeRef", "multiInstanceLoopCharacteristics", "properties", "property", "laneSet",
    "childLaneSet", "calledDecisionId", "category",
})  # fmt: skip


def _inner_part(node: Any) -> bool:
    """Whether `inner` goes into it: a part that nobody else reads."""
    name = local(node)
    if name in SAID_APART or name.endswith("EventDefinition"):
        return False
    return name in PARTS or not node.get("id") or local(node.getparent()) in PARTS


def _is_drawn(node: Any) -> bool:
    """Whether it is a node of a flow."""
    return local(node).endswith(("Task", "Gateway", "Event", "callActivity", "subProcess", "task"))


def _switch(name: str, value: str) -> Fact:
    """What is on or off, in words."""
    return fact(aspect_word(name), value, {"true": "是", "false": "否"}.get(value))


def _name(node: Any) -> str:
    return " ".join((node.get("name") or "").split())


def _properties(node: Any) -> Iterator[tuple[str, Fact]]:
    for part in node.findall("{*}extensionElements"):
        for entry in part.findall("{*}properties/{*}property"):
            key = f"property:{entry.get('name')}"
            yield key, fact(aspect_word(key), (entry.get("value") or "").strip())
        decision = part.find("{*}calledDecisionId")
        if decision is not None:
            yield "decision", fact("决策表", text(decision))


def _loop(node: Any) -> Iterator[tuple[str, Fact]]:
    loop = node.find("{*}multiInstanceLoopCharacteristics")
    if loop is None:
        return
    path = "multiInstanceLoopCharacteristics"
    yield path, fact("多实例", "是")
    if loop.get("isSequential") is None:
        yield f"{path}@isSequential", _switch(f"{path}@isSequential", "false")
    for name, value in attributes(loop):
        yield f"{path}@{name}", _switch(f"{path}@{name}", value)
    for child in loop:
        if isinstance(child.tag, str):
            key = f"{path}/{local(child)}"
            value = text(child) or child.get("name") or child.get("id") or ""
            yield key, fact(aspect_word(key), value)


def _layout(root: Any) -> str:
    """The shapes, whatever their order in the file: editors write them in the order in which they draw them."""
    return "".join(sorted(map(layout, root.findall(f"{{{DI}}}BPMNDiagram/{{{DI}}}BPMNPlane/*"))))
