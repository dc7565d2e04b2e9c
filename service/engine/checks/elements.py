"""One element by itself: a kind that the engine carries out, known properties, names that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.engine.elements import DUTIES, Element
from service.model.finding import Problem
from service.model.properties import FAMILIES, PROPERTIES

if TYPE_CHECKING:
    from service.engine.definition import Definition

ALLOWED = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "userTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity",
    "subProcess", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
EVENTS = {None, "message", "signal", "timer", "error", "terminate"}
WORDS = {"clock": "stops", "return": "no"}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def element_problems(definition: Definition, element: Element) -> Iterator[Problem]:
    """What is wrong with an element, whatever stands around it."""
    yield from _kind(element)
    yield from _properties(element)
    yield from _references(definition, element)


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
            yield (
                "timer-cycle",
                "不支持循环定时器（timeCycle），请画成一次提醒；要反复提醒，在提醒之后把连线画回这个定时器",
            )
        elif re.match(r"-?P[^T]*[MY]", element.timer):
            yield "legal-months", "以月、年计的期间请用 last day of period 算出日期"
    if element.type == "startEvent" and element.parent is None:
        yield from _start(element)


def _start(element: Element) -> Iterator[Problem]:
    if element.event not in (None, "message", "timer"):
        yield "start-kind", "开始事件只能是空、消息或定时"
    if element.event == "timer" and element.properties.get("project") != "none":
        yield "start-by-date", "按日期启动的流程不能属于项目，请给开始事件加上 project = none"


def _properties(element: Element) -> Iterator[Problem]:
    for name in element.properties:
        family, _, rest = name.partition(".")
        if name not in PROPERTIES and not (family in FAMILIES and rest):
            yield "known-property", f"不认识的属性 {name}"
    if element.properties.get("agent", "no") != "no":
        yield "agent-no", "agent 只能写 no：这项任务受托单位不能代办"
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
    yield from _foresees(definition, element)
    named = (element.properties.get(name) for name in ("gate", "documents"))
    for decision in filter(None, (element.decision_id, *named)):
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


def _foresees(definition: Definition, element: Element) -> Iterator[Problem]:
    named = element.properties.get("foresees")
    judge = definition.processes[element.process_id].elements.get(named) if named else None
    if named and (judge is None or not judge.decision_id):
        yield "foresees-rule", "foresees 要写同一流程图里的业务规则任务的 id"


def _groups_and_words(definition: Definition, element: Element) -> Iterator[Problem]:
    for name in ("starters", "notify"):
        for group in element.properties.get(name, "").split():
            if group not in definition.groups.groups:
                yield "known-group", f"{name} 里的 {group} 不是候选组"
    for name, words in WORDS.items():
        if element.properties.get(name, words) != words:
            yield "known-word", f"{name} 只能写 {words}"
