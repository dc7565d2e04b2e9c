"""How elements are joined: branches, defaults, and joins that the engine would pass too early."""

from __future__ import annotations

from collections.abc import Iterator

from service.engine.checks.ways import part, reaches
from service.engine.elements import Element, Process
from service.model.finding import Problem


def gateway_problems(process: Process, element: Element) -> Iterator[Problem]:
    """What is wrong with the flows that leave an element, or with the join that it is."""
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
        and reaches(process, element.id, element.id)
    ):
        yield "join-in-loop", "并行汇合处在循环里，请把并行部分放进子流程"
    if element.type == "inclusiveGateway" and len(element.incoming) > 1:
        yield from _looped_branches(process, element)


def _looped_branches(process: Process, join: Element) -> Iterator[Problem]:
    """Branches of an inclusive join with a loop around a sub-process or call.

    SpiffWorkflow passes such a join in the second round while the branch is still at work
    (docs/reference/proof.md); BPMN 2.0, 13.4.3 says that the join waits. A loop that is over before the block
    begins does no harm: no split lets the work and another branch be under way at once.
    """
    splits = [
        e
        for e in process.elements.values()
        if e.type in ("inclusiveGateway", "parallelGateway") and len(e.outgoing) > 1
    ]
    for work in process.elements.values():
        if (
            work.type in ("subProcess", "callActivity")
            and work.parent == join.parent
            and reaches(process, work.id, work.id, avoiding=join.id)
            and reaches(process, work.id, join.id)
            and any(part(process, s.id, (work.id, join.id)) for s in splits)
        ):
            yield (
                "inclusive-loop",
                f"这个包容汇合的一条分支上，{work.name or work.id} 处在循环里，引擎会提前放行；"
                "请把这个循环整个放进一个子流程",
            )
