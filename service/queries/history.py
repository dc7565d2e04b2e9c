"""What has happened in a project or instance, as people read it: who, when, which step, what was said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from service.definitions import definition_of
from service.engine import Definition
from service.forms import Form, shown_values
from service.model.values import from_json
from service.queries.beside import Steps, told_beside
from service.regulation.dates import local_date
from service.store import history as log
from service.store import tables as t
from service.store.among import among
from service.store.register import lists_for

MOST_SAID = 4


@dataclass(frozen=True)
class Entry:
    """A line of the history; `values` are (label, text) of the form as it was submitted, `said` those
    of them that decided the way or say why.
    """

    seq: int
    at: datetime
    who: str
    unit: str
    what: str
    kind: str
    values: list[tuple[str, str]]
    said: list[tuple[str, str]]


def beside(event: Any, steps: Steps) -> list[Entry]:
    """The line of an act around a task that gives the engine no input, if it has one."""
    told = told_beside(event, steps)
    if told is None:
        return []
    actor, (what, said) = event.body["actor"], told
    line = Entry(event.seq, event.at, actor["name"], actor["unit_name"], what, "beside", [], said)
    return [line]


def about(row: Any) -> dict[str, str]:
    """Whose history belongs to a task or instance: its project's; its own where it has no project."""
    if row.project_key is not None:
        return {"project_key": row.project_key}
    return {"instance_key": row.instance_key}


