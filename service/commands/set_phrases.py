"""常用意见: one's own phrases, in one's own order."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert

from service.model.actor import Actor
from service.model.errors import Refused
from service.store import tables as t

MOST, LONGEST = 30, 200


def set_phrases(connection: Connection, actor: Actor, text: str) -> None:
    """Replace the actor's phrases by the lines of a text. Raises Refused when they are too many or too long."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(lines) > MOST or any(len(line) > LONGEST for line in lines):
        words = f"最多 {MOST} 条，每条不超过 {LONGEST} 字，请精简。"
        raise Refused(f"常用意见{words}", fields={"reason": words})
    connection.execute(delete(t.phrase).where(t.phrase.c.account_key == actor.account_key))
    rows = [
        {"account_key": actor.account_key, "place": n, "text": line} for n, line in enumerate(lines)
    ]
    if rows:
        connection.execute(insert(t.phrase), rows)
