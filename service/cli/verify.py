"""`banjie verify`: hash chain, and replay of every instance."""

from __future__ import annotations

import sys

import click

from service.config import Config
from service.queries.rebuild import differences
from service.store.session import reading


@click.command()
def verify() -> None:
    """Rebuild everything from the event log and compare; status 1 when something differs."""
    engine = Config().engine()
    with reading(engine) as connection:
        found = differences(connection)
    for line in found:
        click.echo(line)
    click.echo("与事件日志一致。" if not found else f"有 {len(found)} 处不一致。")
    sys.exit(1 if found else 0)
