"""What was met lately, found again by the very bytes of a state: an accelerator that cannot be wrong.

A thing is stored under the bytes that it was made from or turned into, so it is never older or newer
than the state that somebody has read; where it is missing it is made anew from those bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Recent(Generic[Thing]):
    """At most `limit` things, those not used longest are forgotten; safe between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._things: OrderedDict[bytes, Thing] = OrderedDict()
        self._lock = Lock()

    def keep(self, state: bytes, thing: Thing) -> None:
        """Remember a thing under the bytes of a state."""
        with self._lock:
            self._things[state] = thing
            self._things.move_to_end(state)
            if len(self._things) > self._limit:
                self._things.popitem(last=False)

    def find(self, state: bytes) -> Thing | None:
        """The thing of a state, which stays here: not to be changed."""
        with self._lock:
            return self._things.get(state)

    def take(self, state: bytes) -> Thing | None:
        """The thing of a state, given out once: it may be changed, nobody else has it."""
        with self._lock:
            return self._things.pop(state, None)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._things.clear()
