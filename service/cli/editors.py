"""`banjie editors`: install the editors of the workbench, unless they are there."""

from __future__ import annotations

import time

import click

from service.web.bundles import build, is_built


@click.command()
@click.option("--again", is_flag=True, help="Also when they are there and newest.")
def editors(again: bool) -> None:
    """Fetch the libraries of the lock with npm, bundle them; the pages find them at once."""
    if is_built() and not again:
        click.echo("编辑器已安装。")
        return
    began = time.monotonic()
    build()
    click.echo(f"编辑器已安装，用时 {time.monotonic() - began:.0f} 秒。")
