"""Once a day: rows that only guard against repetition and have served their time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from service.commands.forget_answers import forget_answers
from service.store.session import begin


def forget_old(engine: Engine, *, now: datetime) -> int:
    """Forget answers to repeated requests after seven days; returns how many."""
    with begin(engine) as connection:
        return forget_answers(connection, now=now)
