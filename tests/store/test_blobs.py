"""Contents under their digests: once, whole, found damaged, strays told apart."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from service.commands.record_upload import record_upload
from service.jobs.clean_files import KEPT_FOR, clean_files
from service.model.actor import SYSTEM, Actor
from service.store import blobs
from service.store import tables as t
from service.store.schema import upgrade
from service.store.session import begin, create_engine, reading

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_same_content_is_stored_once(tmp_path: Path) -> None:
    digest = blobs.keep(tmp_path / "files", b"one")
    assert digest == hashlib.sha256(b"one").hexdigest()
    before = (tmp_path / "files" / digest).stat().st_mtime_ns
    assert blobs.keep(tmp_path / "files", b"one") == digest
    assert (tmp_path / "files" / digest).stat().st_mtime_ns == before
    assert [p.name for p in (tmp_path / "files").iterdir()] == [digest]


def test_a_damaged_content_is_not_given_out(tmp_path: Path) -> None:
    digest = blobs.keep(tmp_path, b"one")
    assert blobs.read(tmp_path, digest) == b"one"
    (tmp_path / digest).write_bytes(b"two")
    assert blobs.read(tmp_path, digest) is None
    assert blobs.read(tmp_path, "0" * 64) is None


def test_a_crash_before_the_name_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    def crash(self: Path, target: Path) -> None:
        raise OSError("power lost")

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(OSError, match="power"):
        blobs.keep(tmp_path, b"one")
    assert blobs.read(tmp_path, hashlib.sha256(b"one").hexdigest()) is None


def test_only_what_nobody_submitted_is_cleaned(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    engine = create_engine(database_url)
    upgrade(engine)
    old, fresh = NOW - KEPT_FOR - timedelta(days=1), NOW - timedelta(days=1)
    other = Actor("a2", "乙", "u", "u", "", frozenset())
    contents = {name: name.encode() for name in ("submitted", "drafted", "old", "fresh", "both")}
    digests = {name: blobs.keep(folder, content) for name, content in contents.items()}
    for path in folder.iterdir():
        os.utime(path, (old.timestamp(), old.timestamp()))
    (folder / "half.part").write_bytes(b"")
    os.utime(folder / "half.part", (old.timestamp(), old.timestamp()))
    with begin(engine) as connection:
        for name, digest in digests.items():
            at = fresh if name == "fresh" else old
            record_upload(connection, SYSTEM, digest=digest, name=name, size=1, now=at)
        record_upload(connection, other, digest=digests["both"], name="b", size=1, now=fresh)
        connection.execute(
            insert(t.submission).values(
                submission_key="s",
                digest="d",
                form_id="f",
                task_key="k",
                instance_key="i",
                submitted_by="p",
                submitted_at=NOW,
                content=f'{{"a":{{"digest":"{digests["submitted"]}"}}}}',
            )
        )
        connection.execute(
            insert(t.draft).values(
                task_key="k",
                account_key="p",
                saved_at=NOW,
                content=f'{{"a": {{"digest": "{digests["drafted"]}"}}}}',
            )
        )
    assert clean_files(engine, folder, now=NOW) == 2
    assert clean_files(engine, folder, now=NOW) == 0
    left = {p.name for p in folder.iterdir()}
    assert left == {d for name, d in digests.items() if name != "old"}
    with reading(engine) as connection:
        rows = connection.execute(t.attachment.select()).all()
    assert {r.digest for r in rows} == left
    assert {(r.digest, r.uploaded_by) for r in rows} >= {(digests["both"], "a2")}
    engine.dispose()
