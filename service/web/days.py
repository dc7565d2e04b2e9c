"""Days that an address asks for."""

from __future__ import annotations

from datetime import date

from flask import request

from service.model.errors import BadInput


def day_asked(name: str) -> date | None:
    """The day that stands under a name in the address; None without one. Raises BadInput."""
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise BadInput("日期请写成 2026-03-01。") from wrong
