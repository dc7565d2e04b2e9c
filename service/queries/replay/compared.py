"""A form that was submitted again beside the one before it: which fields have changed, and why it came to that."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from service.definitions import definition_of
from service.queries.history import Papers, files_submitted, submitted
from service.queries.replay.steps import Step
from service.queries.replay.told import Told
from service.store import history

WENT_BACK = ("return_task", "withdraw_task", "repair_instance")


@dataclass(frozen=True)
class Compared:
    """The step before at the same element, (field, old, new) of each field that differs, and the step that led here
    again with what was said at it."""

    before: Step
    fields: list[tuple[str, str, str]]
    why: Step | None
    said: str


def compared(connection: Connection, told: Told, step: Step) -> Compared | None:
    """Of a completed task; None when its element was done for the first time, or it was another act."""
    place = _place(step)
    if step.act != "complete_task" or step.element is None:
        return None
    earlier = [s for s in told.steps[: step.number - 1] if _place(s) == place]
    before = next((s for s in reversed(earlier) if s.act == "complete_task"), None)
    if before is None:
        return None
    old, new = _values(connection, before), _values(connection, step)
    fields = [
        (label, old.get(label, ""), new.get(label, ""))
        for label in dict.fromkeys((*new, *old))
        if old.get(label) != new.get(label)
    ]
    why = _led_here(told, before, step)
    return Compared(before, fields, why, _said(connection, why) if why else "")


def _place(step: Step) -> tuple[str, str, str]:
    return step.instance_key, step.process.id, step.element.id if step.element else ""


def _led_here(told: Told, before: Step, step: Step) -> Step | None:
    """The step between both that opened the element again; a return where there was one."""
    between = told.steps[before.number : step.number - 1]
    here = [s for s in between if s.instance_key == step.instance_key]
    for one in reversed(here):
        if one.act in WENT_BACK:
            return one
        changes = told.effects[one.number - 1].changes
        if any(
            (c.process_id, c.element_id, c.state) == (*_place(step)[1:], "now") for c in changes
        ):
            return _sent_back(told, one, before)
    return None


def _sent_back(told: Told, opened: Step, before: Step) -> Step:
    """The last task before that somebody completed, when the system itself opened the element."""
    people = [s for s in told.steps[before.number : opened.number] if s.act == "complete_task"]
    return people[-1] if people else opened


def _values(connection: Connection, step: Step) -> dict[str, str]:
    """What the form of a step said, by field; of a file its name and the beginning of its digest."""
    event = history.read_one(connection, step.seq)
    papers, definition = Papers(connection, [event]), definition_of(connection, step.bundle)
    values = dict(submitted(papers, definition, event.body)[0])
    files: dict[str, list[str]] = {}
    for label, name, digest in files_submitted(papers, definition, event.body):
        files.setdefault(label, []).append(f"{name} {digest[:12]}…")
    return values | {label: "、".join(names) for label, names in files.items()}


def _said(connection: Connection, step: Step) -> str:
    """What was given as reason at a step."""
    event = history.read_one(connection, step.seq)
    if event.body.get("reason"):
        return str(event.body["reason"])
    if "submission" not in event.body:
        return ""
    papers, definition = Papers(connection, [event]), definition_of(connection, step.bundle)
    return "；".join(
        f"{label} {text}" for label, text in submitted(papers, definition, event.body)[1]
    )
