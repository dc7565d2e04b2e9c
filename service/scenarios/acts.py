"""What a story does in its county, through the same commands as the pages: start, complete, wait, tell."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.explain_not_open import explain_not_open
from service.commands.fire_timer import fire_timer
from service.commands.release_task import release_task
from service.commands.send_message import send_message
from service.commands.start_by_date import DueStart, due_starts, start_by_date
from service.commands.start_instance import (
    begins_a_project,
    may_stand_alone,
    may_stand_within,
    start_instance,
)
from service.engine import Element
from service.model.actor import SYSTEM, Actor
from service.model.errors import BadInput, Refused
from service.model.keys import new_key
from service.scenarios.looks import Task, open_task
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading

NEVER = timedelta(days=1)  # after the instant to which the clock moves


@dataclass(frozen=True)
class Doing:
    """A task about to be completed: by whom, with what."""

    element: Element
    task: Task
    actor: Actor
    submission: Mapping[str, Any]


def move_clock(world: World, instant: datetime) -> Iterator[tuple[datetime, str]]:
    """Fire what falls due on the way, each at its time (given back with its name), then stand at `instant`."""
    if instant < world.now:
        raise BadInput(f"时间不能倒退：{instant.isoformat()}。")
    while True:
        with reading(world.engine) as connection:
            due = connection.execute(select(func.min(t.due_timer.c.due_at))).scalar()
            starts = due_starts(connection, now=instant) if world.begins_by_date else []
        due = instant + NEVER if due is None else due.replace(tzinfo=due.tzinfo or UTC)
        if starts and starts[0].due <= min(due, instant):
            yield _begun(world, starts[0])
            continue
        if due > instant:
            break
        world.now = max(world.now, due)
        with begin(world.engine) as connection:
            fired = fire_timer(connection, now=world.now)
        if fired is None:
            break
        yield fired.due, fired.element_name
    world.now = instant


def _begun(world: World, start: DueStart) -> tuple[datetime, str]:
    world.now = max(world.now, start.due)
    with begin(world.engine) as connection:
        start_by_date(connection, start.process_id, now=world.now)
    world.projects.setdefault(start.process_id, None)
    return start.due, start.name


def start(world: World, process_id: str, options: Mapping[str, Any]) -> tuple[Actor, str]:
    """Start a process; who did, and the project's number."""
    world.process_name(process_id)
    creates, alias = begins_a_project(world.definition, process_id), options.get("as")
    alone = may_stand_alone(world.definition, process_id) and (
        alias not in world.projects if alias else not may_stand_within(world.definition, process_id)
    )
    project_key = None if creates or alone else world.project_key(alias)
    group = world.definition.processes[process_id].start.lane_id or ""
    actor = world.acting(options.get("by"), group, project_key)
    with begin(world.engine) as connection:
        started = start_instance(
            connection, actor, process_id, now=world.now, project_key=project_key
        )
    if creates or alone:
        world.projects[str(alias or ("p" if creates else process_id))] = started.project_key
    return actor, started.project_no or process_id


def about_to_do(
    world: World, path: str, options: Mapping[str, Any], taken: Collection[str] = ()
) -> Doing:
    """What a step of a story would complete. Raises Refused, saying why, when the task is not open."""
    project_key, path = world.split(path)
    element = world.element(path)
    task = open_task(world, project_key, path, options.get("for"), taken)
    if task is None:
        with reading(world.engine) as connection:
            raise explain_not_open(connection, project_key, element.process_id, element.id)
    actor = world.acting(options.get("by"), task.group_id, project_key, task.person)
    return Doing(element, task, actor, submission(world, element, options))


def complete(world: World, path: str, options: Mapping[str, Any]) -> tuple[Actor, str]:
    """Complete an open task with the example and the story's values; who did, and the task's name."""
    doing = about_to_do(world, path, options)
    with begin(world.engine) as connection:
        complete_task(
            connection,
            doing.actor,
            doing.task.task_key,
            doing.submission,
            now=world.now,
            idempotency_key=new_key("k"),
        )
    return doing.actor, doing.element.name


def act(world: World, name: str, options: Mapping[str, Any]) -> tuple[Actor, str]:
    """Another act of the inbox on a task: claim or release."""
    known = {"claim": claim_task, "release": release_task}
    if name not in known or "on" not in options:
        raise BadInput(f"不认识的动作 {name}，可用 {'、'.join(known)}，并用 on 指明任务。")
    project_key, path = world.split(options["on"])
    element = world.element(path)
    task = open_task(world, project_key, path, options.get("for"))
    if task is None:
        raise Refused(f"{path} 没有打开。")
    actor = world.acting(options.get("by"), task.group_id, project_key, task.person)
    with begin(world.engine) as connection:
        known[name](connection, actor, task.task_key, now=world.now)
    return actor, element.name


def send(world: World, name: str, options: Mapping[str, Any]) -> None:
    """A message from outside."""
    processes = world.definition.processes.values()
    if name not in {e.event_name for p in processes for e in p.elements.values()}:
        raise BadInput(f"没有流程会接收 {name}。")
    payload, project_key = options.get("with") or {}, world.project_key()
    if project_key is None:
        raise BadInput(f"{name} 要发给一个项目，请先 start。")
    with begin(world.engine) as connection:
        send_message(connection, SYSTEM, project_key, name, payload, now=world.now)


def submission(world: World, element: Element, options: Mapping[str, Any]) -> dict[str, Any]:
    """What a step submits: the example of the form, less `without`, with the story's values over it.

    Raises BadInput for a field that the form does not have.
    """
    if not element.form_id:
        raise BadInput(f"{element.process_id}/{element.id} 不是要人办理的任务。")
    form = world.definition.forms[element.form_id]
    given, left_out = options.get("only", options.get("with")) or {}, options.get("without") or ()
    unknown = [key for key in (*given, *left_out) if key not in form.fields]
    if unknown:
        raise BadInput(f"表单 {form.id} 没有字段 {'、'.join(unknown)}。")
    if "only" in options:
        return dict(given)
    path = (world.root / form.path).with_suffix(".example.json")
    example = json.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in {**example, **given}.items() if key not in left_out}
