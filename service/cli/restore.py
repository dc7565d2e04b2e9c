"""`banjie restore`: fill an empty database from a backup, unless it is older than what is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from service.audit.backup import Backup, check_backup, check_origin, keys_in, newer_than, opened
from service.audit.verify import Checkpoint, Keys, note_signed, read_note
from service.commands.restore_copy import restore_copy
from service.config import Config
from service.model.errors import BadInput, Refused
from service.regulation.dates import SHANGHAI
from service.store import blobs
from service.store.session import begin


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--checkpoint",
    "held",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that the auditors hold; those of BANJIE_CHECKPOINT_DIR are known anyway.",
)
@click.option("--accept-older", is_flag=True, help="Restore although newer events are lost by it.")
@click.option("--reason", default="从备份恢复", help="Stands in the record for ever.")
def restore(file: Path, held: Sequence[Path], accept_older: bool, reason: str) -> None:
    """Check a backup wholly, then fill the empty database and the folder of attachments from it."""
    config = Config()
    if not config.record_key.exists():
        raise Refused(f"缺少密钥 {config.record_key}：请先把备份时的 record.key 放回去。")
    key = config.signer.public
    if accept_older and reason == "从备份恢复":
        raise Refused("用 --accept-older 会丢掉已签发的记录，请用 --reason 写明原因和批准人。")
    with opened(file) as backup:
        check_origin(backup, key)
        keys = keys_in(backup, key, _changes(config.checkpoints))
        known = _known([*sorted(config.checkpoints.glob("*.txt")), *held], keys)
        check_backup(backup, keys, known)
        lost = newer_than(backup, known)
        if lost and not accept_older:
            raise Refused(_older(backup, lost[-1]))
        for content in backup.attachments():
            blobs.keep(config.files, content)
        with begin(config.engine()) as connection:
            seq = restore_copy(connection, backup, lost, reason=reason, now=config.now())
    size = backup.manifest["size"]
    click.echo(
        f"已恢复 {size} 个事件，记录里的事件 {seq} 写明了这次恢复。请接着运行 banjie verify。"
    )
    if lost:
        click.echo(
            f"注意：丢掉了 {lost[-1].size - size} 个已签发的事件，请立即书面告知审计部门。",
            err=True,
        )


def _changes(folder: Path) -> list[tuple[bytes, bytes]]:
    """Changes of the key that the worker has written beside the checkpoints."""
    found = [path.read_bytes().rpartition(b"\n") for path in sorted(folder.glob("*.key"))]
    return [(body, bytes.fromhex(signature.decode())) for body, _, signature in found]


def _known(paths: Sequence[Path], keys: Keys) -> list[Checkpoint]:
    """What signed notes say; one that the key has not signed is no evidence of anything. Raises BadInput."""
    found = []
    for path in paths:
        try:
            note = path.read_text(encoding="utf-8")
            checkpoint = read_note(note)[0]
            if not note_signed(note, keys.of_note(checkpoint.size)):
                raise BadInput(f"检查点 {path} 不是本机密钥签发的，请核对文件和 record.key。")
            found.append(checkpoint)
        except ValueError as wrong:
            raise BadInput(f"{path} 不是检查点文件。") from wrong
    return found


def _older(backup: Backup, newest: Checkpoint) -> str:
    size, until = backup.manifest["size"], backup.manifest["newest_at"]
    return (
        f"拒绝恢复：这份备份只到 {size} 个事件（最后一个在 {_local(until)}），"
        f"而已签发的检查点记有 {newest.size} 个（{_local(newest.at)}），恢复会丢掉 {newest.size - size} 个。"
        "请先找更新的备份；确实没有时，经审计部门同意，加 --accept-older 和 --reason。"
    )


def _local(at: str | None) -> str:
    return f"{datetime.fromisoformat(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else "无"
