"""`banjie diff`: what differs in meaning between two folders or deployed versions."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from service.config import Config
from service.difference import difference
from service.model.bundle import Bundle, read_bundle
from service.model.errors import NotFound
from service.store import deployments
from service.store.session import reading


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Compare OLD with NEW: each a folder, a version number, or (the beginning of) a digest. Status 1 when they
    differ."""
    changes = difference(_bundle(old), _bundle(new))
    if as_json:
        click.echo(json.dumps([c.as_dict() for c in changes], ensure_ascii=False, indent=1))
    else:
        for change in changes:
            click.echo(str(change))
        click.echo(f"共 {len(changes)} 处改动。" if changes else "没有改动。")
    sys.exit(1 if changes else 0)


def _bundle(name: str) -> Bundle:
    if Path(name).is_dir():
        return read_bundle(Path(name))
    with reading(Config().engine()) as connection:
        digest = deployments.find(connection, name)
        if digest is None:
            raise NotFound(f"没有文件夹 {name}，也没有版本或摘要以它开头的部署。")
        return deployments.read_back(connection, digest)
