"""An instance: its diagrams and history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template

from service.queries.instance_detail import instance_detail
from service.store.session import reading
from service.web.access import SIGNED_IN, access, actor
from service.web.drawing.svg import draw

blueprint = Blueprint("instances", __name__)


@blueprint.get("/instances/<instance_key>")
@access(SIGNED_IN)
def page(instance_key: str) -> Any:
    """The instance page."""
    with reading(current_app.extensions["engine"]) as connection:
        detail = instance_detail(connection, actor(), instance_key)
    drawings = [
        (process, states, draw(process, states, f"d{i}"))
        for i, (process, states) in enumerate(detail.diagrams)
    ]
    return render_template("instance.html", detail=detail, drawings=drawings)
