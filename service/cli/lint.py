"""`banjie lint`: check the diagrams, tables, forms, questions and printable sheets of a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.config import project_root
from service.definitions import sheets_of
from service.engine import compile_bundle
from service.lint.settings import setting_findings
from service.lint.tables import table_findings, table_notes
from service.model.bundle import read_bundle
from service.model.errors import BadInput
from service.queries.questions.declared import questions_of


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
def lint(folder: Path | None) -> None:
    """Print findings of FOLDER (default: the project's own); status 1 when there are any."""
    bundle = read_bundle(folder or project_root())
    try:
        definition = compile_bundle(bundle)
        found = table_findings(definition.decisions, definition.functions)
        found += setting_findings(bundle, definition.settings)
        questions_of(definition)
        if found:
            raise BadInput("；".join(found))
        sheets = sheets_of(definition)
    except BadInput as findings:
        for line in findings.message.split("；"):
            click.echo(line)
        sys.exit(1)
    for note in table_notes(definition.decisions):
        click.echo(f"注意：{note}")
    click.echo(
        f"{len(definition.processes)} 个流程、{len(definition.decisions)} 张决策表、"
        f"{len(definition.forms)} 张表单、{len(sheets)} 张打印表，没有发现问题。"
    )
