"""JSON bodies of the API: read one, make one."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request

from service.model.errors import BadInput

# a file of a draft as JSON says it; one that is too large by itself is refused in words of its own
FILE_BODY = 8 * 1024 * 1024


def plain(value: Any) -> Any:
    """A result of a query or command as JSON has it; dates and amounts are text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def json_body(most: int | None = None) -> dict[str, Any]:
    """The request's JSON object; of at most `most` bytes where it carries a file. Raises BadInput."""
    if most is not None:
        request.max_content_length = most
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise BadInput("请求正文应是 JSON 对象。")
    return data


def text_of(body: dict[str, Any], name: str, most: int = 200) -> str:
    """A text of a body; empty when it is missing. Raises BadInput when it is no text."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"{name} 应是文字。")
    return value[:most]
