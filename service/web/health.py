"""For operators: is it alive, and how is it doing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select

from service.store import tables as t
from service.store.session import reading
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
    """Counts for Prometheus: open tasks, running instances, timers that are late, events."""
    registry = CollectorRegistry()
    asked = {
        "banjie_open_tasks": select(func.count())
        .select_from(t.task)
        .where(t.task.c.status == "open"),
        "banjie_running_instances": select(func.count())
        .select_from(t.instance)
        .where(t.instance.c.status == "running"),
        "banjie_late_timers": select(func.count())
        .select_from(t.due_timer)
        .where(t.due_timer.c.due_at < now()),
        "banjie_events": select(func.coalesce(func.max(t.event.c.seq), 0)),
    }
    with reading(current_app.extensions["engine"]) as connection:
        for name, query in asked.items():
            Gauge(name, name, registry=registry).set(connection.execute(query).scalar_one())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
