"""A backup file, read: its manifest, rows and attachments; whether it is whole and its record holds."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.audit.verify import (
    CHANGE_KEY,
    GENESIS,
    Checkpoint,
    Growing,
    Key,
    Keys,
    Package,
    keys_from,
    leaf_hash,
    note_signed,
    read_change,
    read_note,
    sha256,
    signed_by,
    sm3,
)
from service.model.errors import BadInput, Refused

BACKUP = "banjie-backup/1"
Roots = tuple[bytes, bytes]


@dataclass(frozen=True)
class Backup:
    """An open backup file."""

    package: Package

    @property
    def manifest(self) -> Mapping[str, Any]:
        """`made_at`, `origin`, `revision`, `size`, `sha256`, `sm3`, `newest_at`, `rows`, `missing`, `files`."""
        return dict(self.package.manifest)

    def lines(self, table: str) -> Iterator[bytes]:
        """Rows of a table, one JSON object each (`service/store/rows.py`); none for a table that was not kept."""
        name = f"tables/{table}.jsonl"
        return self.package.lines(name) if name in self.package.names else iter(())

    def attachments(self) -> Iterator[bytes]:
        """Contents of attachments, one after the other."""
        for name in self.package.below("attachments/"):
            yield self.package.archive.read(name)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """The backup in a file. Raises BadInput when it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            package = Package(archive)
            if package.manifest.get("format") != BACKUP:
                raise BadInput(f"{path.name} 不是办结的备份（{BACKUP}），请换一个文件。")
            yield Backup(package)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, EOFError) as wrong:
        raise BadInput(f"读不了备份 {path.name}：{wrong}。请换一份备份。") from wrong


def keys_in(backup: Backup, key: Key, later: Iterable[tuple[bytes, bytes]] = ()) -> Keys:
    """The keys of the backup's log and of what came after it, of which the one at its end is that of this machine.

    `later`: (event, signature) of changes of the key that stand beside the checkpoints. Raises Refused.
    """
    rows = (json.loads(line) for line in backup.lines("event"))
    told = [
        (r["body"].encode(), bytes.fromhex(r["signature"])) for r in rows if r["act"] == CHANGE_KEY
    ]
    try:
        changes = {change.seq: change for change in (read_change(*one) for one in (*later, *told))}
        keys = keys_from(key, [changes[seq] for seq in sorted(changes)])
    except ValueError as wrong:
        raise Refused(f"{wrong}：请把备份时的 record.key 放回数据目录，再恢复。") from wrong
    if keys.of_note(backup.manifest["size"]) != key:
        raise Refused("备份时用的是另一把密钥：请把备份时的 record.key 放回数据目录，再恢复。")
    return keys


def check_backup(backup: Backup, keys: Keys, known: Collection[Checkpoint]) -> None:
    """Raise Refused unless the file is whole, of this system, and its record what `known` checkpoints say.

    Of checkpoints over more events than the backup has, only the size can be compared: see `newer_than`.
    """
    _whole(backup, keys.of_note(backup.manifest["size"]))
    notes = [(size, note) for size, note in _notes(backup)]
    wanted = {size for size, _ in notes} | {c.size for c in known} | {backup.manifest["size"]}
    roots = _roots(backup, keys, wanted, max((size for size, _ in notes), default=0))
    size = backup.manifest["size"]
    said = (bytes.fromhex(backup.manifest["sha256"]), bytes.fromhex(backup.manifest["sm3"]))
    if size and roots.get(size) != said:
        raise Refused("备份里的事件与它自己的清单不符，请换一份备份。")
    for number, note in notes:
        checkpoint = read_note(note)[0]
        if not note_signed(note, keys.of_note(number)) or roots.get(number) != (
            checkpoint.sha256,
            checkpoint.sm3,
        ):
            raise Refused(f"备份里的事件与它自己的检查点（{number} 个事件）不符，不能恢复。")
    for checkpoint in known:
        if checkpoint.size <= size and roots[checkpoint.size] != (
            checkpoint.sha256,
            checkpoint.sm3,
        ):
            raise Refused(
                f"备份与已签发的检查点（{checkpoint.size} 个事件，{checkpoint.at}）不是同一份历史，"
                "不能恢复，请报告审计部门。"
            )


def check_origin(backup: Backup, key: Key) -> None:
    """Raise Refused unless the backup is of the system that has this key."""
    if backup.manifest["origin"] != key.name:
        raise Refused(
            f"备份属于 {backup.manifest['origin']}，本机的密钥是 {key.name}："
            "请先把当时的 record.key 放回数据目录，再恢复。"
        )


def newer_than(backup: Backup, known: Collection[Checkpoint]) -> list[Checkpoint]:
    """Known checkpoints over more events than the backup has, the newest one last."""
    size = backup.manifest["size"]
    return sorted((c for c in known if c.size > size), key=lambda c: c.size)


def _whole(backup: Backup, key: Key) -> None:
    package = backup.package
    manifest, signature = package.archive.read("manifest.json"), package.text("manifest.sig")
    if not signed_by(key, manifest, bytes.fromhex(signature)):
        raise Refused("备份的清单没有系统的签名，不能恢复。")
    listed = backup.manifest["files"]
    if package.names - {"manifest.json", "manifest.sig"} != listed.keys():
        raise Refused("备份里的文件与清单不一致：有缺少或多出的，请换一份备份。")
    for name, digest in sorted(listed.items()):
        if package.digest(name) != digest:
            raise Refused(f"备份里的 {name} 与清单的摘要不符，请换一份备份。")


def _notes(backup: Backup) -> list[tuple[int, str]]:
    rows = (json.loads(line) for line in backup.lines("checkpoint"))
    return sorted((row["size"], row["note"]) for row in rows)


def _roots(backup: Backup, keys: Keys, wanted: Collection[int], covered: int) -> dict[int, Roots]:
    """Both roots at the sizes wanted; chain and numbers are looked at, and signatures after `covered` events."""
    first, second = Growing(sha256), Growing(sm3)
    found: dict[int, Roots] = {}
    previous = GENESIS
    for seq, line in enumerate(backup.lines("event"), 1):
        row = json.loads(line)
        body = row["body"].encode()
        said = json.loads(body)
        if (row["seq"], said["seq"], said["prev"]) != (seq, seq, previous):
            raise Refused(f"备份里的事件 {seq} 与前一事件接不上，不能恢复。")
        previous = sha256(body).hex()
        if row["hash"] != previous:
            raise Refused(f"备份里的事件 {seq} 与它的摘要不符，不能恢复。")
        if seq > covered and not _signed(keys.of_event(seq), body, row["signature"]):
            raise Refused(f"备份里的事件 {seq} 没有系统的签名，不能恢复。")
        for tree in (first, second):
            tree.add(leaf_hash(body, tree.digest))
        if seq in wanted:
            found[seq] = (first.root(), second.root())
    return found


def _signed(key: Key, body: bytes, signature: str | None) -> bool:
    return bool(signature) and signed_by(key, body, bytes.fromhex(str(signature)))
