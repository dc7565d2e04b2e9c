"""Small faults put into the shipped bundle, as a hurried editor would make them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from service.model.bundle import Bundle, read_bundle
from service.proof.diagram_reader import SPIFF, tag

ROOT = Path(__file__).parents[2]
SHIPPED = read_bundle(ROOT)
Edit = Callable[[Any], None]


def mutated(faults: dict[str, list[Edit]]) -> Bundle:
    """The shipped bundle with edits of files of processes/."""
    files = dict(SHIPPED.files)
    for name, edits in faults.items():
        root = etree.fromstring(files[f"processes/{name}"])
        for edit in edits:
            edit(root)
        files[f"processes/{name}"] = etree.tostring(root)
    return Bundle(files)


def _node(root: Any, own: str) -> Any:
    (node,) = [n for n in root.iter() if n.get("id") == own]
    return node


def _flows(root: Any, **ends: str) -> list[Any]:
    return [
        f
        for f in root.iter(tag("sequenceFlow"))
        if all(f.get(f"{end}Ref") == own for end, own in ends.items())
    ]


def _remove(node: Any) -> None:
    node.getparent().remove(node)


def bypass(own: str) -> Edit:
    """Take a node out; what led to it leads to what came after."""

    def edit(root: Any) -> None:
        (after,) = _flows(root, source=own)
        for flow in _flows(root, target=own):
            flow.set("targetRef", after.get("targetRef"))
        _remove(after)
        for boundary in [n for n in root.iter() if n.get("attachedToRef") == own]:
            _drop(root, boundary)
        _drop(root, _node(root, own))

    return edit


def _drop(root: Any, node: Any) -> None:
    for flow in _flows(root, source=node.get("id")):
        _remove(flow)
    for ref in [r for r in root.iter(tag("flowNodeRef")) if r.text == node.get("id")]:
        _remove(ref)
    _remove(node)


def cut(source: str, target: str) -> Edit:
    """Remove a sequence flow."""
    return lambda root: _remove(_flows(root, source=source, target=target)[0])


def lead(source: str, target: str, instead: str) -> Edit:
    """Let a sequence flow end elsewhere."""
    return lambda root: _flows(root, source=source, target=target)[0].set("targetRef", instead)


def condition(source: str, target: str, text: str) -> Edit:
    """Another condition on a sequence flow."""

    def edit(root: Any) -> None:
        _flows(root, source=source, target=target)[0].find(tag("conditionExpression")).text = text

    return edit


def drop(own: str) -> Edit:
    """Remove a boundary event with its flows."""
    return lambda root: _drop(root, _node(root, own))


def attribute(own: str, name: str, value: str) -> Edit:
    """Another attribute."""
    return lambda root: _node(root, own).set(name, value)


def kind(own: str, name: str) -> Edit:
    """Another kind of node."""

    def edit(root: Any) -> None:
        _node(root, own).tag = tag(name)

    return edit


def move(own: str, lane: str) -> Edit:
    """Put a node into another lane."""

    def edit(root: Any) -> None:
        (ref,) = [r for r in root.iter(tag("flowNodeRef")) if r.text == own]
        _remove(ref)
        etree.SubElement(_node(root, lane), tag("flowNodeRef")).text = own

    return edit


def said(own: str, name: str, value: str | None) -> Edit:
    """Another value of a property; None takes the property away."""

    def edit(root: Any) -> None:
        path = f"{tag('extensionElements')}/{{{SPIFF}}}properties/{{{SPIFF}}}property"
        (found,) = [p for p in _node(root, own).findall(path) if p.get("name") == name]
        if value is None:
            _remove(found)
        else:
            found.set("value", value)

    return edit


def cell(own: str, text: str) -> Edit:
    """Another text of a decision table's cell."""

    def edit(root: Any) -> None:
        _node(root, own)[0].text = text

    return edit


def no_rule(own: str) -> Edit:
    """Remove a rule of a decision table."""
    return lambda root: _remove(_node(root, own))
