"""Which user tasks stand beside each other, and what the form of one says: conclusion, its weight, its words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from service.engine import Definition, Element, Process
from service.forms import Component, Form, shown
from service.store import tables as t


def joint_tasks(definition: Definition, process: Process) -> list[tuple[str, ...]]:
    """Ids of the user tasks of a process that stand beside each other, group by group."""
    found = []
    for element in process.elements.values():
        if element.type == "parallelGateway" and len(element.outgoing) > 1:
            targets = [process.elements[process.flows[f].target] for f in element.outgoing]
            beside = [e for e in targets if e.type == "userTask" and e.duty == "review"]
            if len(beside) == len(targets) and all(_concludes(definition, e) for e in beside):
                found.append(tuple(e.id for e in beside))
        elif element.type == "userTask" and element.loop and _concludes(definition, element):
            found.append((element.id,))
    return found


def _concludes(definition: Definition, element: Element) -> bool:
    form = definition.forms.get(element.form_id or "")
    return form is not None and conclusion_of(form, element) is not None


def conclusion_of(form: Form, element: Element) -> Component | None:
    """The choice that is the conclusion: the one that the element's outputs read, else the last one wanted."""
    wanted = [c for c in form.fields.values() if c.type == "radio" and c.required]
    read = " ".join(element.family("out").values())
    deciding = [c for c in wanted if re.search(rf"\b{re.escape(c.key)}\b", read)]
    return next(iter([*deciding, *reversed(wanted)]), None)


def said_in(
    connection: Connection, form: Form, element: Element, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Conclusion, its weight and the words of a submission."""
    content = connection.execute(
        select(t.submission.c.content).where(
            t.submission.c.task_key == body["task"], t.submission.c.digest == body["submission"]
        )
    ).scalar()
    choice = conclusion_of(form, element)
    if content is None or choice is None:
        return {}
    values = json.loads(content)
    options = [option.value for option in choice.options]
    place = options.index(values.get(choice.key)) if values.get(choice.key) in options else 1
    weight = 0 if place == 0 else 2 if place == len(options) - 1 else 1
    written = [
        (c.label, text)
        for key, c in form.fields.items()
        if (c.type == "textarea" or c.is_money) and (text := shown(c, values.get(key), {}))
    ]
    lists = [
        (c.label, tuple(shown(c, [row], {}) for row in values.get(key) or ()))
        for key, c in form.fields.items()
        if c.type == "dynamiclist" and values.get(key)
    ]
    return {
        "conclusion": shown(choice, values.get(choice.key), {}),
        "weight": weight,
        "text": tuple(written),
        "lists": tuple(lists),
    }
