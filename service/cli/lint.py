"""`banjie lint`: check the diagrams, tables, forms and printable sheets of a folder, or diagrams by themselves."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from service.config import project_root
from service.definitions import sheets_of
from service.lint.rules import RULES
from service.lint.tables import table_notes
from service.model.bundle import Bundle, read_bundle
from service.queries.findings import findings


@click.command()
@click.argument("places", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lint(places: tuple[Path, ...], as_json: bool) -> None:
    """Print findings of a folder (default: the project's own) or of single files; status 1 when there are any."""
    bundle = _bundle(places)
    definition, found = findings(bundle)
    if as_json:
        rows = [
            {**asdict(f), "title": RULES[f.rule].title, "remedy": RULES[f.rule].remedy}
            for f in found
        ]
        click.echo(json.dumps({"findings": rows}, ensure_ascii=False, indent=1))
        sys.exit(1 if found else 0)
    for finding in found:
        where = f"{finding.path}:{finding.line} {finding.element}".rstrip()
        click.echo(f"{where}：{finding.text}〔{finding.rule}〕")
        click.echo(f"    怎么办：{RULES[finding.rule].remedy}")
    if definition is None or found:
        click.echo(f"{len(bundle.files)} 个文件，{len(found)} 处问题。")
        sys.exit(1)
    for note in table_notes(definition.decisions):
        click.echo(f"注意：{note}")
    click.echo(
        f"{len(definition.processes)} 个流程、{len(definition.decisions)} 张决策表、"
        f"{len(definition.forms)} 张表单、{len(sheets_of(definition))} 张打印表，没有发现问题。"
    )


def _bundle(places: tuple[Path, ...]) -> Bundle:
    if not places:
        return read_bundle(project_root())
    files: dict[str, bytes] = {}
    for place in places:
        if place.is_dir():
            files.update(read_bundle(place).files)
        else:
            files[place.name] = place.read_bytes()
    return Bundle(files)
