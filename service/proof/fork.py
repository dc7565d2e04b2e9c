"""Automatic steps that part and meet again."""

from __future__ import annotations

from typing import Any

from service.proof.outcomes import Values

# marking, values, what has happened, messages to come
Here = tuple[int, Values, tuple[int, ...], tuple[Any, ...]]


class Fork:
    """The automatic steps from one step on, once they part: ways that meet again are followed once."""

    def __init__(self) -> None:
        self.known: set[Here] = set()
        self.onward: dict[tuple[int, Values], list[tuple[int, Values]]] = {}
        self.met = False

    def new(
        self,
        before: tuple[int, Values],
        here: Here,
    ) -> bool:
        """Whether nobody has come here yet."""
        self.onward.setdefault(before, []).append(here[:2])
        if here in self.known:
            self.met = True
            return False
        self.known.add(here)
        return True

    def circle(self) -> int | None:
        """A marking to which a way leads back, if one does."""
        before: dict[tuple[int, Values], int] = dict.fromkeys(self.onward, 0)
        for targets in self.onward.values():
            for target in targets:
                before[target] = before.get(target, 0) + 1
        free = [place for place, count in before.items() if not count]
        while free:
            for target in self.onward.get(free.pop(), ()):
                before[target] -= 1
                if not before[target]:
                    free.append(target)
        return next(
            (m for (m, v), count in before.items() if count and (m, v) in self.onward), None
        )
