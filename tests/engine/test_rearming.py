"""A waiting timer follows the variables that its date reads; a fired one stays fired."""

from datetime import UTC, date, datetime

import pytest

from service.engine import advance, compile_bundle, forget_live
from service.model import events
from service.model.bundle import Bundle
from service.model.inputs import CompleteTask, FireTimer, RearmTimers, StartInstance

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
LATER = datetime(2025, 3, 20, 1, tzinfo=UTC)
GROUPS = "groups:\n- {id: desk, name: 办理组, unit: office}\nunits:\n- {id: office, name: 办公室}\n"
FORM = '{"id": "f", "type": "default", "schemaVersion": 16, "components": [{"type": "textfield", "key": "note", "label": "说明"}]}'


def bundle(timer: str) -> Bundle:
    """A task that changes dates again and again, beside a timer."""
    spiff = "http://spiffworkflow.org/bpmn/schema/1.0/core"
    properties = '<extensionElements><s:properties><s:property name="form" value="f"/><s:property name="outputs" value="until:date; project_until:date; days:number; unrelated:string"/></s:properties></extensionElements>'
    xml = (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:s="{spiff}" id="d" targetNamespace="t">'
        '<process id="timed" isExecutable="true"><laneSet id="ls"><lane id="desk"><flowNodeRef>begun</flowNodeRef>'
        "<flowNodeRef>split</flowNodeRef><flowNodeRef>change</flowNodeRef><flowNodeRef>wait</flowNodeRef><flowNodeRef>again</flowNodeRef></lane></laneSet>"
        '<startEvent id="begun"><extensionElements><s:properties><s:property name="outputs" value="until:date; days:number"/></s:properties></extensionElements><outgoing>a</outgoing></startEvent>'
        '<parallelGateway id="split"><incoming>a</incoming><outgoing>b</outgoing><outgoing>c</outgoing></parallelGateway>'
        f'<userTask id="change">{properties}<incoming>b</incoming><incoming>e</incoming><outgoing>g</outgoing></userTask>'
        '<exclusiveGateway id="again" default="e"><incoming>g</incoming><outgoing>e</outgoing><outgoing>h</outgoing></exclusiveGateway>'
        '<endEvent id="changed"><incoming>h</incoming></endEvent>'
        '<intermediateCatchEvent id="wait"><incoming>c</incoming><outgoing>f</outgoing><timerEventDefinition id="t">'
        f"<timeDate>{timer}</timeDate></timerEventDefinition></intermediateCatchEvent>"
        '<endEvent id="reminded"><incoming>f</incoming></endEvent>'
        '<sequenceFlow id="a" sourceRef="begun" targetRef="split"/><sequenceFlow id="b" sourceRef="split" targetRef="change"/>'
        '<sequenceFlow id="c" sourceRef="split" targetRef="wait"/><sequenceFlow id="g" sourceRef="change" targetRef="again"/>'
        '<sequenceFlow id="h" sourceRef="again" targetRef="changed"><conditionExpression>unrelated = "end"</conditionExpression></sequenceFlow>'
        '<sequenceFlow id="e" sourceRef="again" targetRef="change"/>'
        '<sequenceFlow id="f" sourceRef="wait" targetRef="reminded"/></process></definitions>'
    )
    return Bundle(
        {
            "processes/timed.bpmn": xml.encode(),
            "processes/groups.yaml": GROUPS.encode(),
            "forms/f.form": FORM.encode(),
        }
    )


class Timed:
    def __init__(self, timer: str, facts: dict | None = None, **variables: object) -> None:
        self.definition = compile_bundle(bundle(timer))
        self.facts, self.state = facts or {}, None
        step = self.give(StartInstance("timed", variables), NOW)
        self.timer = only(step, events.TimerScheduled)

    def give(self, input_: object, now: datetime):
        forget_live()  # a timer moves in a state read back from bytes, too
        step = advance(
            self.definition, self.state, input_, instance_key="i", now=now, facts=self.facts
        )
        self.state = step.state
        for event in step.events:
            if isinstance(event, events.UserTaskCreated):
                self.task = event.task_key
            if isinstance(event, events.FactsSet):
                self.facts.update(event.facts)
        return step

    def change(self, **variables: object):
        return self.give(CompleteTask(self.task, variables), LATER)


def only(step, kind: type):
    (found,) = [e for e in step.events if isinstance(e, kind)]
    return found


def none(step, kind: type) -> bool:
    return not [e for e in step.events if isinstance(e, kind)]


def day(text: str) -> datetime:
    """Midnight of a day in Shanghai."""
    return datetime.fromisoformat(f"{text}T00:00+08:00").astimezone(UTC)


def test_a_timer_moves_with_the_variable_that_it_reads() -> None:
    timed = Timed('until + duration("P1D")', until=date(2025, 4, 1))
    assert timed.timer.due == day("2025-04-02")
    moved = only(timed.change(until=date(2025, 6, 30)), events.TimerRescheduled)
    assert (moved.task_key, moved.due) == (timed.timer.task_key, day("2025-07-01"))
    step = timed.give(FireTimer(moved.task_key, moved.due), moved.due)
    assert only(step, events.TimerEnded).fired


def test_the_old_date_does_not_fire_any_more() -> None:
    timed = Timed("until", until=date(2025, 4, 1))
    timed.change(until=date(2025, 6, 30))
    with pytest.raises(Exception, match="已改期"):
        timed.give(FireTimer(timed.timer.task_key, timed.timer.due), LATER)


def test_an_equal_date_and_another_variable_move_nothing() -> None:
    timed = Timed("until", until=date(2025, 4, 1))
    assert none(timed.change(until=date(2025, 4, 1)), events.TimerRescheduled)
    assert none(timed.change(unrelated="x"), events.TimerRescheduled)


def test_today_stays_the_day_on_which_the_timer_was_armed() -> None:
    from decimal import Decimal

    timed = Timed('today() + duration("P" + string(days) + "D")', days=Decimal(10))
    assert timed.timer.due == day("2025-03-13")
    assert only(timed.change(days=Decimal(30)), events.TimerRescheduled).due == day("2025-04-02")


def test_a_fact_changed_by_another_instance_moves_it() -> None:
    timed = Timed("project_until", {"project_until": date(2025, 4, 1)})
    timed.facts["project_until"] = date(2025, 5, 1)
    moved = only(timed.give(RearmTimers(("project_until",)), LATER), events.TimerRescheduled)
    assert moved.due == day("2025-05-01")
    assert none(timed.give(RearmTimers(("project_name",)), LATER), events.TimerRescheduled)


def test_a_timer_that_would_get_no_date_keeps_its_own() -> None:
    timed = Timed("until", until=date(2025, 4, 1))
    assert none(timed.change(until=None), events.TimerRescheduled)
    step = timed.give(FireTimer(timed.timer.task_key, timed.timer.due), timed.timer.due)
    assert only(step, events.TimerEnded).fired


def test_a_fired_timer_does_not_come_back() -> None:
    timed = Timed("until", until=date(2025, 4, 1))
    timed.give(FireTimer(timed.timer.task_key, timed.timer.due), timed.timer.due)
    assert none(timed.change(until=date(2025, 6, 30)), events.TimerRescheduled)
