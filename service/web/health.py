"""For operators: is it alive, and how is it doing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import select

from service.queries.figures import figures
from service.store.session import reading
from service.web import request_log
from service.web.access import PUBLIC, access, now

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access(PUBLIC)
def healthz() -> Any:
    """200 when the database answers."""
    with reading(current_app.extensions["engine"]) as connection:
        connection.execute(select(1))
    return jsonify(status="ok")


@blueprint.get("/metrics")
@access(PUBLIC)
def metrics() -> Any:
    """Figures of the county, and how long this process has taken, for Prometheus."""
    registry = CollectorRegistry()
    with reading(current_app.extensions["engine"]) as connection:
        for figure in figures(connection, now=now()):
            Gauge(figure.name, figure.help, registry=registry).set(figure.value)
    text = generate_latest(registry) + generate_latest(request_log.MEASURED)
    return Response(text, content_type=CONTENT_TYPE_LATEST)
