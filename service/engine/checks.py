"""What is refused at deployment: silent traps of the engine, names that lead nowhere, wrong FEEL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.engine.elements import DUTIES, Element, Process
from service.engine.xml_index import tag
from service.feel import FeelSyntaxError, parse
from service.feel.host import HOST_NAMES

if TYPE_CHECKING:
    from service.engine.definition import Definition

ALLOWED = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "userTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity",
    "subProcess", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
EVENTS = {None, "message", "signal", "timer", "error", "terminate"}
PROPERTIES = {
    "article",
    "act",
    "duty",
    "form",
    "outputs",
    "sets",
    "result",
    "gate",
    "group",
    "person",
    "due",
    "operator",
    "starters",
    "clock",
    "notify",
    "unreachable",
    "project",
    "unit",
    "publishes",
}
WORDS = {"clock": "stops"}
FAMILIES = ("out", "in", "assigns", "send")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Finding:
    """What is wrong where, and what to do."""

    path: str
    line: int
    element: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.element}：{self.text}"


def findings(definition: Definition) -> list[Finding]:
    """All findings of a bundle, in order of file and line."""
    found: list[Finding] = []
    for process in definition.processes.values():
        if process.path.rsplit("/", 1)[-1] != f"{process.id}.bpmn":
            found.append(
                Finding(process.path, 1, process.id, "file-name", "文件名应与流程 id 相同")
            )
        for element in process.elements.values():
            for rule, text in _element(definition, process, element):
                found.append(Finding(process.path, element.line, element.id, rule, text))
        for line, name, rule, text in _whole(definition, process):
            found.append(Finding(process.path, line, name, rule, text))
    return sorted(found, key=lambda f: (f.path, f.line, f.element, f.rule))


Problem = tuple[str, str]


def _element(definition: Definition, process: Process, element: Element) -> Iterator[Problem]:
    yield from _kind(element)
    yield from _properties(element)
    yield from _references(definition, element)
    yield from _gateway(process, element)
    for text in _expressions(element):
        yield from _feel(text)


def _kind(element: Element) -> Iterator[Problem]:
    if element.type not in ALLOWED:
        yield "element-kind", f"不支持 {element.type}，请换一种画法"
    if element.event not in EVENTS:
        yield "event-kind", f"不支持 {element.event} 事件，请换一种画法"
    if not IDENTIFIER.fullmatch(element.id) or element.id in ("start", "end", "root"):
        yield "id-is-snake-case", "id 应是英文小写加下划线，且不是 start、end、root"
    if element.event in ("message", "signal") and not element.event_name:
        yield "event-has-name", "消息或信号没有名称"
    if element.event == "timer":
        if not element.timer:
            yield "timer-has-value", "定时器没有写时间"
        elif element.timer_kind == "timeCycle":
            yield "timer-cycle", "不支持循环定时器，请画成一次提醒"
        elif re.match(r"-?P[^T]*[MY]", element.timer):
            yield "legal-months", "以月、年计的期间请用 last day of period 算出日期"
    if (
        element.type == "startEvent"
        and element.parent is None
        and element.event not in (None, "message")
    ):
        yield "start-kind", "开始事件只能是空或消息"


def _properties(element: Element) -> Iterator[Problem]:
    for name in element.properties:
        family, _, rest = name.partition(".")
        if name not in PROPERTIES and not (family in FAMILIES and rest):
            yield "known-property", f"不认识的属性 {name}"
    if element.duty is not None and (element.type != "userTask" or element.duty not in DUTIES):
        yield "known-duty", f"duty 只用于用户任务，应是 {'、'.join(DUTIES)} 之一"
    for output in element.outputs:
        if not IDENTIFIER.fullmatch(output):
            yield "variable-name", f"变量名 {output} 应是英文小写加下划线"


def _references(definition: Definition, element: Element) -> Iterator[Problem]:
    known_clauses = definition.clauses
    for clause in element.articles:
        if known_clauses and clause not in known_clauses:
            yield "known-clause", f"没有条款 {clause}"
    if element.type == "userTask":
        if element.form_id is None:
            yield "task-has-form", "用户任务没有表单（form）"
        elif element.form_id not in definition.forms:
            yield "known-form", f"没有表单 {element.form_id}"
        if not element.lane_id and "group" not in element.properties:
            yield "task-in-lane", "用户任务不在泳道里"
        elif element.lane_id and element.lane_id not in definition.groups.groups:
            yield "known-group", f"泳道 {element.lane_id} 不是候选组"
    yield from _groups_and_words(definition, element)
    for decision in filter(None, (element.decision_id, element.properties.get("gate"))):
        if decision not in definition.decisions:
            yield "known-decision", f"没有决策表 {decision}"
    if element.type == "businessRuleTask" and not element.decision_id:
        yield "rule-has-decision", "业务规则任务没有指明决策表"
    if element.type == "callActivity" and element.called not in definition.processes:
        yield "known-process", f"没有流程 {element.called}"
    if element.type == "serviceTask" and "operator" not in element.properties:
        yield "service-has-operator", "服务任务没有指明 operator"
    if element.loop and not (element.loop.collection or element.loop.cardinality):
        yield "loop-has-members", "多实例没有指明成员列表或个数"


def _groups_and_words(definition: Definition, element: Element) -> Iterator[Problem]:
    for name in ("starters", "notify"):
        for group in element.properties.get(name, "").split():
            if group not in definition.groups.groups:
                yield "known-group", f"{name} 里的 {group} 不是候选组"
    for name, words in WORDS.items():
        if element.properties.get(name, words) != words:
            yield "known-word", f"{name} 只能写 {words}"


def _gateway(process: Process, element: Element) -> Iterator[Problem]:
    outgoing = [process.flows[f] for f in element.outgoing if f in process.flows]
    if len(outgoing) != len(element.outgoing):
        yield "flow-exists", "引用了不存在的顺序流"
    if element.type in ("exclusiveGateway", "inclusiveGateway") and len(outgoing) > 1:
        if not element.default:
            yield "gateway-has-default", "分支没有默认路径"
        for flow in outgoing:
            if flow.id != element.default and not flow.condition:
                yield "flow-has-condition", f"分支 {flow.name or flow.id} 没有条件"
    elif len(outgoing) > 1 and not element.type.endswith("Gateway"):
        yield "no-implicit-split", "任务或事件只能有一条出线，请用网关分支"
    if element.type == "eventBasedGateway":
        targets = [process.elements[f.target] for f in outgoing if f.target in process.elements]
        if len(element.incoming) != 1 or any(not e.event or e.attached_to for e in targets):
            yield "event-gateway", "事件网关要有一条入线，其后只能是捕获事件"
    if (
        element.type == "parallelGateway"
        and len(element.incoming) > 1
        and _reaches(process, element)
    ):
        yield "join-in-loop", "并行汇合处在循环里，请把并行部分放进子流程"


def _reaches(process: Process, element: Element) -> bool:
    """Whether a join can reach itself within its scope."""
    seen: set[str] = set()
    pending = [process.flows[f].target for f in element.outgoing if f in process.flows]
    while pending:
        name = pending.pop()
        if name == element.id:
            return True
        if name in seen or name not in process.elements:
            continue
        seen.add(name)
        pending += [
            process.flows[f].target for f in process.elements[name].outgoing if f in process.flows
        ]
        pending += [
            process.flows[f].target
            for e in process.elements.values()
            if e.attached_to == name
            for f in e.outgoing
            if f in process.flows
        ]
    return False


def _expressions(element: Element) -> Iterator[str]:
    for family in FAMILIES:
        yield from element.family(family).values()
    for name in ("group", "person", "due", "unit"):
        if name in element.properties:
            yield element.properties[name]
    if (
        element.timer
        and not element.timer.startswith(("P", "-P", "R"))
        and not element.timer[0].isdigit()
    ):
        yield element.timer
    if element.loop:
        yield from filter(None, (element.loop.cardinality, element.loop.condition))


def _feel(text: str) -> Iterator[Problem]:
    try:
        parse(text, names=HOST_NAMES)
    except FeelSyntaxError as wrong:
        yield "feel", f"{wrong.message}（{text}）"


def _whole(definition: Definition, process: Process) -> Iterator[tuple[int, str, str, str]]:
    for name in process.properties:
        if name != "article":
            yield 1, process.id, "known-property", f"不认识的属性 {name}"
    for clause in process.properties.get("article", "").split():
        if definition.clauses and clause not in definition.clauses:
            yield 1, process.id, "known-clause", f"没有条款 {clause}"
    starts = [e for e in process.elements.values() if e.type == "startEvent" and not e.parent]
    if len(starts) != 1:
        yield 1, process.id, "one-start", f"要有且只有一个开始事件，现有 {len(starts)} 个"
    for flow in process.flows.values():
        if flow.source not in process.elements or flow.target not in process.elements:
            yield flow.line, flow.id, "flow-ends", "顺序流的两端不存在"
        for _, text in _feel(flow.condition) if flow.condition else ():
            yield flow.line, flow.id, "feel", text
    ids = [n.get("id") for n in process.root.iter() if isinstance(n.tag, str) and n.get("id")]
    for name in sorted({i for i in ids if ids.count(i) > 1}):
        yield 1, name, "unique-id", "id 重复"
    for name in _unknown_names(definition, process):
        yield 1, process.id, "declared-variable", f"表达式用到的变量 {name} 没有元素声明"
    for node in process.root.iter(tag("process")):
        for child in node.iter():
            local = str(child.tag).rpartition("}")[2]
            if local in ("link", "linkEventDefinition", "compensateEventDefinition"):
                yield child.sourceline, local, "event-kind", "不支持的事件"


def _unknown_names(definition: Definition, process: Process) -> list[str]:
    declared = declared_variables(definition)
    used: set[str] = set()
    texts: list[str] = [f.condition for f in process.flows.values() if f.condition]
    local: set[str] = set()
    for element in process.elements.values():
        texts += _expressions(element)
        if element.loop and element.loop.member:
            local.add(element.loop.member)
        if element.form_id and element.form_id in definition.forms:
            local |= set(definition.forms[element.form_id].fields)
    for text in texts:
        try:
            used |= parse(text, names=HOST_NAMES).free_names
        except FeelSyntaxError:
            continue
    counts = {
        "nrOfInstances",
        "nrOfActiveInstances",
        "nrOfCompletedInstances",
        "nrOfTerminatedInstances",
    }
    known = declared | local | counts | {"settings", "project_no", "starter_unit"} | set(HOST_NAMES)
    return sorted(used - known)


def declared_variables(definition: Definition) -> set[str]:
    """Every variable that some element of the bundle may set."""
    found: set[str] = set()
    for process in definition.processes.values():
        for element in process.elements.values():
            found |= set(element.outputs) | set(element.family("out"))
            found |= {
                p.partition(":")[0].strip() for p in element.properties.get("sets", "").split(";")
            }
            found |= {element.properties["result"]} if "result" in element.properties else set()
            if element.loop and element.loop.collects:
                found.add(element.loop.collects)
    return found - {""}


__all__ = ["Finding", "declared_variables", "findings"]
