"""Evidence that was tampered with is found by verify.py alone; honest evidence never raises an alarm."""

import io
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from service.audit import verify
from service.audit.verify import Key, read_key
from service.config import project_root
from service.jobs.make_checkpoint import make_checkpoint
from service.queries.evidence import write_evidence
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import SIGNER
from service.store.session import begin, create_engine, reading
from tests.audit.forging import (
    ATTACKS,
    SERVICE,
    THIEF,
    Site,
    append_signed,
    change_to,
    repaired,
    rewrite,
)

ROOT = project_root()


def _copy(source: Path, target: Path) -> None:
    import sqlite3

    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> Site:
    """A county after two stories: checkpoints after the first and in the second, some acts after the last one."""
    folder = tmp_path_factory.mktemp("site")
    world = open_world(f"sqlite:///{folder / 'live.sqlite3'}", ROOT)
    keep_samples(ROOT, folder / "files")
    story = read_story(ROOT / "processes/scenarios/S01.yaml")
    assert run_story(story, world).ok
    world.engine.dispose()
    with begin(world.engine) as connection:
        make_checkpoint(connection, SIGNER, now=world.now)
    _copy(folder / "live.sqlite3", folder / "old.sqlite3")
    second = read_story(ROOT / "processes/scenarios/N03.yaml")
    shift = world.now - min(s.value for s in second.steps if s.verb == "at") + timedelta(days=1)
    steps = [replace(s, value=s.value + shift) if s.verb == "at" else s for s in second.steps]
    steps = [s for s in steps if s.verb in ("at", "start", "do", "parallel")][:9]
    half = replace(second, steps=tuple(steps[:6]))
    assert run_story(half, world).ok
    with begin(world.engine) as connection:
        note = make_checkpoint(connection, SIGNER, now=world.now)
    assert run_story(replace(second, steps=tuple(steps[6:])), world).ok
    world.close()
    _copy(folder / "live.sqlite3", folder / "site.sqlite3")
    return Site(folder / "site.sqlite3", folder / "files", note, SIGNER.public.text())


@pytest.fixture
def site(honest: Site, tmp_path: Path) -> Site:
    shutil.copyfile(honest.database, tmp_path / "site.sqlite3")
    shutil.copyfile(honest.database.with_name("old.sqlite3"), tmp_path / "old.sqlite3")
    shutil.copytree(honest.files, tmp_path / "files")
    return Site(tmp_path / "site.sqlite3", tmp_path / "files", honest.held, honest.key)


def exported(site: Site, project_no: str | None = None) -> Path:
    """The package that the system, knowing nothing of the forger, hands to the auditor."""
    engine = create_engine(f"sqlite:///{site.database}")
    key: Key = read_key(site.key)
    stream = io.BytesIO()
    with reading(engine) as connection:
        write_evidence(connection, stream, keys=[key], files=site.files, project_no=project_no)
    engine.dispose()
    path = site.database.with_name("evidence.zip")
    path.write_bytes(stream.getvalue())
    return path


def checked(package: Path, held: str) -> subprocess.CompletedProcess:
    """Run the verify.py that the auditor kept, in a Python without any library."""
    (package.parent / "held.txt").write_text(held, encoding="utf-8")
    tool = package.parent / "verify.py"
    shutil.copyfile(verify.__file__, tool)
    return subprocess.run(
        [sys.executable, "-I", "-S", tool, package, "--checkpoint", package.parent / "held.txt"],
        capture_output=True, text=True, check=False, cwd=package.parent,
    )  # fmt: skip


def test_honest_evidence_holds(site: Site) -> None:
    result = checked(exported(site), site.held)
    assert result.returncode == 0, result.stdout
    assert "结论：可信" in result.stdout
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_found(site: Site, name: str) -> None:
    before = exported(site).read_bytes()
    ATTACKS[name](site)
    package = exported(site)
    assert package.read_bytes() != before, "the attack changed nothing"
    result = checked(package, site.held)
    assert result.returncode in (1, 2), result.stdout
    assert "Traceback" not in result.stderr, result.stderr
    assert "✗" in result.stdout or "读不了" in result.stdout


def test_there_are_forty_attacks() -> None:
    assert len(ATTACKS) >= 44


def test_two_persons_and_both_keys_are_no_attack(site: Site) -> None:
    """What the forged changes and repairs lack is all that makes them wrong."""
    append_signed(
        site,
        lambda bodies: [
            *repaired(bodies, "a1", "a2"),
            (change_to(THIEF, SERVICE, bodies[0]), SERVICE),
            ({**bodies[0], "act": "read_record", "instance": None, "instance_seq": None}, THIEF),
        ],
    )
    result = checked(exported(site), site.held)
    assert result.returncode == 0, result.stdout
    assert "应急处置，甲提出、乙确认" in result.stdout
    assert "更换了签名密钥" in result.stdout


def test_the_same_record_gives_the_same_bytes(site: Site) -> None:
    assert exported(site).read_bytes() == exported(site).read_bytes()


def test_an_extract_of_a_project_holds_and_shows_what_is_missing(site: Site) -> None:
    package = exported(site, "2025-0001")
    result = checked(package, site.held)
    assert result.returncode == 0, result.stdout

    def drop_one(files: dict[str, bytes]) -> None:
        for name in ("events.jsonl", "signatures.txt"):
            lines = files[name].splitlines(keepends=True)
            files[name] = b"".join(lines[:4] + lines[5:])

    rewrite(package, drop_one)
    result = checked(package, site.held)
    assert result.returncode == 1
    assert "缺少同一流程实例的事件" in result.stdout


def test_a_package_whose_files_were_changed_names_them(site: Site) -> None:
    package = exported(site)

    def change(files: dict[str, bytes]) -> None:
        files["events.jsonl"] = files["events.jsonl"].replace(b'"seq":5,', b'"seq":5 ,', 1)

    rewrite(package, change)
    result = checked(package, site.held)
    assert result.returncode == 1
    assert "[5]" in result.stdout or "[6]" in result.stdout


@pytest.mark.parametrize("project_no", [None, "2025-0001"])
def test_one_changed_byte_is_named(site: Site, project_no: str | None) -> None:
    package = exported(site, project_no)

    def change(files: dict[str, bytes]) -> None:
        lines = files["events.jsonl"].splitlines(keepends=True)
        lines[3] = lines[3].replace(b'"post"', b'"pos\\"', 1)
        files["events.jsonl"] = b"".join(lines)

    rewrite(package, change, manifest=False)
    result = checked(package, site.held)
    assert result.returncode == 1
    assert "第 4 行不是完整的事件" in result.stdout
    assert "文件 events.jsonl 与清单的摘要不符" in result.stdout


def test_what_is_no_package_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "evidence.zip").write_bytes(b"PK not at all")
    result = checked(tmp_path / "evidence.zip", "nothing")
    assert result.returncode == 2
    assert "读不了这份证据包" in result.stdout
    with zipfile.ZipFile(tmp_path / "evidence.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
    assert checked(tmp_path / "evidence.zip", "nothing").returncode == 2


def test_no_checkpoint_over_an_event_that_the_service_did_not_write(site: Site) -> None:
    from service.model.errors import Refused

    ATTACKS["append_an_unsigned_event"](site)
    engine = create_engine(f"sqlite:///{site.database}", sign=SIGNER.sign)
    with pytest.raises(Refused, match="没有系统的签名"), begin(engine) as connection:
        make_checkpoint(connection, SIGNER, now=datetime.fromisoformat("2025-12-01T00:00+00:00"))
    engine.dispose()
