"""`banjie backup`: a consistent copy of everything while the service goes on."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli._written import written
from service.config import Config
from service.queries.backup import write_backup
from service.store.session import reading


@click.command()
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The file to write (zip)."
)
def backup(out: Path) -> None:
    """Write a copy of the database and the attachments as they are at one moment.

    The key (record.key) is not in it: keep that apart. The file holds personal data and hashes of passwords.
    """
    config = Config()
    with reading(config.engine()) as connection, written(out, mode=0o600) as stream:
        told = write_backup(
            connection, stream, signer=config.signer, files=config.files, now=config.now()
        )
    click.echo(f"备份已写入 {out}：{told.size} 个事件，{told.rows} 行，{told.attachments} 个附件。")
    for digest in told.missing:
        click.echo(f"附件 {digest} 不在数据目录里，没有备份到。", err=True)
    click.echo("密钥 record.key 不在备份里，请另外妥善保管；没有它不能恢复。")
