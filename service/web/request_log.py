"""A line of the log for each request, and how long requests and completions take."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from flask import Flask, g, request
from prometheus_client import REGISTRY, Histogram
from werkzeug.wrappers import Response

LOG = structlog.get_logger()
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUESTS = Histogram(
    "banjie_request_seconds", "Time of a request, by route", ("endpoint",), buckets=BUCKETS
)
COMPLETIONS = Histogram(
    "banjie_completion_seconds", "Time of a request that completed a task", buckets=BUCKETS
)
MEASURED = REGISTRY  # of this process
QUIET = ("static", "health.healthz", "health.metrics")
GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask) -> None:
    """Before all other work of a request, and after it."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
    g.begun = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _tell(response: Response) -> Any:
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    endpoint = request.endpoint or "unknown"
    response.headers.setdefault("X-Request-ID", g.get("request_id", ""))
    REQUESTS.labels(endpoint).observe(seconds)
    if _completes() and response.status_code < 400:
        COMPLETIONS.observe(seconds)
    if endpoint not in QUIET:
        actor = g.get("actor")
        LOG.info(
            "request",
            act=f"{request.method} {endpoint}",
            account=actor.account_key if actor else None,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    return response


def _completes() -> bool:
    """Whether the request asks to complete a task."""
    if request.method != "POST":
        return False
    pressed = request.endpoint == "tasks.act" and request.form.get("_act", "complete") == "complete"
    return pressed or request.endpoint == "api.complete"
