"""`banjie deploy`: the folders processes/ and forms/ become the newest version."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection

from service.commands.deploy import deploy as carry_out
from service.config import Config, project_root
from service.difference import difference
from service.engine import compile_bundle
from service.model.bundle import Bundle, read_bundle
from service.model.errors import Refused
from service.store import deployments
from service.store.schema import upgrade
from service.store.session import begin, reading


def differs(connection: Connection, bundle: Bundle) -> str | None:
    """In production a changed folder is no release: how it differs from what is in force, and what to do."""
    newest = deployments.newest(connection)
    if newest is None or newest == bundle.digest:
        return None
    count = len(difference(deployments.read_back(connection, newest), bundle))
    version = deployments.version_of(connection, newest)
    return (
        f"文件夹与数据库现行的第 {version} 版不同（{count} 处改动），没有部署。"
        "要上线，请用 banjie push 存为草稿并提出，"
        "由另一位流程管理人员发布；要放弃文件夹里的改动，请用 banjie pull 取回现行版本。"
    )


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
def deploy(folder: Path | None) -> None:
    """Deploy FOLDER (default: the project's own); running instances keep their version. In production only once:
    later versions are released by a second person (banjie push)."""
    config = Config()
    engine = config.engine()
    upgrade(engine)
    bundle = read_bundle(folder or project_root())
    if config.production:
        with reading(engine) as connection:
            words = differs(connection, bundle)
        if words:
            raise Refused(words)
    compile_bundle(bundle)  # now: nobody else could write while the transaction waits for it
    with begin(engine) as connection:
        done = carry_out(connection, bundle, by="banjie deploy", now=config.now())
    click.echo(f"第 {done.version} 版 {done.digest[:12]}{'' if done.new else '（与现行版本相同）'}")
