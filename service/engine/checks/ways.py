"""Ways through a diagram along sequence flows, boundary events included."""

from __future__ import annotations

from service.engine.elements import Process


def reaches(process: Process, source: str, target: str, *, avoiding: str | None = None) -> bool:
    """Whether a token that leaves `source` can come to `target`, within a scope, not through `avoiding`."""
    seen: set[str] = set()
    pending = _next(process, source)
    while pending:
        name = pending.pop()
        if name == target:
            return True
        if name not in seen and name != avoiding:
            seen.add(name)
            pending += _next(process, name)
    return False


def _next(process: Process, name: str) -> list[str]:
    """Where a token may go from an element, or from an event on its border."""
    leaving = [e for e in process.elements.values() if name in (e.id, e.attached_to)]
    return [process.flows[f].target for e in leaving for f in e.outgoing if f in process.flows]
