"""Ways through a diagram along sequence flows, boundary events included."""

from __future__ import annotations

from service.engine.elements import Process


def reaches(process: Process, source: str, target: str, *, avoiding: str | None = None) -> bool:
    """Whether a token that leaves `source` can come to `target`, within a scope, not through `avoiding`."""
    seen: set[str] = set()
    pending = list(process.onward.get(source, ()))
    while pending:
        name = pending.pop()
        if name == target:
            return True
        if name not in seen and name != avoiding:
            seen.add(name)
            pending += process.onward.get(name, ())
    return False
