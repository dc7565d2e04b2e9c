"""The witness of the audit bureau: verify.py, the note that it keeps, a proof, and nothing else."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.audit import verify
from service.audit.signing import Signer
from service.audit.sm2 import SoftwareSm2
from service.audit.verify import Checkpoint, Update, read_note, read_update, signature_on
from service.cli.witness import witness
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import Refused
from service.queries.witness_update import witness_update
from service.scenarios.stands import BEGINNING
from service.store import history
from service.store.session import begin, create_engine, reading
from tests.empty import empty_database

SECRET = b"t" * 32
BESIDE = SoftwareSm2("banjie-test", b"s" * 32)
SIGNER = Signer("banjie-test", SECRET)


class Log:
    """A log of its own that grows; `word` tells one history from another."""

    def __init__(self, path: Path, word: str = "a", signer: Signer = SIGNER) -> None:
        self.word, self.signer, self.url = word, signer, f"sqlite:///{path}"
        self.engine = create_engine(empty_database(self.url), sign=signer.sign)

    def grow(self, count: int, word: str = "") -> str:
        with begin(self.engine) as connection:
            for number in range(count):
                body = {"n": number, "word": word or self.word}
                history.append(connection, at=BEGINNING, act="keep_notice", body=body)
            return str(make_checkpoint(connection, self.signer, now=BEGINNING + timedelta(hours=1)))

    def update(self, old: int) -> Update:
        with reading(self.engine) as connection:
            return witness_update(connection, old)


class Bureau:
    """A folder at the audit bureau, with the verify.py that it took once."""

    def __init__(self, folder: Path, keys) -> None:
        self.folder = folder
        folder.mkdir()
        shutil.copy(verify.__file__, folder / "verify.py")
        (folder / "key.txt").write_text("".join(f"{key.text()}\n" for key in keys))
        self.kept = folder / "kept.txt"

    def see(self, update: Update | str) -> subprocess.CompletedProcess:
        """An isolated Python without any library looks at an update."""
        text = update if isinstance(update, str) else update.text()
        (self.folder / "update.txt").write_text(text)
        return subprocess.run(
            [sys.executable, "-I", "-S", "verify.py", "update.txt", "--witness", "kept.txt", "--key", "key.txt"],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log.sqlite3")


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path / "bureau", SIGNER.keys)


def test_each_checkpoint_continues_the_one_before(log: Log, bureau: Bureau) -> None:
    old = 0
    for count in (1, 6, 1, 249, 60):
        note = log.grow(count)
        done = bureau.see(log.update(old))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "结论：接受" in done.stdout
        assert bureau.kept.read_text() == note
        old = read_note(note)[0].size
    assert bureau.see(log.update(old)).returncode == 0  # the same again
    assert [p.name for p in bureau.folder.glob("*refused*")] == []


def test_a_note_without_a_proof_is_not_accepted(log: Log, bureau: Bureau) -> None:
    kept = log.grow(5)
    bureau.see(log.update(0))
    newer = log.grow(5)
    for update in (newer, log.update(3).text()):
        done = bureau.see(update)
        assert done.returncode == 1
        assert "没有从 5 个事件到 10 个事件的证明" in done.stdout
        assert bureau.kept.read_text() == kept


@pytest.mark.parametrize("more", [0, 3])
def test_a_split_view_is_refused_and_both_notes_are_shown(
    log: Log, bureau: Bureau, tmp_path: Path, more: int
) -> None:
    """The service itself, with its key, shows another history: of the same size, or of a larger one."""
    kept = log.grow(7)
    bureau.see(log.update(0))
    other = Log(tmp_path / "other.sqlite3", "b")
    other.grow(7)
    shown = other.grow(more) if more else other.update(0).note
    done = bureau.see(other.update(7))
    assert done.returncode == 1
    assert ("看不同的历史" if not more else "历史被改写") in done.stdout
    for note in (kept, shown):
        assert all(line in done.stdout for line in note.splitlines())
    assert bureau.kept.read_text() == kept
    (refused,) = bureau.folder.glob("kept.txt.refused-*")
    assert refused.read_text() == shown


def test_an_older_checkpoint_is_refused(log: Log, bureau: Bureau) -> None:
    old = log.grow(4)
    log.grow(4)
    bureau.see(log.update(0))
    done = bureau.see(old)
    assert done.returncode == 1
    assert "新检查点只有 4 个事件，您留存的有 8 个" in done.stdout


def test_a_proof_of_one_tree_only_is_refused(log: Log, bureau: Bureau) -> None:
    """Both trees must continue, so that no weakness of one hash is enough."""
    log.grow(5)
    bureau.see(log.update(0))
    log.grow(4)
    good = log.update(5)
    assert bureau.see(Update(5, good.sha256, (), good.note)).returncode == 1
    assert bureau.see(Update(5, (), good.sm3, good.note)).returncode == 1
    assert bureau.see(good).returncode == 0


def test_another_key_and_another_log_are_refused(log: Log, bureau: Bureau, tmp_path: Path) -> None:
    log.grow(2)
    bureau.see(log.update(0))
    forged = Log(tmp_path / "forged.sqlite3", signer=Signer("banjie-test", b"f" * 32))
    forged.grow(2)
    forged.grow(1)
    done = bureau.see(forged.update(2))
    assert done.returncode == 1 and "签名不对" in done.stdout
    checkpoint = Checkpoint("elsewhere", 9, b"a" * 32, b"b" * 32, "2025-01-01T00:00:00+00:00")
    done = bureau.see(SIGNER.note(checkpoint))
    assert done.returncode == 1 and "另一个日志" in done.stdout


def test_a_second_signature_may_not_be_taken_away(log: Log, tmp_path: Path) -> None:
    both = Signer("banjie-test", SECRET, (BESIDE,))
    bureau = Bureau(tmp_path / "with-sm2", both.keys)
    log.signer = both
    log.grow(3)
    assert bureau.see(log.update(0)).returncode == 0
    assert signature_on(bureau.kept.read_text(), BESIDE.public)
    log.signer = SIGNER
    log.grow(2)
    done = bureau.see(log.update(3))
    assert done.returncode == 1 and "SM2" in done.stdout
    log.signer = both
    log.grow(2)
    assert bureau.see(log.update(3)).returncode == 0


def test_what_is_no_checkpoint_is_one_sentence(bureau: Bureau) -> None:
    for text in ("", "old x\n\n", "old 3\n!!\n\nnothing"):
        done = bureau.see(text)
        assert done.returncode == 2
        assert "读不了这份检查点" in done.stdout and "Traceback" not in done.stderr


def test_update_reads_as_it_was_written(log: Log) -> None:
    log.grow(9)
    log.grow(4)
    update = log.update(9)
    assert read_update(update.text()) == update
    with pytest.raises(Refused, match="只有 13 个事件"):
        log.update(14)


def test_on_the_machine_itself(tmp_path: Path, monkeypatch) -> None:
    """`banjie witness` reads the database: it accepts what continues, and refuses a rewritten or shorter log."""
    from service.config import Config

    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path))
    signer = Config().signer
    kept = tmp_path / "kept.txt"

    def run():
        return CliRunner().invoke(witness, [str(kept)], catch_exceptions=False)

    log = Log(tmp_path / "banjie.sqlite3", signer=signer)
    log.grow(3)
    assert run().exit_code == 0
    log.grow(3)
    assert run().exit_code == 0
    before = kept.read_text()
    log.engine.dispose()
    for count, said in ((2, "恢复了旧备份"), (9, "历史被改写")):
        for name in ("banjie.sqlite3", "banjie.sqlite3-wal", "banjie.sqlite3-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        other = Log(tmp_path / "banjie.sqlite3", "b", signer)
        other.grow(count)
        other.engine.dispose()
        done = run()
        assert done.exit_code == 1 and said in done.output
        assert kept.read_text() == before
