"""Histories that earlier versions have written: each later version must verify and replay them, to the byte.

A failure here means that records in the field can no longer be proved: mend the program, never the file.
`tests/audit/make_history.py` makes a new one when a format or the engine changes on purpose.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.audit import verify
from service.audit.verify import read_update
from service.cli.restore import restore
from service.config import Config
from service.queries.rebuild import differences
from service.store import history
from service.store.session import reading
from tests.audit.make_history import SECRET

STORED = sorted(p for p in Path(__file__).parent.glob("history-*") if p.is_dir())


def test_there_is_one() -> None:
    assert STORED


@pytest.mark.parametrize("folder", STORED, ids=lambda p: p.name)
def test_evidence_of_then_is_verified_by_todays_checker_and_its_own(
    folder: Path, tmp_path: Path
) -> None:
    held = tmp_path / "held.txt"
    held.write_text(read_update((folder / "update.txt").read_text()).note)
    with zipfile.ZipFile(folder / "evidence.zip") as archive:
        (tmp_path / "then.py").write_bytes(archive.read("verify.py"))
    shutil.copy(verify.__file__, tmp_path / "now.py")
    for tool in ("then.py", "now.py"):
        words = [tool, folder / "evidence.zip", "--checkpoint", held, "--key", folder / "key.txt"]
        done = subprocess.run(
            [sys.executable, "-I", "-S", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "结论：可信" in done.stdout


@pytest.mark.parametrize("folder", STORED, ids=lambda p: p.name)
def test_the_county_of_then_is_restored_and_re_executed(
    folder: Path, tmp_path: Path, database_url: str, monkeypatch
) -> None:
    """Every event through today's engine on the diagrams of then: same effects, same digest of the state."""
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BANJIE_DATABASE_URL", database_url)
    (tmp_path / "data").mkdir()
    Config().record_key.write_text(SECRET.hex())
    done = CliRunner().invoke(restore, [str(folder / "backup.zip")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    engine = Config().engine()
    with reading(engine) as connection:
        assert sum("input" in event.body for event in history.read(connection)) > 90
        assert differences(connection) == []
    engine.dispose()
