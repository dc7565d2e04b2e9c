"""`banjie decide FILE --decision ID --input JSON`: evaluate a decision, print JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from service.cli.feel import json_object, json_text
from service.dmn import parse_dmn
from service.model.errors import BadInput


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--decision", required=True, help="Id of the decision.")
@click.option("--input", "inputs", default="{}", help="A JSON object: the inputs by name.")
def decide(file: Path, decision: str, inputs: str) -> None:
    """Print the result, and the rules that fired with their annotations."""
    try:
        source = file.read_bytes()
    except OSError as wrong:
        raise BadInput(f"读不了文件 {file}。") from wrong
    model = parse_dmn(source, file.name)
    if decision not in model.decisions:
        raise BadInput(f"{file.name} 里没有决策 {decision}，有：{'、'.join(model.decisions)}。")
    outcome = model.evaluate(decision, json_object(inputs), now=datetime.now(UTC))
    rules: list[Any] = [
        {"id": r.rule_id, "annotations": dict(r.annotations)} for r in outcome.rules
    ]
    click.echo(json_text({"result": outcome.result, "rules": rules}))
