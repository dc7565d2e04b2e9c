"""`banjie push` and `banjie pull`: between a folder (kept in git, drawn with any modeler) and drafts or releases."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from service.commands.open_draft import open_draft
from service.commands.propose_release import propose_release
from service.commands.save_draft_file import save_draft_file
from service.config import Config
from service.difference import difference
from service.model.actor import Actor
from service.model.bundle import Bundle, read_bundle
from service.model.errors import NotFound
from service.queries.findings import findings
from service.queries.people import actor_named
from service.store import deployments, workbench
from service.store.session import begin, reading

MOST = 5  # findings that are printed


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--as", "login", required=True, help="Log-in name of the process owner whose draft it is."
)
@click.option("--name", required=True, help="Name of the draft; an open one of this name goes on.")
@click.option("--propose", metavar="REASON", help="Propose the draft for release at once.")
def push(folder: Path, login: str, name: str, propose: str | None) -> None:
    """Save what FOLDER has otherwise than the version in force as a draft. Somebody else has to release it."""
    config = Config()
    with begin(config.engine()) as connection:
        actor = actor_named(connection, login)
        key, saved = _save(connection, actor, name, dict(read_bundle(folder).files), config.now())
        click.echo(f"草稿“{name}”：{saved} 个文件有改动。")
        _tell_wrong(connection, key)
        if propose:
            propose_release(connection, actor, key, propose, now=config.now())
            click.echo("已提出发布，检查后由另一位流程管理人员决定。")


def _save(
    connection: Connection, actor: Actor, name: str, files: dict[str, bytes], now: datetime
) -> tuple[str, int]:
    own = (
        d for d in workbench.drafts(connection) if d.author == actor.account_key and d.name == name
    )
    draft = next(own, None)
    key = draft.draft_key if draft else open_draft(connection, actor, name, now=now)
    row = workbench.draft_of(connection, key)
    assert row is not None
    there = workbench.files_of(connection, key, row.base)
    changed = {p: c for p, c in files.items() if there.get(p) != c}
    gone = [p for p in workbench.bundle_of(connection, key, row.base).files if p not in files]
    for path, content in [*changed.items(), *((p, None) for p in gone)]:
        save_draft_file(connection, actor, key, path, content, now=now)
    return key, len(changed) + len(gone)


def _tell_wrong(connection: Connection, key: str) -> None:
    """What keeps the draft from being released, as far as a glance shows it."""
    row = workbench.draft_of(connection, key)
    assert row is not None
    _, wrong = findings(workbench.bundle_of(connection, key, row.base))
    for finding in wrong[:MOST]:
        click.echo(f"    {finding}")
    if wrong:
        click.echo(f"{len(wrong)} 处问题，改好以前不能发布；banjie lint 说怎么办。")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--version", "name", default="", help="Version number or digest; default: the one in force."
)
def pull(folder: Path, name: str) -> None:
    """Write a released version into FOLDER: files that it has are replaced, those it lacks are taken away."""
    with reading(Config().engine()) as connection:
        digest = deployments.find(connection, name) if name else deployments.newest(connection)
        if digest is None:
            raise NotFound(f"没有版本 {name}。" if name else "还没有部署流程。")
        bundle = deployments.read_back(connection, digest)
    before = read_bundle(folder) if folder.exists() else Bundle({})
    for path, content in bundle.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    for path in before.files.keys() - bundle.files.keys():
        (folder / path).unlink()
    for change in difference(before, bundle) if before.files else ():
        click.echo(str(change))
    click.echo(f"{folder}：{len(bundle.files)} 个文件，版本摘要 {digest[:12]}。")
