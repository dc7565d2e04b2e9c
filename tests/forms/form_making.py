"""Small forms for the tests of service.forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.forms import Checked, Form, parse_form, validate

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def schema(*components: dict[str, Any], **more: Any) -> bytes:
    """The bytes of a form with these components."""
    data = {"schemaVersion": 19, "type": "default", "id": "sample", "title": "样表"}
    return json.dumps({**data, "components": list(components), **more}).encode()


def form(*components: dict[str, Any]) -> Form:
    """A parsed form with these components."""
    return parse_form(schema(*components), "forms/sample.form")


def field(kind: str, key: str = "it", **more: Any) -> dict[str, Any]:
    """A component of a type, labelled 名称."""
    return {"type": kind, "key": key, "label": "名称", **more}


def check(made: Form, submission: dict[str, Any], **context: Any) -> Checked:
    """Validate at a fixed time."""
    return validate(made, submission, context=context, now=NOW)


def error(component: dict[str, Any], value: Any, **context: Any) -> str | None:
    """The sentence about one value of one component."""
    return check(form(component), {"it": value}, **context).errors.get("it")


def shipped() -> list[Path]:
    """All forms of the project."""
    return sorted((ROOT / "forms").rglob("*.form"))


def example(path: Path) -> dict[str, Any]:
    """The example beside a form."""
    return json.loads(path.with_suffix(".example.json").read_text(encoding="utf-8"))
