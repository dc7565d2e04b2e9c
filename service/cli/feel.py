"""`banjie feel 'EXPR' --context JSON`: evaluate an expression, print JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from service.feel import parse
from service.feel.text import text_of_number, text_of_value
from service.model.errors import BadInput


@click.command()
@click.argument("expression")
@click.option("--context", default="{}", help="A JSON object: the names that the expression sees.")
def feel(expression: str, context: str) -> None:
    """Evaluate EXPRESSION; dates and durations are printed as FEEL writes them."""
    names = json_object(context)
    value = parse(expression, names=names).evaluate(names, now=datetime.now(UTC))
    click.echo(json_text(value))


def json_object(text: str) -> dict[str, Any]:
    """A JSON object with exact numbers. Raises BadInput."""
    try:
        data = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except ValueError as wrong:
        raise BadInput(f"不是合格的 JSON：{wrong}。") from wrong
    if not isinstance(data, dict):
        raise BadInput('要写成 JSON 对象，如 {"a": 1}。')
    return data


def json_text(value: Any) -> str:
    """A FEEL value as JSON, numbers with all their digits; dates, durations, ranges as FEEL writes them."""
    if isinstance(value, Decimal):
        return text_of_number(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k, ensure_ascii=False)}: {json_text(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    known = value is None or isinstance(value, bool | str)
    return json.dumps(value if known else text_of_value(value), ensure_ascii=False)
