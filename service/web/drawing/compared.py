"""Two versions of a diagram beside each other, what differs coloured, signed and named on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.difference import Change
from service.difference.change import KINDS
from service.engine import Process, read_any
from service.model.bundle import Bundle
from service.model.errors import Refused
from service.web.drawing.svg import draw

LISTS = {
    "processes/promises.yaml": "约定清单",
    "processes/settings.yaml": "设置",
    "processes/calendar.yaml": "工作日历",
    "processes/groups.yaml": "单位和组",
    "processes/acts.yaml": "行为",
    "processes/invariants.yaml": "不变式",
    "processes/reminders.yaml": "提醒",
    "processes/clauses.yaml": "条款",
}


@dataclass(frozen=True)
class Compared:
    """A file with its changes; `old` and `new` are drawings, empty where there is none."""

    path: str
    name: str
    changes: Sequence[Change]
    old: str = ""
    new: str = ""


def compared(old: Bundle, new: Bundle, changes: Sequence[Change]) -> list[Compared]:
    """Each changed file in order, diagrams drawn."""
    paths = dict.fromkeys(c.file for c in changes)
    return [
        _file(old, new, path, [c for c in changes if c.file == path], str(number))
        for number, path in enumerate(paths)
    ]


def _file(old: Bundle, new: Bundle, path: str, changes: Sequence[Change], key: str) -> Compared:
    if not path.endswith(".bpmn"):
        return Compared(path, LISTS.get(path) or path.rpartition("/")[2], changes)
    before, after = _process(old, path), _process(new, path)
    known = after or before
    return Compared(
        path,
        known.name if known else path,
        changes,
        _drawn(before, changes, "removed", f"o{key}"),
        _drawn(after, changes, "added", f"n{key}"),
    )


def _process(bundle: Bundle, path: str) -> Process | None:
    if path not in bundle.files:
        return None
    try:
        found = read_any(bundle.files[path], path)
    except Refused:
        return None
    return found[0] if found else None


def _drawn(process: Process | None, changes: Sequence[Change], whole: str, key: str) -> str:
    """`whole`: the kind that colours this side, beside what has changed on both."""
    if process is None:
        return ""
    states = {c.element: c.kind for c in changes if c.kind in (whole, "changed")}
    signs = {element: KINDS[kind][1] for element, kind in states.items()}
    try:
        return draw(process, states, key, signs)
    except (TypeError, ValueError):  # an interchange without numbers: there is nothing to be drawn
        return ""
