"""A strip of a process: the steps just done, the one at hand, and where it can go from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from service.engine import Element, Flow, Process

WIDTH, HEIGHT, GAP, ROW, TOP = 148, 56, 44, 84, 28
BEFORE, AFTER, BRANCHES, LETTERS = 2, 2, 4, 9
WORK = ("userTask", "callActivity")


@dataclass(frozen=True)
class Step:
    """A step in words: `state` is done, now or empty; `note` says by whom, or under which answer."""

    name: str
    state: str
    note: str


@dataclass(frozen=True)
class Strip:
    """The picture, and the same in words for narrow screens and for who does not see it."""

    svg: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Way:
    """What follows an element: plain steps, then perhaps a question with its answers."""

    plain: list[Element]
    question: Element | None
    answers: list[tuple[str, Element]]


def strip(process: Process, marks: Mapping[str, str], current: str, key: str) -> Strip:
    """The strip around `current`; `marks` (element id → state) in the order of time."""
    here = process.elements[current]
    done = _before(process, here, marks)
    way = _way(process, here)
    return Strip(_svg(process, done, here, way, key), _steps(done, here, way))


def _before(process: Process, here: Element, marks: Mapping[str, str]) -> list[Element]:
    """The last steps done that lead to `here`, the oldest first; steps beside it are not among them."""
    found: list[Element] = []
    seen, frontier, order = {here.id}, [here], list(marks)
    while frontier and len(found) < BEFORE:
        sources = [process.flows[ref].source for e in frontier for ref in e.incoming]
        frontier = [process.elements[ref] for ref in dict.fromkeys(sources) if ref not in seen]
        seen.update(e.id for e in frontier)
        done = [e for e in frontier if e.type in WORK and marks.get(e.id) == "done"]
        if done:
            last = max(done, key=lambda e: order.index(e.id))
            found.insert(0, last)
            frontier = [last]
    return found


def _way(process: Process, element: Element) -> _Way:
    plain: list[Element] = []
    while True:
        flows = [process.flows[ref] for ref in element.outgoing]
        if len(flows) > 1 and element.type.endswith("Gateway"):
            answers = [(flow.name, _named(process, flow)) for flow in flows[:BRANCHES]]
            return _Way(plain, element, answers)
        if not flows or len(plain) == AFTER:
            return _Way(plain, None, [])
        element = process.elements[flows[0].target]
        if not element.type.endswith("Gateway"):
            plain.append(element)


def _named(process: Process, flow: Flow) -> Element:
    """Where a branch leads: the next element that has a name."""
    element = process.elements[flow.target]
    seen = {element.id}
    while not element.name and element.outgoing:
        element = process.elements[process.flows[element.outgoing[0]].target]
        if element.id in seen:
            break
        seen.add(element.id)
    return element


def _steps(done: list[Element], here: Element, way: _Way) -> tuple[Step, ...]:
    made = [Step(e.name, "done", f"{_by(e)} 已办".strip()) for e in done]
    made.append(Step(here.name, "now", "您在这一步"))
    made += [Step(e.name, "", _by(e)) for e in way.plain if e.name]
    if way.question is not None:
        asked = way.question.name or "同时进行"
        told = "；".join(
            f"{answer or ('否则' if way.question.name else '')} → {e.name}".strip()
            for answer, e in way.answers
        )
        made.append(Step(asked, "", told))
    return tuple(made)


def _svg(process: Process, done: list[Element], here: Element, way: _Way, key: str) -> str:
    rows = max(1, len(way.answers))
    middle = TOP + (rows - 1) * ROW / 2 + HEIGHT / 2
    parts: list[str] = []
    x = 16.0
    for element in [*done, here, *way.plain]:
        state = "done" if element in done else "now" if element is here else ""
        if x > 16:
            parts.append(_arrow(x - GAP, middle, x, middle, key, done=state in ("done", "now")))
        parts.append(_node(element, x, middle, state))
        x += _width(element) + GAP
    if way.question is not None:
        parts.append(_arrow(x - GAP, middle, x, middle, key))
        parts.append(_question(way.question, x + 24, middle))
        bend = x + 24 + max(34, 6.5 * min(len(way.question.name), LETTERS) + 8)
        room = 24 + 12 * max(len(answer) for answer, _ in way.answers)
        for index, (answer, element) in enumerate(way.answers):
            y = TOP + index * ROW + HEIGHT / 2
            parts.append(_branch(x + 48, middle, bend, bend + room + 24, y, answer, key))
            parts.append(_node(element, bend + room + 24, y, ""))
        x = bend + room + 24 + max(_width(e) for _, e in way.answers) + GAP
    height = TOP + (rows - 1) * ROW + HEIGHT + 34
    words = "、".join(e.name for e in done)
    label = f"{process.name}：{f'已办{words}，' if words else ''}现在是{here.name}"
    return (
        f'<svg viewBox="0 0 {x - GAP + 16:g} {height:g}" width="{x - GAP + 16:g}" height="{height:g}" '
        f'role="img" aria-label="{escape(label)}">{_heads(key)}{"".join(parts)}</svg>'
    )


def _heads(key: str) -> str:
    return (
        "<defs>"
        + "".join(
            f'<marker id="{key}{name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path class="bp-h{extra}" d="M0 0 8 4 0 8z"/></marker>'
            for name, extra in (("a", ""), ("d", " is-done"))
        )
        + "</defs>"
    )


def _width(element: Element) -> float:
    return 36 + 13 * min(len(element.name), 10) if element.type.endswith("Event") else WIDTH


def _node(element: Element, x: float, y: float, state: str) -> str:
    extra = f" is-{state}" if state else ""
    if element.type.endswith("Event"):
        end = " bp-end" if element.type == "endEvent" else ""
        drawn = f'<circle class="bp-t{end}{extra}" cx="{x + 15:g}" cy="{y:g}" r="15"/>'
        return drawn + _rows(element.name, x + 36, y, "start", "bp-n")
    drawn = (
        f'<rect class="bp-t{extra}" x="{x:g}" y="{y - HEIGHT / 2:g}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="6"/>'
    )
    drawn += _rows(element.name, x + WIDTH / 2, y, "middle", "bp-l", bold=state == "now")
    below = y + HEIGHT / 2 + 17
    if state == "now":
        return drawn + (
            f'<rect class="bp-k" x="{x + WIDTH / 2 - 44:g}" y="{below - 11:g}" width="88" '
            f'height="19" rx="9.5"/><text class="bp-kt" x="{x + WIDTH / 2:g}" y="{below + 3:g}" '
            f'text-anchor="middle">您在这一步</text>'
        )
    lane = _by(element)
    tick = "✓ " if state == "done" else ""
    who = tick + lane if lane else tick
    return drawn + (
        f'<text class="bp-n" x="{x + WIDTH / 2:g}" y="{below:g}" text-anchor="middle">'
        f"{escape(who)}</text>"
        if who
        else ""
    )


def _by(element: Element) -> str:
    """Who does it."""
    if element.type in ("businessRuleTask", "serviceTask"):
        return "系统自动判定" if element.decision_id else "系统自动办理"
    return (element.lane_name or "").partition("（")[0]


def _question(element: Element, x: float, y: float) -> str:
    path = f"M{x:g} {y - 22:g}L{x + 22:g} {y:g}L{x:g} {y + 22:g}L{x - 22:g} {y:g}z"
    sign = {"exclusiveGateway": "×", "parallelGateway": "+", "inclusiveGateway": "○"}
    drawn = f'<path class="bp-t" d="{path}"/>'
    drawn += (
        f'<text class="bp-g" x="{x:g}" y="{y:g}" text-anchor="middle" '
        f'dominant-baseline="central">{sign.get(element.type, "◇")}</text>'
    )
    return drawn + _rows(element.name, x, y - 34, "middle", "bp-n", upwards=True)


def _branch(
    x: float, y: float, bend: float, to_x: float, to_y: float, answer: str, key: str
) -> str:
    """From the diamond's right corner (x, y) to `bend`, then along the row of its answer."""
    path = f"M{x - 2:g} {y:g}H{bend:g}" + (f"V{to_y:g}" if to_y != y else "") + f"H{to_x - 2:g}"
    words = (
        f'<text class="bp-n" x="{bend + 8:g}" y="{to_y - 7:g}">{escape(answer)}</text>'
        if answer
        else ""
    )
    return f'<path class="bp-f" d="{path}" marker-end="url(#{key}a)"/>{words}'


def _arrow(x: float, y: float, to_x: float, to_y: float, key: str, *, done: bool = False) -> str:
    extra, head = (" is-done", "d") if done else ("", "a")
    return (
        f'<path class="bp-f{extra}" d="M{x + 2:g} {y:g}H{to_x - 2:g}" '
        f'marker-end="url(#{key}{head})"/>'
    )


def _rows(
    name: str,
    x: float,
    y: float,
    anchor: str,
    kind: str,
    *,
    bold: bool = False,
    upwards: bool = False,
) -> str:
    count = max(1, -(-len(name) // LETTERS))
    size = -(-len(name) // count) if name else 1
    rows = [name[i : i + size] for i in range(0, len(name), size)]
    first = y - (len(rows) - 1) * 17 if upwards else y - (len(rows) - 1) * 8.5
    weight = ' font-weight="600"' if bold else ""
    return "".join(
        f'<text class="{kind}" x="{x:g}" y="{first + i * 17:g}" text-anchor="{anchor}" '
        f'dominant-baseline="central"{weight}>{escape(row)}</text>'
        for i, row in enumerate(rows)
    )
