"""Backup and restore: equal rows on any database, nothing half done, an older copy refused or marked."""

import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from service.cli.backup import backup
from service.cli.restore import restore
from service.config import Config, project_root
from service.jobs.keep_checkpoints import GIVEN_UP, keep_checkpoints, newest_in
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import BadInput, Refused
from service.queries.backup import LEFT_OUT
from service.queries.rebuild import differences
from service.queries.restores import losses
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.stands import BEGINNING, open_world
from service.scenarios.story import read_story
from service.store import checkpoints, history, rows
from service.store import tables as t
from service.store.session import begin, create_engine, reading
from tests.audit.forging import rewrite

ROOT = project_root()
CLOCK = "2025-12-31T09:00+08:00"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """A data folder after a story, signed by its own key, with checkpoints outside the database."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "record.key").write_text(bytes(range(32)).hex())
    world = open_world(f"sqlite:///{folder / 'banjie.sqlite3'}", ROOT)
    assert run_story(read_story(ROOT / "processes/scenarios/N03.yaml"), world).ok
    keep_samples(ROOT, folder / "files")
    world.close()
    return folder


class Place:
    """A machine: its data folder, its database, and the commands run on it."""

    def __init__(self, monkeypatch, folder: Path, url: str) -> None:
        self.monkeypatch, self.folder, self.url = monkeypatch, folder, url

    def __enter__(self) -> Config:
        for name, value in (
            ("DATA_DIR", str(self.folder)), ("DATABASE_URL", self.url), ("CLOCK", CLOCK),
            ("CHECKPOINT_DIR", str(self.folder.parent / "away")),
        ):  # fmt: skip
            self.monkeypatch.setenv(f"BANJIE_{name}", value)
        return Config()

    def __exit__(self, *_) -> None:
        pass


@pytest.fixture
def live(county: Path, tmp_path: Path, monkeypatch) -> Place:
    """The running county, with checkpoints in a folder `away`."""
    shutil.copytree(county, tmp_path / "live")
    return Place(monkeypatch, tmp_path / "live", f"sqlite:///{tmp_path / 'live/banjie.sqlite3'}")


@pytest.fixture
def empty(tmp_path: Path, database_url: str, county: Path, monkeypatch) -> Place:
    """Another machine, of either database, with nothing but the key."""
    (tmp_path / "new").mkdir()
    shutil.copy(county / "record.key", tmp_path / "new")
    return Place(monkeypatch, tmp_path / "new", database_url)


def run(command, *words) -> str:
    result = CliRunner().invoke(command, [str(w) for w in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def contents(engine) -> dict[str, list[str]]:
    with reading(engine) as connection:
        return {
            table.name: [line.decode() for line in rows.dumped(connection, table)]
            for table in t.metadata.sorted_tables
            if table not in LEFT_OUT
        }


def saved(live: Place, path: Path) -> Path:
    """A backup of the running county after a checkpoint."""
    with live as config:
        keep_checkpoints(config.engine(), config.signer, config.checkpoints, now=config.now())
        run(backup, "--out", path)
    return path


def acted(live: Place, count: int = 1) -> None:
    """More acts at the running county, and a checkpoint over them."""
    with live as config:
        engine = config.engine()
        with begin(engine) as connection:
            for number in range(count):
                body = {"actor": "test", "bundle": "", "version": number}
                history.append(connection, at=config.now(), act="deploy", body=body)
        later = config.now() + timedelta(hours=2)
        assert keep_checkpoints(engine, config.signer, config.checkpoints, now=later)
        engine.dispose()


def test_every_row_and_attachment_comes_back_on_either_database(
    live: Place, empty: Place, tmp_path: Path
) -> None:
    """From SQLite to SQLite and to PostgreSQL; the replay of the log agrees, and a backup of the copy is equal."""
    file = saved(live, tmp_path / "copy.zip")
    assert file.stat().st_mode & 0o077 == 0
    with live as config:
        before = contents(config.engine())
    with empty as config:
        output = run(restore, file)
        engine = config.engine()
        after = contents(engine)
        with reading(engine) as connection:
            size = checkpoints.size_of_log(connection)
            assert differences(connection) == []
            newest = json.loads(next(checkpoints.bodies(connection, size - 1, size)))
        assert f"已恢复 {size - 1} 个事件" in output
        assert newest["act"] == "restore_copy"
        assert "lost" not in newest
        after["event"].pop()
        assert after == before
        names = {p.name for p in (live.folder / "files").iterdir()}
        kept = {p.name for p in config.files.iterdir()}
        assert kept and kept <= names
        run(backup, "--out", tmp_path / "second.zip")
        with zipfile.ZipFile(tmp_path / "second.zip") as archive:
            again = archive.read("tables/task.jsonl")
        assert again.decode().splitlines() == [line.strip() for line in before["task"]]
        copied = contents(engine)
        # the worker goes on: the copy is the same history
        later = config.now() + timedelta(hours=1)
        note = keep_checkpoints(engine, config.signer, config.checkpoints, now=later)
        assert note and newest_in(config.checkpoints).size == size
        engine.dispose()
    # and back to SQLite, from either
    third = tmp_path / "third"
    third.mkdir()
    shutil.copy(empty.folder / "record.key", third)
    with Place(empty.monkeypatch, third, f"sqlite:///{third / 'banjie.sqlite3'}") as config:
        run(restore, tmp_path / "second.zip")
        engine = config.engine()
        after = contents(engine)
        after["event"].pop()
        assert after == copied
        engine.dispose()


def test_nobody_is_logged_in_after_a_restore(live: Place, tmp_path: Path) -> None:
    file = saved(live, tmp_path / "copy.zip")
    with zipfile.ZipFile(file) as archive:
        assert "tables/session.jsonl" not in archive.namelist()
        assert "tables/account.jsonl" in archive.namelist()
        assert not any("key" in name for name in archive.namelist())


def test_a_copy_older_than_the_newest_checkpoint_is_refused(
    live: Place, empty: Place, tmp_path: Path
) -> None:
    file = saved(live, tmp_path / "copy.zip")
    with live as config:
        old = newest_in(config.checkpoints).size
    acted(live, 7)
    with empty as config:
        with pytest.raises(Refused) as refused:
            run(restore, file)
        engine = config.engine()
        for said in (f"只到 {old} 个事件", f"记有 {old + 7} 个", "恢复会丢掉 7 个", "2025-12-31"):
            assert said in refused.value.message
        with reading(engine) as connection:
            assert rows.is_empty(connection)
        engine.dispose()


def test_a_checkpoint_of_the_auditor_is_known_too(
    live: Place, empty: Place, tmp_path: Path
) -> None:
    file = saved(live, tmp_path / "copy.zip")
    acted(live, 3)
    newest = sorted((tmp_path / "away").glob("*.txt"))[-1]
    held = shutil.move(newest, tmp_path / "held.txt")
    with empty, pytest.raises(Refused, match="恢复会丢掉 3 个"):
        run(restore, file, "--checkpoint", held)


def test_an_older_copy_that_is_accepted_is_marked_for_ever(
    live: Place, empty: Place, tmp_path: Path
) -> None:
    file = saved(live, tmp_path / "copy.zip")
    acted(live, 2)
    with empty as config:
        with pytest.raises(Refused, match="写明原因"):
            run(restore, file, "--accept-older")
        output = run(restore, file, "--accept-older", "--reason", "磁盘损坏，审计局同意")
        assert "丢掉了 2 个已签发的事件" in output
        engine = config.engine()
        with reading(engine) as connection:
            (loss,) = losses(connection)
            assert (loss.events, loss.reason) == (2, "磁盘损坏，审计局同意")
            assert differences(connection) == []
        note = keep_checkpoints(engine, config.signer, config.checkpoints, now=config.now())
        if note is None:  # less than an hour after the last one of the copy
            later = config.now() + timedelta(hours=2)
            note = keep_checkpoints(engine, config.signer, config.checkpoints, now=later)
        assert note
        moved = [p.name for p in (config.checkpoints / GIVEN_UP).iterdir()]
        assert len(moved) == 1 and moved[0].startswith(f"{loss.seq}-")
        engine.dispose()


def test_an_interrupted_restore_leaves_nothing_and_can_be_repeated(
    live: Place, empty: Place, tmp_path: Path, monkeypatch
) -> None:
    file = saved(live, tmp_path / "copy.zip")
    with empty as config:
        loading = rows.loaded

        def torn(connection, table, lines):
            if table.name == "task":
                raise KeyboardInterrupt
            return loading(connection, table, lines)

        monkeypatch.setattr("service.commands.restore_copy.loaded", torn)
        CliRunner().invoke(restore, [str(file)])
        engine = config.engine()
        with engine.connect() as connection:
            assert rows.tables_there(connection) == {}
        monkeypatch.setattr("service.commands.restore_copy.loaded", loading)
        run(restore, file)
        with reading(engine) as connection:
            assert differences(connection) == []
        engine.dispose()


def test_only_into_an_empty_database(live: Place, tmp_path: Path) -> None:
    file = saved(live, tmp_path / "copy.zip")
    with live as config:
        before = contents(config.engine())
        with pytest.raises(Refused, match="已有内容"):
            run(restore, file)
        assert contents(config.engine()) == before


def _drop_last_event(files: dict[str, bytes]) -> None:
    files["tables/event.jsonl"] = b"".join(files["tables/event.jsonl"].splitlines(True)[:-1])


def _change_a_row(files: dict[str, bytes]) -> None:
    files["tables/account.jsonl"] = files["tables/account.jsonl"].replace(
        b'"role":null', b'"role":"x"'
    )


def _lose_an_attachment(files: dict[str, bytes]) -> None:
    del files[next(name for name in files if name.startswith("attachments/"))]


@pytest.mark.parametrize("change", [_drop_last_event, _change_a_row, _lose_an_attachment])
@pytest.mark.parametrize("manifest", [False, True])
def test_a_changed_backup_is_refused(
    live: Place, tmp_path: Path, monkeypatch, county: Path, change, manifest: bool
) -> None:
    """Also when the list of digests was made right again: its signature is then wrong."""
    file = saved(live, tmp_path / "copy.zip")
    rewrite(file, change, manifest)
    (tmp_path / "new").mkdir()
    shutil.copy(county / "record.key", tmp_path / "new")
    with Place(monkeypatch, tmp_path / "new", f"sqlite:///{tmp_path / 'new.sqlite3'}") as config:
        with pytest.raises(Refused, match="备份"):
            run(restore, file)
        assert not config.files.exists()


def test_what_is_no_backup_and_what_lacks_the_key(live: Place, tmp_path: Path, monkeypatch) -> None:
    file = saved(live, tmp_path / "copy.zip")
    (tmp_path / "new").mkdir()
    with Place(monkeypatch, tmp_path / "new", f"sqlite:///{tmp_path / 'new.sqlite3'}") as config:
        with pytest.raises(Refused, match="缺少密钥"):
            run(restore, file)
        assert not config.record_key.exists()
        config.record_key.write_text("77" * 32)
        with pytest.raises(Refused, match="备份属于"):
            run(restore, file)
        (tmp_path / "no.zip").write_bytes(b"no")
        with pytest.raises(BadInput, match="读不了备份"):
            run(restore, tmp_path / "no.zip")


def test_a_backup_sees_one_moment(live: Place, tmp_path: Path, monkeypatch) -> None:
    """What is written while the copy is made is not in it, and nothing of it is half in it."""
    with live as config:
        engine, dumping = config.engine(), rows.dumped
        appended = []

        def slow(connection, table):
            if not appended:
                with begin(engine) as other:
                    body = {"actor": "test"}
                    appended.append(history.append(other, at=config.now(), act="deploy", body=body))
            return dumping(connection, table)

        monkeypatch.setattr("service.queries.backup.dumped", slow)
        run(backup, "--out", tmp_path / "copy.zip")
        with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
            manifest = json.loads(archive.read("manifest.json"))
            events = archive.read("tables/event.jsonl").splitlines()
        assert len(events) == manifest["size"] == manifest["rows"]["event"] == appended[0] - 1
        engine.dispose()


def test_a_large_log_without_stored_hashes_has_the_same_root(tmp_path: Path) -> None:
    """A restored copy has no cache of the tree yet; proofs and roots do not need it."""
    from service.audit.signing import Signer
    from service.audit.tree import root
    from service.queries.log_tree import LogTree
    from service.store.schema import upgrade

    signer = Signer("banjie-test", b"t" * 32)
    engine = create_engine(f"sqlite:///{tmp_path / 'large.sqlite3'}", sign=signer.sign)
    upgrade(engine)
    with begin(engine) as connection:
        for number in range(1100):
            history.append(connection, at=BEGINNING, act="keep_notice", body={"n": number})
        make_checkpoint(connection, signer, now=BEGINNING)
        wanted = root(1100, LogTree(connection).nodes(0))
        connection.execute(text("DELETE FROM tree_node"))
        assert root(1100, LogTree(connection).nodes(0)) == wanted
        assert connection.execute(select(t.tree_node)).first() is None
    engine.dispose()
