"""REST for lists: boxes of the inbox, the ledger, one's own saved filters; searched and sorted as on the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from service.commands.keep_filter import drop_filter, keep_filter
from service.model.errors import BadInput
from service.queries.box_orders import Asked
from service.queries.inbox import inbox
from service.queries.instance_boxes import INSTANCE_BOXES, instance_box
from service.queries.ledger import ledger
from service.queries.own_lists import saved_filters
from service.store.session import begin, reading
from service.web.access import SIGNED_IN, access, actor, now
from service.web.answers import json_body, plain
from service.web.box_links import BOX_NAMES
from service.web.ledger import filters_asked
from service.web.own_lists import keepable

blueprint = Blueprint("api_lists", __name__, url_prefix="/api/v1")


@blueprint.get("/tasks")
@access(SIGNED_IN)
def tasks() -> Any:
    """A page of a box: tasks (`todo`, `unit`, `done`) or instances (`closed`, `started`)."""
    given = request.args
    box = given.get("box", "todo")
    if box not in BOX_NAMES:
        raise BadInput(f"box 应是 {'、'.join(BOX_NAMES)} 之一。")
    asked = Asked(given.get("q", ""), given.get("due", ""), given.get("order", ""))
    after = given.get("after")
    page: Any
    with reading(current_app.extensions["engine"]) as connection:
        if box in INSTANCE_BOXES:
            page = instance_box(connection, actor(), box, after=after, asked=asked)
        else:
            page = inbox(connection, actor(), box, now=now(), after=after, asked=asked)
    return jsonify(plain(page))


@blueprint.get("/projects")
@access(SIGNED_IN)
def projects() -> Any:
    """Projects that one may see; `after` asks for those behind a page. Filters as in the ledger's address."""
    after = request.args.get("after", "")
    with reading(current_app.extensions["engine"]) as connection:
        found = ledger(connection, actor(), filters_asked(connection), now=now(), after=after)
    return jsonify(projects=plain(found.rows), after=found.after, count=found.count)


@blueprint.get("/filters/<place>")
@access(SIGNED_IN)
def filters(place: str) -> Any:
    """One's own saved filters of `inbox` or `ledger`: {name: {parameter: value}}."""
    with reading(current_app.extensions["engine"]) as connection:
        return jsonify(saved_filters(connection, actor(), place))


@blueprint.put("/filters/<place>/<name>")
@access(SIGNED_IN)
def keep(place: str, name: str) -> Any:
    """Keep the body, {parameter: value}, under a name."""
    body = json_body()
    if not all(isinstance(value, str) for value in body.values()):
        raise BadInput("每一项都应是文字。")
    with begin(current_app.extensions["engine"]) as connection:
        asked = keepable(connection, place, body)
        keep_filter(connection, actor(), place, name, asked, now=now())
    return jsonify(name=name)


@blueprint.delete("/filters/<place>/<name>")
@access(SIGNED_IN)
def drop(place: str, name: str) -> Any:
    """Drop one."""
    with begin(current_app.extensions["engine"]) as connection:
        drop_filter(connection, actor(), place, name)
    return jsonify(name=name)