class Papers:
    """What was submitted with forms, and the lists that these name: each read once for many acts."""

    def __init__(self, connection: Connection, events: Sequence[log.StoredEvent]) -> None:
        self._connection = connection
        self._lists: dict[frozenset[str], dict[str, list[dict[str, str]]]] = {}
        tasks = [e.body["task"] for e in events if "submission" in e.body]
        self._contents: dict[tuple[str, str], str] = {}
        row = t.submission.c
        query = select(row.task_key, row.digest, row.content).where(among(row.task_key, tasks))
        for key, digest, content in connection.execute(query):
            self._contents[key, digest] = content

    def content(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the act submitted."""
        found = self._contents.get((body["task"], body["submission"]))
        return None if found is None else json.loads(found)

    def lists(self, form: Form) -> dict[str, list[dict[str, str]]]:
        """The lists of a form, with everybody who was ever in them."""
        if form.lists not in self._lists:
            self._lists[form.lists] = lists_for(self._connection, form.lists, everybody=True)
        return self._lists[form.lists]


def entries(
    connection: Connection, *, project_key: str | None = None, instance_key: str | None = None
) -> list[Entry]:
    """All acts in order of time; `instance_key` narrows it to one instance."""
    read = log.read(connection, project_key=project_key, instance_key=instance_key)
    return entries_in(connection, list(read))


def entries_in(connection: Connection, events: Sequence[log.StoredEvent]) -> list[Entry]:
    """The acts of a log that is read already."""
    found = []
    steps, papers = Steps(connection), Papers(connection, events)
    for event in events:
        steps.hear(event)
        if "input" not in event.body:
            found += beside(event, steps)
            continue
        entry = _entry(connection, papers, event)
        if entry:
            found.append(entry)
    return found


def _entry(connection: Connection, papers: Papers, event: Any) -> Entry | None:
    body = event.body
    definition = definition_of(connection, body["bundle"])
    actor = body["actor"]
    effects = body["effects"]
    name = _name(definition, body, effects)
    if event.act == "complete_task":
        what, kind = name, "done"
    elif event.act == "start_instance":
        what, kind = f"发起 {definition.processes[body['process']].name}", "start"
    elif event.act == "fire_timer":
        what, kind = f"到期：{name}", "system"
    elif event.act == "deliver_message":
        what, kind = f"收到消息：{_received(definition, body)}", "system"
    elif event.act == "deliver_signal":
        what, kind = f"收到通知：{_received(definition, body)}", "system"
    elif event.act in ("return_task", "withdraw_task"):
        what, kind = _went_back(definition, body, effects), "back"
    elif event.act == "repair_instance":
        what, kind = f"应急处置：{body['repair']['words']}", "back"
    elif event.act in ("cancel_instance", "cancel_project"):
        verb = "关闭" if event.act == "cancel_instance" else "撤销"
        what, kind = f"{verb} {definition.processes[body['process']].name}", "back"
    elif event.act == "rearm_timers" and (moved := _moved(definition, effects)):
        what, kind = f"改期：{moved}", "system"
    else:
        return None
    values: list[tuple[str, str]] = []
    said: list[tuple[str, str]] = []
    if event.act == "complete_task":
        values, said = submitted(papers, definition, body)
    elif event.act == "repair_instance":
        said = [("原因", body["reason"]), ("提出", body["proposed_by"]), ("确认", actor["name"])]
    elif body.get("reason"):
        said = [("理由", body["reason"])]
    return Entry(event.seq, event.at, actor["name"], actor["unit_name"], what, kind, values, said)


def _received(definition: Definition, body: Any) -> str:
    """A message or signal by the name of what waited for it in the diagram."""
    event_name = body["input"][1]["name"]
    waited = {f["element_id"] for n, f in body["effects"] if n == "MessageAwaitEnded"}
    names = (
        element.name
        for process in definition.processes.values()
        for element in process.elements.values()
        if element.id in waited and element.event_name == event_name
    )
    return next(filter(None, names), event_name)


def _went_back(definition: Definition, body: Any, effects: Any) -> str:
    """退回 or 撤回: from where to where, and what was closed with it."""
    (told,) = (fields for name, fields in effects if name == "InstanceReturned")
    to = definition.element(told["process_id"], told["element_id"]).name
    left, closed = "", []
    for name, fields in effects:
        if name == "UserTaskCancelled":
            step = definition.element(fields["process_id"], fields["element_id"]).name
            if fields["task_key"] == body["task"]:
                left = step
            else:
                closed.append(step)
    what = f"{left} 退回到“{to}”" if left else f"撤回 {to}"
    return f"{what}，同时关闭 {'、'.join(closed)}" if closed else what


def _moved(definition: Definition, effects: Any) -> str:
    """Timers and time limits that follow a changed date, with the new one."""
    found = []
    for name, fields in effects:
        if name in ("TimerRescheduled", "UserTaskRescheduled"):
            element = definition.element(fields["process_id"], fields["element_id"])
            day = local_date(from_json(fields["due"]))
            found.append(f"{element.name or element.id} 改到 {day.isoformat()}")
    return "；".join(found)


def _name(definition: Definition, body: Any, effects: Any) -> str:
    element_id = body.get("element")
    for _, fields in effects:
        if element_id and fields.get("element_id") == element_id and "process_id" in fields:
            return definition.element(fields["process_id"], element_id).name
    return str(element_id or "")


def submitted(
    papers: Papers, definition: Definition, body: Any
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What a completion's form said, as (label, text): everything, and what decided the way or says why."""
    content, form = papers.content(body), definition.forms.get(body.get("form", ""))
    if content is None or form is None:
        return [], []
    values = shown_values(form, content, papers.lists(form))
    set_here = body["input"][1].get("variables", {})
    telling = {c.label for k, c in form.fields.items() if k in set_here or c.type == "textarea"}
    said = [v for v in values if v[0] in telling][:MOST_SAID]
    return values, said or values[:2]


def days_before(
    papers: Papers, definition: Definition, body: Any, opened: date, written: date
) -> dict[str, int]:
    """Dates of a completion's form that lie before its task was there: field → days until they were written down.

    What happens while a task is open is written down in its time, however long the task takes; what is dated before
    `opened`, the day on which the task came, was entered afterwards (补录). `written`: the day of the completion.
    """
    given, form = papers.content(body), definition.forms.get(body.get("form", ""))
    if given is None or form is None:
        return {}
    told = {
        c.label: str(given.get(key) or "")[:10]
        for key, c in form.fields.items()
        if c.type == "datetime" and (c.raw.get("subtype") or "date") in ("date", "datetime")
    }
    days = {label: date.fromisoformat(text) for label, text in told.items() if text}
    return {label: (written - day).days for label, day in days.items() if day < opened}


def files_submitted(
    papers: Papers, definition: Definition, body: Any
) -> list[tuple[str, str, str]]:
    """(field, name, digest) of the files of a completion's form, as they were submitted."""
    given, form = papers.content(body), definition.forms.get(body.get("form", ""))
    if given is None or form is None:
        return []
    return [
        (component.label, str(item["name"]), str(item["digest"]))
        for key, component in form.fields.items()
        if component.type == "filepicker"
        for item in (given[key] if isinstance(given.get(key), list) else [given.get(key)])
        if isinstance(item, dict) and "digest" in item
    ]
