"""Ways through a diagram along sequence flows, boundary events included."""

from __future__ import annotations

from collections.abc import Iterator

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


Port = tuple[str, bool]  # an element, and whether it is being left
END: Port = ("", True)


def part(process: Process, source: str, ends: tuple[str, str]) -> bool:
    """Whether two tokens that leave `source` can come to the two `ends` by ways that share no element: then both can
    be under way at once. (Two units of flow through elements that hold one each.)
    """
    used: set[tuple[Port, Port]] = set()
    for _ in ends:
        way = _another(process, source, ends, used)
        if way is None:
            return False
        for a, b in way:
            if (b, a) in used:
                used.remove((b, a))
            else:
                used.add((a, b))
    return True


def _another(
    process: Process, source: str, ends: tuple[str, str], used: set[tuple[Port, Port]]
) -> list[tuple[Port, Port]] | None:
    came: dict[Port, Port] = {}
    pending: list[Port] = [(source, True)]
    while pending and END not in came:
        here = pending.pop()
        free = [there for there in _steps(process, here, ends) if (here, there) not in used]
        for there in (*free, *(a for a, b in used if b == here)):
            if there not in came and there != (source, True):
                came[there] = here
                pending.append(there)
    if END not in came:
        return None
    way, at = [], END
    while at != (source, True):
        way.append((came[at], at))
        at = came[at]
    return way


def _steps(process: Process, here: Port, ends: tuple[str, str]) -> Iterator[Port]:
    name, left = here
    if not left:
        yield name, True
    elif name in ends:
        yield END
    else:
        yield from ((after, False) for after in process.onward.get(name, ()))
