"""`banjie scenario run FILE…`: execute stories and print their minutes."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from service.config import project_root
from service.scenarios.runner import Outcome, run_story
from service.scenarios.stands import open_world
from service.scenarios.story import read_story


@click.group()
def scenario() -> None:
    """Run stories of the regulation."""


@scenario.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each story.")
@click.option("--quiet", is_flag=True, help="Print only the result of each story.")
def run(files: tuple[Path, ...], as_json: bool, quiet: bool) -> None:
    """Execute each FILE in a database of its own; status 1 when one goes otherwise than written."""
    outcomes = [_run(path) for path in files]
    for outcome in outcomes:
        if as_json:
            click.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
            continue
        if outcome.story.begins_as and not quiet:
            click.echo(f"接续故事 {outcome.story.begins_as}")
        for line in () if quiet else outcome.minutes:
            click.echo(line)
        click.echo(f"{outcome.story.id} {outcome.story.title}：{outcome.verdict}")
    sys.exit(0 if all(outcome.ok for outcome in outcomes) else 1)


def _run(path: Path) -> Outcome:
    story = read_story(path)
    with tempfile.TemporaryDirectory(prefix="banjie-") as folder:
        world = open_world(f"sqlite:///{folder}/story.sqlite3", project_root(), story)
        try:
            return run_story(story, world)
        finally:
            world.close()
