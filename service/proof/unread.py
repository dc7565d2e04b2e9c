"""Lists that only the proof reads, and that cannot be read: acts, invariants, promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.model.finding import Finding, unreadable
from service.proof.promises import FILE, read_promises
from service.proof.statement import parse_statement, read_accepted, read_acts, read_invariants


def unread_lists(bundle: Bundle) -> list[Finding]:
    """A finding for each list that the proof will refuse."""
    lists: tuple[tuple[str, Callable[[Bundle], Any]], ...] = (
        ("processes/acts.yaml", read_acts),
        ("processes/invariants.yaml", _statements),
        (FILE, read_promises),
    )
    found = []
    for path, read in lists:
        try:
            read(bundle)
        except BadInput as wrong:
            found.append(unreadable(path, wrong))
    return found


def _statements(bundle: Bundle) -> None:
    read_accepted(bundle)
    for invariant in read_invariants(bundle):
        for text in invariant.formal if invariant.needs in ("flow", "messages") else ():
            parse_statement(text)
