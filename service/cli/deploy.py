"""`banjie deploy`: the folders processes/ and forms/ become the newest version."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.deploy import deploy as carry_out
from service.config import Config, project_root
from service.engine import compile_bundle
from service.model.bundle import read_bundle
from service.store.schema import upgrade
from service.store.session import begin


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
def deploy(folder: Path | None) -> None:
    """Deploy FOLDER (default: the project's own); running instances keep their version."""
    config = Config()
    engine = config.engine()
    upgrade(engine)
    bundle = read_bundle(folder or project_root())
    compile_bundle(bundle)  # now: nobody else could write while the transaction waits for it
    with begin(engine) as connection:
        done = carry_out(connection, bundle, by="banjie deploy", now=config.now())
    click.echo(f"第 {done.version} 版 {done.digest[:12]}{'' if done.new else '（与现行版本相同）'}")
