"""Checkpoints: when they are made, where they stand, what they refuse."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service.audit.signing import Signer
from service.audit.tree import consistency_proof, inclusion_proof, root
from service.audit.verify import is_prefix, leaf_hash, note_signed, read_note, root_by_inclusion
from service.jobs.keep_checkpoints import keep_checkpoints, newest_in
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import Refused
from service.queries.log_tree import LogTree
from service.scenarios.stands import BEGINNING
from service.store import checkpoints, history
from service.store.session import begin, create_engine, reading
from tests.empty import empty_database

SIGNER = Signer("banjie-test", b"t" * 32)
START = BEGINNING


@pytest.fixture
def engine(place: str):
    made = create_engine(empty_database(place), sign=SIGNER.sign)
    yield made
    made.dispose()


def add(engine, count: int, at=START) -> None:
    with begin(engine) as connection:
        for number in range(count):
            history.append(connection, at=at, act="keep_notice", body={"n": number, "字": "办"})


def test_each_hundred_events_or_each_hour(engine, tmp_path: Path) -> None:
    folder = tmp_path / "away"
    assert keep_checkpoints(engine, SIGNER, folder, now=START) is None  # nothing to sign
    add(engine, 3)
    first = keep_checkpoints(engine, SIGNER, folder, now=START)
    assert read_note(first)[0].size == 3
    add(engine, 99)
    assert keep_checkpoints(engine, SIGNER, folder, now=START + timedelta(minutes=59)) is None
    add(engine, 1)
    assert read_note(keep_checkpoints(engine, SIGNER, folder, now=START))[0].size == 103
    add(engine, 1)
    later = START + timedelta(hours=1)
    assert read_note(keep_checkpoints(engine, SIGNER, folder, now=later))[0].size == 104
    assert keep_checkpoints(engine, SIGNER, folder, now=later + timedelta(days=9)) is None
    assert [int(p.stem) for p in sorted(folder.iterdir())] == [3, 103, 104]
    assert newest_in(folder).size == 104
    assert all(note_signed(p.read_text(), SIGNER.public) for p in folder.iterdir())


def test_a_lost_file_is_written_again(engine, tmp_path: Path) -> None:
    add(engine, 2)
    keep_checkpoints(engine, SIGNER, tmp_path / "away", now=START)
    (tmp_path / "away" / "000000000002.txt").unlink()
    keep_checkpoints(engine, SIGNER, tmp_path / "away", now=START)
    assert newest_in(tmp_path / "away").size == 2


def test_an_old_backup_is_told_and_nothing_is_signed(engine, tmp_path: Path) -> None:
    add(engine, 5)
    keep_checkpoints(engine, SIGNER, tmp_path / "away", now=START)
    other = Signer("banjie-test", b"t" * 32)
    with begin(engine) as connection:
        _unguard(connection)
        connection.execute(text("DELETE FROM event WHERE seq > 3"))
        connection.execute(text("DELETE FROM checkpoint"))
    with pytest.raises(Refused, match="可能恢复了旧备份"):
        keep_checkpoints(engine, other, tmp_path / "away", now=START)
    with reading(engine) as connection:
        assert checkpoints.last(connection) is None


def test_a_rewritten_log_gets_no_checkpoint(engine, tmp_path: Path) -> None:
    add(engine, 5)
    keep_checkpoints(engine, SIGNER, tmp_path / "away", now=START)
    with begin(engine) as connection:
        _unguard(connection)
        connection.execute(text("UPDATE event SET body = replace(body, '办', '拌')"))
    add(engine, 100)
    with pytest.raises(Refused, match="不符"):
        keep_checkpoints(engine, SIGNER, tmp_path / "away", now=START)
    with pytest.raises(Refused, match="不符"), begin(engine) as connection:
        make_checkpoint(connection, SIGNER, now=START)


def test_events_that_nobody_signed_get_no_checkpoint(engine, place: str) -> None:
    unsigned = create_engine(place)
    add(unsigned, 1)
    unsigned.dispose()
    with pytest.raises(Refused, match="事件 1 没有系统的签名"), begin(engine) as connection:
        make_checkpoint(connection, SIGNER, now=START)


def test_proofs_over_stored_subtrees_equal_those_over_all_events(engine) -> None:
    """Checkpoints at odd sizes; more than two blocks of 256, so that stored subtrees are really used."""
    sizes = []
    for count in (200, 57, 1, 255, 300):
        add(engine, count)
        with begin(engine) as connection:
            sizes.append(read_note(make_checkpoint(connection, SIGNER, now=START))[0].size)
    with reading(engine) as connection:
        assert checkpoints.count_nodes(connection, 8) == sizes[-1] // 256 == 3
        leaves = [leaf_hash(b) for b in checkpoints.bodies(connection, 0, sizes[-1])]
        log, top = LogTree(connection), read_note(checkpoints.last(connection)[1])[0].sha256
        assert root(sizes[-1], log.nodes(0)) == top
        for index in (0, 1, 255, 256, 511, 512, 700, sizes[-1] - 1):
            proof = inclusion_proof(index, sizes[-1], log.nodes(0))
            assert root_by_inclusion(index, sizes[-1], leaves[index], proof) == top
        for (size, note), wanted in zip(checkpoints.notes(connection), sizes, strict=True):
            assert size == wanted
            steps = consistency_proof(size, sizes[-1], log.nodes(0)) if size < sizes[-1] else []
            assert is_prefix(size, sizes[-1], read_note(note)[0].sha256, top, steps)


def test_checkpoints_cannot_be_changed(engine) -> None:
    add(engine, 1)
    with begin(engine) as connection:
        make_checkpoint(connection, SIGNER, now=START)
    for statement in ("UPDATE checkpoint SET note = ''", "DELETE FROM checkpoint"):
        with pytest.raises(Exception, match="append-only"), begin(engine) as connection:
            connection.execute(text(statement))


def _unguard(connection) -> None:
    """What somebody with all rights on the database can do first."""
    for table in ("event", "checkpoint"):
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            continue
        names = connection.execute(
            text(f"SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='{table}'")
        ).scalars()
        for name in list(names):
            connection.execute(text(f"DROP TRIGGER {name}"))
