"""REST for 代理: one's own stand-ins, or anybody's for the administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, jsonify

from service.commands.end_stand_in import end_stand_in
from service.commands.set_stand_in import set_stand_in
from service.model.errors import BadInput
from service.store.session import begin, reading
from service.store.standing_in import stand_ins
from service.web.access import SIGNED_IN, access, actor, now
from service.web.answers import json_body, plain, text_of

blueprint = Blueprint("api_stand_ins", __name__, url_prefix="/api/v1")


@blueprint.get("/stand_ins")
@access(SIGNED_IN)
def index() -> Any:
    """Those that are or will be in force and concern oneself."""
    with reading(current_app.extensions["engine"]) as connection:
        rows = stand_ins(connection, now(), account_key=actor().account_key)
    found = [
        {
            "key": row.stand_in_key,
            "principal": {"account": row.principal, "name": principal},
            "agent": {"account": row.agent, "name": agent},
            "process_id": row.process_id,
            "begins_at": row.begins_at,
            "ends_at": row.ends_at,
            "reason": row.reason,
        }
        for row, principal, agent in rows
    ]
    return jsonify(plain(found))


@blueprint.post("/stand_ins")
@access(SIGNED_IN)
def set_() -> Any:
    """`{agent, first, last, reason, process_id?, principal?}`: days are 2026-03-01, both whole."""
    body = json_body()
    with begin(current_app.extensions["engine"]) as connection:
        key = set_stand_in(
            connection,
            actor(),
            text_of(body, "agent"),
            _day(body, "first"),
            _day(body, "last"),
            principal=text_of(body, "principal") or None,
            process_id=text_of(body, "process_id") or None,
            reason=text_of(body, "reason", 600),
            now=now(),
        )
    return jsonify(key=key), 201


@blueprint.delete("/stand_ins/<key>")
@access(SIGNED_IN)
def end(key: str) -> Any:
    """End one before its time."""
    with begin(current_app.extensions["engine"]) as connection:
        end_stand_in(connection, actor(), key, now=now())
    return jsonify(key=key)


def _day(body: dict[str, Any], name: str) -> date | None:
    text = text_of(body, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise BadInput(f"{name} 请写日期，如 2026-03-01。") from wrong
