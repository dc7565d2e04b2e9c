"""`banjie feel 'EXPR' --context JSON`: evaluate an expression, print JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import click

from service.feel import parse
from service.feel.text import text_of_value
from service.model.errors import BadInput


@click.command()
@click.argument("expression")
@click.option("--context", default="{}", help="A JSON object: the names that the expression sees.")
def feel(expression: str, context: str) -> None:
    """Evaluate EXPRESSION; dates and durations are printed as FEEL writes them."""
    names = json_object(context)
    value = parse(expression, names=names).evaluate(names, now=datetime.now(UTC))
    click.echo(json.dumps(plain(value), ensure_ascii=False))


def json_object(text: str) -> dict[str, Any]:
    """A JSON object with exact numbers. Raises BadInput."""
    try:
        data = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except ValueError as wrong:
        raise BadInput(f"不是合格的 JSON：{wrong}。") from wrong
    if not isinstance(data, dict):
        raise BadInput('要写成 JSON 对象，如 {"a": 1}。')
    return data


def plain(value: Any) -> Any:
    """A FEEL value as JSON; whole numbers stay whole."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return text_of_value(value) if isinstance(value, date | time) else str(text_of_value(value))
