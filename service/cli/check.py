"""`banjie check`: check the next proposal (the worker calls it), or a folder against what is deployed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from service.config import Config, project_root
from service.model.bundle import read_bundle
from service.store import deployments
from service.store.session import reading
from service.workbench.check import check as carry_out
from service.workbench.check_next import check_next
from service.workbench.kept_proofs import KeptProofs


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
def check(folder: Path | None) -> None:
    """Everything that is looked at before release. With FOLDER: print the results as JSON, status 1 when something
    is found. Without: check the proposal that has waited longest."""
    config = Config()
    engine = config.engine()
    if folder is None:
        key = check_next(engine, project_root(), clock=config.now, memo=KeptProofs(config.proofs))
        click.echo(f"已检查 {key}" if key else "没有等待检查的申请。")
        return
    with reading(engine) as connection:
        digest = deployments.newest(connection)
        base = deployments.read_back(connection, digest) if digest else read_bundle(folder)
    memo = KeptProofs(config.proofs)
    results = carry_out(base, read_bundle(folder).files, folder, _progress, memo)
    click.echo(json.dumps(results, ensure_ascii=False, indent=1))
    sys.exit(0 if results["summary"]["good"] else 1)


def _progress(words: str) -> None:
    """On the error stream, each line over the last one; nothing where nobody watches."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{words}", nl=False, err=True)
