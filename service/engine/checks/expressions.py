"""FEEL in a diagram: it can be read, and every name in it is one that some element sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.engine.elements import Element, Process
from service.feel import FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.model.finding import Problem
from service.model.properties import FAMILIES

if TYPE_CHECKING:
    from service.engine.definition import Definition


def expressions(element: Element) -> Iterator[str]:
    """Every FEEL expression of an element."""
    for family in FAMILIES:
        yield from element.family(family).values()
    for name in ("group", "person", "due", "unit"):
        if name in element.properties:
            yield element.properties[name]
    if (
        element.timer
        and not element.timer.startswith(("P", "-P", "R"))
        and not element.timer[0].isdigit()
    ):
        yield element.timer
    if element.loop:
        yield from filter(None, (element.loop.cardinality, element.loop.condition))


def feel_problems(text: str) -> Iterator[Problem]:
    """Why an expression cannot be read."""
    try:
        parse(text, names=HOST_NAMES)
    except FeelSyntaxError as wrong:
        yield "feel", f"{wrong.message}（{text}）"


def unknown_names(definition: Definition, process: Process, declared: set[str]) -> list[str]:
    """Names that expressions of a process use and nothing sets; `declared` are those that are set."""
    used: set[str] = set()
    texts: list[str] = [f.condition for f in process.flows.values() if f.condition]
    local: set[str] = set()
    for element in process.elements.values():
        texts += expressions(element)
        if element.loop and element.loop.member:
            local.add(element.loop.member)
        if element.form_id and element.form_id in definition.forms:
            local |= set(definition.forms[element.form_id].fields)
    for text in texts:
        try:
            used |= parse(text, names=HOST_NAMES).free_names
        except FeelSyntaxError:
            continue
    counts = {
        "nrOfInstances",
        "nrOfActiveInstances",
        "nrOfCompletedInstances",
        "nrOfTerminatedInstances",
    }
    known = (
        declared
        | local
        | counts
        | {"settings", "project_no", "starter_unit", "due_on", "since"}
        | set(HOST_NAMES)
    )
    return sorted(used - known)


def declared_variables(definition: Definition) -> set[str]:
    """Every variable that some element of the bundle may set."""
    found: set[str] = set()
    for process in definition.processes.values():
        for element in process.elements.values():
            found |= set(element.outputs) | set(element.family("out"))
            found |= {
                p.partition(":")[0].strip() for p in element.properties.get("sets", "").split(";")
            }
            found |= {element.properties["result"]} if "result" in element.properties else set()
            if element.loop and element.loop.collects:
                found.add(element.loop.collects)
    return found - {""}
