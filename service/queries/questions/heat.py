"""How long elements of a process took in one deployed version of it, and which were never reached."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.engine import Element, Process
from service.queries.questions.durations import Taken, taken
from service.store import tables as t
from service.store.tables.audit import BUNDLE

# Upper ends of the steps of heat, in working days; what takes longer is the last step.
STEPS = (0, 2, 5, 10)
WORDS = ("当天", "1–2 个工作日", "3–5 个工作日", "6–10 个工作日", "10 个工作日以上")
NO_WAIT = ("Gateway", "startEvent", "endEvent", "intermediateThrowEvent", "boundaryEvent")


@dataclass(frozen=True)
class Warm:
    """An element: how long it took (None when it was never left); `waits`: somebody or something is waited for."""

    element: Element
    taken: Taken | None
    waits: bool

    @property
    def step(self) -> int | None:
        """0 (quick) … 4 (slow) of the median; None for what does not wait or was never left."""
        if self.taken is None or not self.waits:
            return None
        return next((i for i, end in enumerate(STEPS) if self.taken.median <= end), len(STEPS))


def heat(connection: Connection, process: Process, digest: str) -> list[Warm]:
    """All elements of a process that have a name or were left, the slowest first."""
    p = t.passage_total.c
    rows = connection.execute(
        select(p.place, p.days, p.count).where(
            p.place >= f"{process.id}/", p.place < f"{process.id}0", p.bundle == digest[:BUNDLE]
        )
    )
    histograms: dict[str, dict[int, int]] = {}
    for place, days, count in rows:
        histograms.setdefault(place.partition("/")[2], {})[days] = int(count)
    made = [
        Warm(e, taken(histograms[e.id]) if e.id in histograms else None, _waits(e))
        for e in process.elements.values()
        if e.name
    ]
    return sorted(
        made, key=lambda w: (w.taken is None, not w.waits, -(w.taken.median if w.taken else 0))
    )


def versions_of(connection: Connection, process_id: str) -> dict[int, str]:
    """Version → digest of the deployed bundles in which elements of the process were left, newest first."""
    p, d = t.passage_total.c, t.deployment.c
    used = select(p.bundle).where(p.place >= f"{process_id}/", p.place < f"{process_id}0")
    query = (
        select(d.version, d.digest)
        .where(func.substr(d.digest, 1, BUNDLE).in_(used))
        .order_by(d.version.desc())
    )
    return {int(version): digest for version, digest in connection.execute(query)}


def slowest(connection: Connection) -> dict[str, tuple[int, str, float]]:
    """Process → (how many elements were left, the slowest element, its median), over all versions."""
    p = t.passage_total.c
    rows = connection.execute(select(p.place, p.days, func.sum(p.count)).group_by(p.place, p.days))
    histograms: dict[str, dict[int, int]] = {}
    for place, days, count in rows:
        histograms.setdefault(place, {})[days] = int(count)
    found: dict[str, tuple[int, str, float]] = {}
    for place, histogram in histograms.items():
        process_id, _, element_id = place.partition("/")
        many, worst, median = found.get(process_id, (0, "", -1.0))
        one = taken(histogram).median
        if one > median:
            worst, median = element_id, one
        found[process_id] = (many + 1, worst, median)
    return found


def _waits(element: Element) -> bool:
    return not element.type.endswith(NO_WAIT)
