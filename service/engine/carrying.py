"""One input into a live instance: applied, run until it rests, checked. What raises leaves it spoiled."""

from __future__ import annotations

from SpiffWorkflow.exceptions import SpiffWorkflowException

from service.engine import codec, determinism
from service.engine.apply import apply
from service.engine.compaction import compact
from service.engine.flows import note_flows
from service.engine.moment import Moment
from service.engine.rearming import rearm
from service.engine.script import Script
from service.engine.workflow import LIVE, FlatWorkflow
from service.model.errors import BadInput, Refused
from service.model.events import InstanceCompleted
from service.model.inputs import Input, StartInstance

MAX_STEPS = 2000


def carry(
    moment: Moment, resumed: codec.Loaded | None, input_: Input, instance_key: str, ids: int
) -> codec.Loaded:
    """The instance after an input; what happened is in `moment.events`. `ids`: how many were given out before.

    Raises Conflict, BadInput, or Refused when the diagram has no way on.
    """
    with determinism.step(instance_key, ids, moment.now) as clock:
        try:
            loaded = resumed or _begin(moment, input_)
            loaded.workflow.script_engine = Script(moment)
            moment.attach(loaded)
            apply(moment, input_)
            _run(moment)
        except RecursionError as wrong:  # a circle without a gateway, or with automatic steps only
            raise Refused("流程图里有走不出去的循环，请与流程管理人员联系。") from wrong
        except SpiffWorkflowException as wrong:
            raise Refused(f"流程走不下去：{wrong}。请与流程管理人员联系。") from wrong
    loaded.counter = clock.counter
    rearm(moment)
    _close(moment)
    compact(loaded.workflow)
    return loaded


def _begin(moment: Moment, input_: Input) -> codec.Loaded:
    definition = moment.definition
    if not isinstance(input_, StartInstance):
        raise BadInput("流程尚未开始。")
    if input_.process_id not in definition.processes:
        raise BadInput(f"没有流程 {input_.process_id}。")
    spec, subs = definition.specs[input_.process_id]
    workflow = FlatWorkflow(spec, subs, script_engine=Script(moment))
    return codec.Loaded(input_.process_id, workflow, variables=dict(input_.variables))


def _run(moment: Moment) -> None:
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1
        if steps > MAX_STEPS:
            raise Refused("流程在没有人办理的情况下循环不止，请与流程管理人员联系。")

    moment.loaded.workflow.run_ready(moment.may_run, count)


def _close(moment: Moment) -> None:
    loaded = moment.loaded
    note_flows(moment)
    if loaded.ended:
        return
    if loaded.workflow.completed:
        loaded.ended = True
        moment.events.append(InstanceCompleted(tuple(moment.ends)))
    elif not any(t._state & LIVE for t in loaded.workflow.all_tasks() if moment.holds_up(t)):
        raise Refused("流程停住了：没有待办，也没有等待的事件。请与流程管理人员联系。")
