"""Who acted for whom: by contract for a unit, or for a person who was away."""

from __future__ import annotations

from collections.abc import Iterator

from service.queries.questions.declared import Column, Question
from service.queries.questions.note import Note, noted_at
from service.queries.questions.trail import Trail

COLUMNS: tuple[Column, ...] = (("代谁", "text"), ("方式", "text"), ("办理人单位", "text"))


def on_behalf(question: Question, trail: Trail) -> Iterator[Note]:
    """One row for each task that somebody did for another."""
    for handled in trail.handled:
        actor = handled.done.body["actor"]
        principal = actor.get("on_behalf_of")
        if principal:
            whom = f"{principal['unit_name']}{principal.get('name') or ''}"
            way = "代理（本人不在）" if principal.get("account_key") else "受托代办"
            yield noted_at(handled, whom, way, actor["unit_name"])
