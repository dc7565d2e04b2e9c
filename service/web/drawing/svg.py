"""Draw a process as SVG with classes for what is done, current and returned. No script, no style."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from service.engine import Element, Process

BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
CLASSES = {
    "done": " is-done",
    "now": " is-now",
    "step": " is-step",  # what was just done
    "back": " is-back",
    "added": " is-added",
    "removed": " is-removed",
    "changed": " is-changed",
    "found": " is-found",
    "never": " is-never",
    **{f"h{step}": f" is-h{step}" for step in range(5)},  # heat
}
MARGIN = 12
BROAD = 1400  # from this width on the words of a drawing that is shrunk into a page cannot be read


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


def draw(
    process: Process,
    states: Mapping[str, str],
    key: str,
    marks: Mapping[str, str] | None = None,
) -> str:
    """The SVG of a process; `states` maps ids of elements and flows to keys of CLASSES; `key` makes ids unique.

    `marks` are short texts at the upper left corner of elements, or on the middle of flows.
    """
    boxes, labels, edges = _interchange(process)
    if not boxes:
        return ""
    parts = [_lane(process, ref, box) for ref, box in boxes.items() if ref in process.lanes]
    parts += [
        _flow(process, ref, points, states, labels.get(ref), key) for ref, points in edges.items()
    ]
    parts += [
        _shape(process.elements[ref], box, states.get(ref, ""), labels.get(ref))
        for ref, box in boxes.items()
        if ref in process.elements
    ]
    places = {**{ref: _halfway(points) for ref, points in edges.items() if points}, **boxes}
    parts += [_mark(places[ref], text) for ref, text in (marks or {}).items() if ref in places]
    left = min(b.x for b in boxes.values()) - MARGIN
    top = min(b.y for b in boxes.values()) - MARGIN
    width = max(b.x + b.width for b in boxes.values()) - left + MARGIN
    height = max(b.y + b.height for b in boxes.values()) - top + MARGIN
    broad = " is-broad" if width > BROAD else ""
    return (
        f'<svg class="bpmn{broad}" viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(process.name)}流程图，文字见旁边的列表">'
        f"{_markers(key)}{''.join(parts)}</svg>"
    )


def _halfway(points: list[tuple[float, float]]) -> Box:
    """Where a mark stands on a flow: the middle of its longest stretch."""
    pairs = list(itertools.pairwise(points)) or [(points[0], points[0])]
    (a, b), (c, d) = max(pairs, key=lambda p: abs(p[0][0] - p[1][0]) + abs(p[0][1] - p[1][1]))
    return Box((a + c) / 2 - 5, (b + d) / 2 + 1, 0, 0)


def _interchange(
    process: Process,
) -> tuple[dict[str, Box], dict[str, Box], dict[str, list[tuple[float, float]]]]:
    boxes: dict[str, Box] = {}
    labels: dict[str, Box] = {}
    edges: dict[str, list[tuple[float, float]]] = {}
    for node in process.root.iter(f"{BPMNDI}BPMNShape", f"{BPMNDI}BPMNEdge"):
        ref = node.get("bpmnElement")
        bounds = node.find(f"{DC}Bounds")
        if bounds is not None:
            boxes[ref] = _box(bounds)
        else:
            edges[ref] = [
                (float(p.get("x")), float(p.get("y"))) for p in node.findall(f"{DI}waypoint")
            ]
        label = node.find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
        if label is not None:
            labels[ref] = _box(label)
    return boxes, labels, edges


def _box(node: Any) -> Box:
    return Box(*(float(node.get(k)) for k in ("x", "y", "width", "height")))


def _markers(key: str) -> str:
    def one(name: str, extra: str) -> str:
        return (
            f'<marker id="{key}{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" '
            f'markerHeight="8" orient="auto"><path class="bp-h{extra}" d="M0 0 8 4 0 8z"/></marker>'
        )

    return f"<defs>{one('a', '')}{one('d', ' is-done')}</defs>"


def _lane(process: Process, ref: str, box: Box) -> str:
    x, y = box.x + 15, box.y + box.height / 2
    return (
        f'<rect class="bp-lane" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"/>'
        f'<text class="bp-n" x="{x:g}" y="{y:g}" text-anchor="middle" dominant-baseline="central" '
        f'transform="rotate(-90 {x:g} {y:g})">{escape(process.lanes[ref])}</text>'
    )


def _flow(
    process: Process,
    ref: str,
    points: list[tuple[float, float]],
    states: Mapping[str, str],
    label: Box | None,
    key: str,
) -> str:
    flow = process.flows.get(ref)
    if flow is None:
        return ""
    known = states.get(ref)  # who knows which flows were taken says so
    gone = ("done", "step")
    between = states.get(flow.source) in gone and states.get(flow.target) in (*gone, "now")
    done = known == "done" if known else between
    own = CLASSES.get(states.get(ref, ""), "")
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    drawn = (
        f'<path class="bp-f{" is-done" if done else own}" d="{path}" '
        f'marker-end="url(#{key}{"d" if done else "a"})"/>'
    )
    return drawn + (_text(flow.name, label) if flow.name and label else "")


def _shape(element: Element, box: Box, state: str, label: Box | None) -> str:
    extra = CLASSES.get(state, "")
    x, y = box.middle
    if element.type.endswith("Gateway"):
        half = box.width / 2
        corners = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
        path = "M" + "L".join(f"{a:g} {b:g}" for a, b in corners) + "z"
        drawn = f'<path class="bp-t{extra}" d="{path}"/>'
        drawn += _gateway_mark(element, x, y)
    elif element.type.endswith("Event"):
        drawn = _event(element, x, y, box.width / 2, extra)
    else:
        thick = " bp-call" if element.type == "callActivity" else ""
        drawn = (
            f'<rect class="bp-t{thick}{extra}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
            f'height="{box.height:g}" rx="8"/>'
        )
        return (
            drawn
            + _lines(element.name, x, y, bold=state in ("now", "step"))
            + _task_mark(element, box)
        )
    return drawn + (_text(element.name, label) if element.name and label else "")


def _mark(box: Box, text: str) -> str:
    width = max(22, 7 * len(text) + 12)
    x, y = box.x - 6, box.y - 10
    return (
        f'<rect class="bp-k" x="{x:g}" y="{y:g}" width="{width}" height="18" rx="9"/>'
        f'<text class="bp-kt" x="{x + width / 2:g}" y="{y + 13:g}" text-anchor="middle">{escape(text)}</text>'
    )


def _event(element: Element, x: float, y: float, radius: float, extra: str) -> str:
    kind = " bp-end" if element.type == "endEvent" else ""
    drawn = f'<circle class="bp-t{kind}{extra}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>'
    if element.type in ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        dash = "" if element.interrupting else " bp-dash"
        drawn += f'<circle class="bp-in{dash}" cx="{x:g}" cy="{y:g}" r="{radius - 4:g}"/>'
    signs = {"timer": "◷", "message": "✉", "signal": "△", "error": "ϟ", "terminate": "●"}
    sign = signs.get(element.event or "")
    if sign:
        drawn += (
            f'<text class="bp-s" x="{x:g}" y="{y:g}" text-anchor="middle" '
            f'dominant-baseline="central">{sign}</text>'
        )
    return drawn


def _gateway_mark(element: Element, x: float, y: float) -> str:
    sign = {"exclusiveGateway": "×", "parallelGateway": "+", "inclusiveGateway": "○"}.get(
        element.type, "◇"
    )
    return f'<text class="bp-g" x="{x:g}" y="{y:g}" text-anchor="middle" dominant-baseline="central">{sign}</text>'


def _task_mark(element: Element, box: Box) -> str:
    sign = {"businessRuleTask": "▤", "sendTask": "✉", "receiveTask": "✉", "serviceTask": "⚙"}.get(
        element.type, ""
    )
    below = "⊞" if element.type == "callActivity" else "|||" if element.loop else ""
    parts = f'<text class="bp-s" x="{box.x + 8:g}" y="{box.y + 15:g}">{sign}</text>' if sign else ""
    if below:
        x, y = box.x + box.width / 2, box.y + box.height - 6
        parts += f'<text class="bp-s" x="{x:g}" y="{y:g}" text-anchor="middle">{below}</text>'
    return parts


def _wrapped(name: str, width: int) -> list[str]:
    if len(name) <= width:
        return [name]
    count = -(-len(name) // width)
    size = -(-len(name) // count)
    return [name[i : i + size] for i in range(0, len(name), size)]


def _lines(name: str, x: float, y: float, *, bold: bool) -> str:
    rows = _wrapped(name, 7)
    first = y - (len(rows) - 1) * 8
    weight = ' font-weight="600"' if bold else ""
    return "".join(
        f'<text class="bp-l" x="{x:g}" y="{first + i * 16:g}" text-anchor="middle" '
        f'dominant-baseline="central"{weight}>{escape(row)}</text>'
        for i, row in enumerate(rows)
    )


def _text(name: str, label: Box) -> str:
    x, y = label.middle
    rows = _wrapped(name, 8)
    first = y - (len(rows) - 1) * 7
    return "".join(
        f'<text class="bp-n" x="{x:g}" y="{first + i * 14:g}" text-anchor="middle" '
        f'dominant-baseline="central">{escape(row)}</text>'
        for i, row in enumerate(rows)
    )
