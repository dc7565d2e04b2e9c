"""How the service logs: one JSON object a line in production, readable lines in development.

Set up at the edge (`serve`, `worker`). What people typed stays out: requests are told by route, status and
the key of the account; tracebacks carry no values of variables, faults of the database no parameters.
"""

from __future__ import annotations

import sys

import structlog


def set_up(*, production: bool) -> None:
    """Log to stderr from now on."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # plain: without locals
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if production
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last], logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
