"""Random walks on every shipped diagram: replay gives equal bytes, and no walk strands an instance."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from service.engine import advance, awaits, compile_bundle, forget_live
from service.engine.elements import Output
from service.model import events
from service.model.bundle import read_bundle
from service.model.errors import Refused
from service.model.inputs import (
    CompleteService,
    CompleteTask,
    DeliverMessage,
    FireTimer,
    StartInstance,
)

ROOT = Path(__file__).parents[2]
DEFINITION = compile_bundle(read_bundle(ROOT))
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
SAMPLES = {
    "number": [Decimal(0), Decimal(100), Decimal("200000.01")],
    "string": ["甲", "qinling_software"],
    "boolean": [True, False],
    "date": [date(2025, 3, 3), date(2026, 3, 1)],
    "list": [[], ["预付款"]],
}
NAMED = {  # what a decision table or a form restricts
    "superior_approval_level": ["无", "国家"],
    "project_category": ["key_business_system", "other_gis"],
    "business_class": ["公共服务", "其他"],
    "cosigners": [["drc"], ["drc", "finance_bureau"]],  # a form's FEEL gives it, never empty
}
# what the callers of a called diagram have set before
BEFORE = {
    "starter_unit": "civil_affairs",
    "final_passed_on": date(2026, 3, 18),
    "warranty_months": Decimal(36),
}
FACTS = {
    "project_contract": "effective",  # without it no payment can be asked for
    "project_no": "2025-0001",
    "project_contract_due_on": date(2025, 12, 31),
    "project_indicator_yuan": Decimal(860000),
    "project_contract_yuan": Decimal(812000),
    "project_paid_yuan": Decimal(0),
    "project_payment": "open",
    "project_payment_nodes": ["预付款"],
    "project_payment_percents": ["0"],
    "project_purposes": ["系统集成"],
    "project_warranty_last_day": date(2029, 3, 18),
    "project_planned_acceptance_on": date(2026, 3, 31),
}


def domain(output: Output) -> list:
    """Values that a walk gives to an output."""
    return list(output.values or NAMED.get(output.name) or SAMPLES[output.type])


class Walk:
    """An instance walked at random; `inputs` is its log."""

    def __init__(self, process_id: str, data: st.DataObject) -> None:
        self.data = data
        self.now = NOW
        self.facts = dict(FACTS)
        self.state: bytes | None = None
        self.inputs: list = []
        self.states: list[bytes] = []
        self.tasks: dict[str, events.UserTaskCreated] = {}
        self.services: dict[str, events.ServiceTaskRequested] = {}
        self.timers: dict[str, events.TimerScheduled] = {}
        self.messages: dict[str, str] = {}
        self.ended = False
        if not self.give(StartInstance(process_id, self.given(process_id))):
            reject()  # what is given may be refused; when nothing else is ever drawn, the test fails

    def given(self, process_id: str) -> dict:
        """What is known when it starts."""
        start = DEFINITION.processes[process_id].start
        starters = start.properties.get("starters", BEFORE["starter_unit"]).split()
        return {**BEFORE, "starter_unit": starters[0]}

    def give(self, input_) -> bool:
        try:
            step = advance(
                DEFINITION, self.state, input_, instance_key="i", now=self.now, facts=self.facts
            )
        except Refused:
            return False  # a lawful refusal: nothing changes
        self.inputs.append((input_, self.now, dict(self.facts)))
        self.state = step.state
        self.states.append(step.state)
        for event in step.events:
            self.hear(event)
        return True

    def hear(self, event) -> None:
        match event:
            case events.UserTaskCreated():
                self.tasks[event.task_key] = event
            case events.UserTaskCompleted() | events.UserTaskCancelled():
                self.tasks.pop(event.task_key)
            case events.ServiceTaskRequested():
                self.services[event.task_key] = event
            case events.TimerScheduled():
                self.timers[event.task_key] = event
            case events.TimerEnded():
                self.timers.pop(event.task_key)
            case events.MessageAwaited():
                self.messages[event.task_key] = event.name
            case events.MessageAwaitEnded():
                self.messages.pop(event.task_key)
            case events.FactsSet():
                self.facts.update(event.facts)
            case events.InstanceCompleted():
                self.ended = True

    def values(self, process_id: str, element_id: str) -> dict:
        outputs = DEFINITION.element(process_id, element_id).outputs.values()
        return {o.name: self.data.draw(st.sampled_from(domain(o))) for o in outputs}

    def step(self) -> bool:
        """One random input; False when nothing can be given."""
        choices = [("task", k) for k in self.tasks] + [("service", k) for k in self.services]
        choices += [("timer", k) for k in self.timers] + [
            ("message", n) for n in set(self.messages.values())
        ]
        if not choices:
            return False
        kind, key = self.data.draw(st.sampled_from(sorted(choices)))
        self.now += timedelta(hours=1)
        if kind == "task":
            task = self.tasks[key]
            self.give(CompleteTask(key, self.values(task.process_id, task.element_id)))
        elif kind == "service":
            service = self.services.pop(key)
            if not self.give(
                CompleteService(key, self.values(service.process_id, service.element_id))
            ):
                self.services[key] = service
        elif kind == "timer":
            timer = self.timers[key]
            self.now = max(self.now, timer.due)
            self.give(FireTimer(key, timer.due))
        else:
            assert awaits(DEFINITION, self.state, key)
            self.give(DeliverMessage(key, {}))
        return True


def walk(process_id: str, data: st.DataObject, length: int) -> None:
    made = Walk(process_id, data)
    for _ in range(length):
        if made.ended:
            break
        assert made.step(), "the instance waits for nothing and has not ended"
    # the walk itself went on with live objects where it could; here each step starts from bytes
    state = None
    for (input_, now, facts), expected in zip(made.inputs, made.states, strict=True):
        forget_live()
        state = advance(DEFINITION, state, input_, instance_key="i", now=now, facts=facts).state
        assert state == expected


@pytest.mark.parametrize("process_id", sorted(DEFINITION.processes))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_replay_is_equal(process_id: str, data: st.DataObject) -> None:
    walk(process_id, data, 25)


@pytest.mark.heavy
@pytest.mark.parametrize("process_id", sorted(DEFINITION.processes))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_replay_is_equal_on_long_walks(process_id: str, data: st.DataObject) -> None:
    walk(process_id, data, 80)
