"""What an element hands on: acts, articles, inputs of decisions, outputs of forms, fields of messages.

Each of these, when it is dropped by a slip, leaves a diagram that runs and says less than the regulation does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from service.engine.elements import Element, Output, Process, timer_expression
from service.feel import FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.model.finding import Problem
from service.model.operators import OPERATORS

if TYPE_CHECKING:
    from service.dmn import Decision, DecisionModel
    from service.engine.definition import Definition
    from service.forms import Option

DECIDES = {"in": ("decision_id", "gate"), "document": ("documents",)}


def carried_problems(
    definition: Definition, process: Process, element: Element
) -> Iterator[Problem]:
    """What an element should say of itself and does not."""
    if not element.articles and not _needs_none(element):
        yield "article-cited", "没有写明依据的条款（article）"
    if element.type == "userTask" and not element.act:
        yield "act-cited", "没有写明它是办法里的哪个行为（act）"
    yield from _outputs(definition, element)
    yield from _kept(definition, element)
    yield from _asked(element)
    yield from _unread(process, element)
    for family in DECIDES:
        yield from _inputs(definition, element, family)
    yield from _due(process, element)
    yield from _payload(definition, element)


def _needs_none(element: Element) -> bool:
    """A join only brings ways together, and the start of an inner scope only begins it."""
    join = element.type.endswith("Gateway") and len(element.outgoing) < 2
    return join or (element.type == "startEvent" and element.parent is not None)


def _outputs(definition: Definition, element: Element) -> Iterator[Problem]:
    """Each output of a user task is a field of its form, or computed."""
    form = definition.forms.get(element.form_id or "")
    if element.type != "userTask" or form is None:
        return
    for name in element.outputs:
        if name not in form.fields and name not in element.family("out"):
            yield (
                "output-given",
                f"输出变量 {name} 既不是表单 {form.id} 的栏目，也没有 out.{name} 算出",
            )
        elif name in form.fields:
            yield from _choices(element.outputs[name], form.fields[name].options)


def _choices(output: Output, options: Sequence[Option]) -> Iterator[Problem]:
    """The choices of a field are the values of the variable that it sets."""
    offered = {str(option.value) for option in options}
    if output.values and offered and offered != set(output.values):
        odd = "、".join(sorted(offered ^ set(output.values)))
        yield "choices-agree", f"输出变量 {output.name} 的取值与表单的选项不一致：{odd}"


KEEPS = {"userTask", "businessRuleTask", "serviceTask", "receiveTask"}


def _kept(definition: Definition, element: Element) -> Iterator[Problem]:
    """What is computed or decided is declared as an output, or it is lost with the task."""
    if element.type not in KEEPS:
        return
    for name in element.family("out"):
        if name not in element.outputs:
            yield "output-kept", f"out.{name} 算出的值没有写进输出变量，办完就丢了"
    model = definition.decisions.get(element.decision_id or "")
    if model is None:
        return
    whole = element.properties.get("result")
    wanted = {whole} if whole else set(model.decisions[element.decision_id or ""].output_names)
    if not wanted & set(element.outputs):
        told = "、".join(sorted(wanted))
        yield "output-kept", f"判定的结果（{told}）没有写进输出变量，判了等于没判"


def _asked(element: Element) -> Iterator[Problem]:
    """A service task gives its operator what that needs, and keeps something of its answer."""
    if element.type != "serviceTask" or "operator" not in element.properties:
        return
    name = element.properties["operator"]
    operator = OPERATORS.get(name)
    if operator is None:
        yield "operator-asked", f"没有系统操作 {name}，可用的是 {'、'.join(sorted(OPERATORS))}"
        return
    for need in operator.needs:
        if need not in element.family("in"):
            yield "operator-asked", f"系统操作 {name} 要 {need}，请写 in.{need}"
    if not set(operator.gives) & set(element.outputs):
        told = "、".join(operator.gives)
        yield "operator-asked", f"系统操作 {name} 的回答（{told}）没有写进输出变量"


def _unread(process: Process, element: Element) -> Iterator[Problem]:
    """Only gateways that choose read the conditions of the flows that leave them."""
    if element.type in ("exclusiveGateway", "inclusiveGateway"):
        return
    for flow in (process.flows[f] for f in element.outgoing if f in process.flows):
        if flow.condition:
            yield "condition-read", f"分支 {flow.name or flow.id} 的条件没有人读，两边都会走"


def _inputs(definition: Definition, element: Element, family: str) -> Iterator[Problem]:
    """Each input of a decision is bound, or a variable or field of its name and type; nothing is bound in vain."""
    named = (
        element.decision_id if n == "decision_id" else element.properties.get(n)
        for n in DECIDES[family]
    )
    decisions = [d for d in named if d and d in definition.decisions]
    bound = set(element.family(family))
    wanted: set[str] = set()
    form = definition.forms.get(element.form_id or "")
    fields = set(form.fields) if form else set()
    for own in decisions:
        model = definition.decisions[own]
        needs = _needed(model, model.decisions[own])
        wanted |= needs
        for name in sorted(needs - bound - fields):
            yield from _by_name(definition, model, name, own, family)
    if decisions and element.type != "serviceTask":
        for name in sorted(bound - wanted):
            yield "input-known", f"{family}.{name} 不是决策表 {'、'.join(decisions)} 的输入"


def _needed(model: DecisionModel, decision: Decision) -> set[str]:
    """Names of inputs that a decision reads, by itself or through those it requires."""
    names, pending, seen = set(decision.input_names), list(decision.requires), {decision.id}
    while pending:
        inner = model.decisions.get(pending.pop().decision_id or "")
        if inner is not None and inner.id not in seen:
            seen.add(inner.id)
            names |= set(inner.input_names)
            pending += inner.requires
    return names


def _by_name(
    definition: Definition, model: DecisionModel, name: str, own: str, family: str
) -> Iterator[Problem]:
    types = definition.variable_types.get(name)
    wanted = model.inputs.get(name)
    if types is None:
        yield "input-bound", f"决策表 {own} 的输入 {name} 没有来源，请写 {family}.{name}"
    elif wanted is not None and types - {"", wanted.name} and wanted.name in SCALARS:
        yield (
            "input-type",
            f"决策表 {own} 的输入 {name} 要 {wanted.name}，同名变量却是 {'、'.join(sorted(types))}，"
            f"请写 {family}.{name}",
        )


SCALARS = {"number", "string", "boolean", "date"}


def _due(process: Process, element: Element) -> Iterator[Problem]:
    """A timer on a task's border that reads its due date needs one."""
    host = process.elements.get(element.attached_to or "")
    if host is None or not element.timer or "due" in host.properties:
        return
    try:
        read = parse(timer_expression(element.timer), names=HOST_NAMES).free_names
    except FeelSyntaxError:
        return
    if "due_on" in read:
        yield "due-read", f"定时读取 due_on，而 {host.name or host.id} 没有写 due"


def _payload(definition: Definition, element: Element) -> Iterator[Problem]:
    """Who sends a message sends what those who wait for it set from it."""
    sends = element.event == "message" and element.type in (
        "sendTask", "intermediateThrowEvent", "endEvent",
    )  # fmt: skip
    if not sends or not element.event_name:
        return
    for name in sorted(definition.received.get(element.event_name, frozenset())):
        if name not in element.family("send"):
            yield (
                "message-carries",
                f"收到消息 {element.event_name} 的一方要用 {name}，这里没有写 send.{name}",
            )
