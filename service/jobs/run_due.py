"""Fire all timers that are due, each in a transaction of its own, in order of due time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from service.commands.fire_timer import Fired, fire_timer
from service.store.session import begin


def run_due(engine: Engine, *, now: datetime) -> list[Fired]:
    """The timers that fired. One that fails stays due and stops the round with its error."""
    fired: list[Fired] = []
    while True:
        with begin(engine) as connection:
            one = fire_timer(connection, now=now)
        if one is None:
            return fired
        fired.append(one)
