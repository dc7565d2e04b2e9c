"""`banjie decide FILE --decision ID --input JSON`: evaluate a decision, print JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from service.cli.feel import json_object, plain
from service.dmn import parse_dmn


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", required=True, help="Id of the decision.")
@click.option("--input", "inputs", default="{}", help="A JSON object: the inputs by name.")
def decide(file: Path, decision: str, inputs: str) -> None:
    """Print the result, and the rules that fired with their annotations."""
    model = parse_dmn(file.read_bytes(), file.name)
    outcome = model.evaluate(decision, json_object(inputs), now=datetime.now(UTC))
    rules = [{"id": r.rule_id, "annotations": dict(r.annotations)} for r in outcome.rules]
    click.echo(json.dumps({"result": plain(outcome.result), "rules": rules}, ensure_ascii=False))
