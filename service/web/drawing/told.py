"""What a proof found as the page of a release shows it: by stages, with what to do, played on the diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.engine import Process, read_any
from service.model.bundle import Bundle
from service.model.errors import Refused
from service.proof.advice import STAGES, remedy_of
from service.web.drawing.svg import draw

Drawing = tuple[str, str]  # name of the process, SVG


@dataclass(frozen=True)
class Told:
    """A finding as it is kept (`service.proof.finding.Finding` as plain data), its number on the page, what to do,
    the diagram that it stands on, and its way drawn."""

    number: int
    finding: Mapping[str, Any]
    remedy: str
    place: str
    drawings: Sequence[Drawing]


@dataclass(frozen=True)
class Shown:
    """Findings of one stage: `rows` without a way, on common drawings, and `ways`, each with its own."""

    title: str
    rows: Sequence[Told]
    drawings: Sequence[Drawing]
    ways: Sequence[Told]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.rows) + len(self.ways)


def shown(bundle: Bundle, findings: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """The stages in which something was found."""
    sketch = _Sketch(bundle)
    found: list[Shown] = []
    number = 0
    for stage in STAGES:
        some = [f for f in findings if f["rule"] in stage.rules]
        rows: list[Told] = []
        ways: list[Told] = []
        for one in sorted(some, key=lambda f: bool(f.get("way"))):
            number += 1
            steps = list(enumerate(one.get("steps", ()), 1))
            marked = [(str(count), step) for count, step in steps] + [("✗", one["place"])]
            drawings = sketch.drawn(marked, f"w{number}") if one.get("way") else ()
            told = Told(number, one, remedy_of(one["rule"]), sketch.name(one["place"]), drawings)
            (ways if one.get("way") else rows).append(told)
        if some:
            places = [(str(t.number), t.finding["place"]) for t in rows]
            found.append(Shown(stage.title, rows, sketch.drawn(places, f"r{number}"), ways))
    return found


class _Sketch:
    """Drawings of the diagrams of a bundle, those that can be read, each read once."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.read: dict[str, Process | None] = {}

    def name(self, place: str) -> str:
        """The name of the diagram of a place `diagram/element`, empty for another place."""
        process = self._process(place.partition("/")[0])
        return process.name if process else ""

    def drawn(self, marked: Sequence[tuple[str, str]], key: str) -> list[Drawing]:
        """Each diagram that (mark, `diagram/element`) name, with the marks on it."""
        signs: dict[str, dict[str, str]] = {}
        for mark, place in marked:
            diagram, _, element = place.partition("/")
            here = signs.setdefault(diagram, {})
            here[element] = f"{here[element]}、{mark}" if element in here else mark
        found = []
        for diagram, marks in signs.items():
            process = self._process(diagram)
            known = {e: m for e, m in marks.items() if process and _has(process, e)}
            if process and known:
                found += _drawing(process, known, f"{key}{diagram}")
        return found

    def _process(self, diagram: str) -> Process | None:
        if diagram not in self.read:
            path = f"processes/{diagram}.bpmn"
            try:
                some = read_any(self.bundle.files[path], path)
            except (KeyError, Refused):
                some = []
            self.read[diagram] = next((p for p in some if p.id == diagram), None)
        return self.read[diagram]


def _drawing(process: Process, marks: Mapping[str, str], key: str) -> list[Drawing]:
    try:
        return [(process.name, draw(process, dict.fromkeys(marks, "found"), key, marks))]
    except (TypeError, ValueError):  # an interchange without numbers: there is nothing to be drawn
        return []


def _has(process: Process, element: str) -> bool:
    return element in process.elements or element in process.flows
