"""A letter that was not taken."""

from __future__ import annotations


class NotDelivered(Exception):
    """The other side did not take a letter. `again`: it may take the same one later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
