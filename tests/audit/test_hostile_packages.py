"""Packages made to mislead, to fill the machine or to break the checker: each is found in a sentence, none crashes it."""

import contextlib
import io
import json
import shutil
import sqlite3
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.audit import verify
from service.audit.signing import Signer
from service.commands.deploy import deploy
from service.config import project_root
from service.jobs.make_checkpoint import make_checkpoint
from service.model.bundle import Bundle, read_bundle
from service.queries.evidence import write_evidence
from service.scenarios.samples import keep_samples
from service.scenarios.world import SIGNER
from service.store.session import begin, create_engine, reading
from tests.audit.forging import SERVICE, Site, append_signed, rewrite, rows, store
from tests.commands.stand import at_opinions

ROOT = project_root()
OTHER = Signer("banjie-other-county", b"o" * 32)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> Site:
    """A county with one project, two deployed versions, a checkpoint and some events after it."""
    folder = tmp_path_factory.mktemp("hostile")
    world = at_opinions(f"sqlite:///{folder / 'site.sqlite3'}")
    keep_samples(ROOT, folder / "files")
    with begin(world.engine) as connection:
        held = make_checkpoint(connection, SIGNER, now=world.now)
    files = read_bundle(ROOT).files
    path = "processes/joint_review.bpmn"
    newer = Bundle({**files, path: files[path].replace("召集".encode(), "召开".encode())})
    with begin(world.engine) as connection:
        deploy(connection, newer, by="test", now=world.now)
    world.close()
    assert held
    return Site(folder / "site.sqlite3", folder / "files", held, SIGNER.public.text())


@pytest.fixture
def site(honest: Site, tmp_path: Path) -> Site:
    with sqlite3.connect(honest.database) as old, sqlite3.connect(tmp_path / "s.sqlite3") as new:
        old.backup(new)
    return Site(tmp_path / "s.sqlite3", honest.files, honest.held, honest.key)


def exported(site: Site, folder: Path, no: str | None = None) -> Path:
    """The package of a site."""
    engine, stream = create_engine(f"sqlite:///{site.database}"), io.BytesIO()
    with reading(engine) as connection:
        write_evidence(
            connection, stream, keys=[verify.read_key(site.key)], files=site.files, project_no=no
        )
    engine.dispose()
    path = folder / "evidence.zip"
    path.write_bytes(stream.getvalue())
    return path


def said(package: Path, site: Site) -> tuple[int, str]:
    """Status and words of the checker, with the checkpoint and the key that the auditor holds."""
    held, key, out = package.with_name("held.txt"), package.with_name("key.txt"), io.StringIO()
    held.write_text(site.held, encoding="utf-8")
    key.write_text(SIGNER.public.text(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        status = verify.main([str(package), "--checkpoint", str(held), "--key", str(key)])
    return status, out.getvalue()


@pytest.fixture(scope="module")
def package(honest: Site, tmp_path_factory) -> Path:
    """The honest package, which holds."""
    path = exported(honest, tmp_path_factory.mktemp("package"))
    status, words = said(path, honest)
    assert status == 0, words
    return path


# --- changes of a package, its manifest made right again


def drop_an_attachment(files: Files) -> None:
    """The file, its line in the list of files, its digest in the manifest."""
    name = next(n for n in files if n.startswith("attachments/"))
    manifest = json.loads(files["manifest.json"])
    manifest["attachments"].remove(name.partition("/")[2])
    files["manifest.json"] = json.dumps(manifest).encode()
    del files[name]


def slip_a_submission_in(files: Files) -> None:
    content = b'{"decision":"approved"}'
    files[f"submissions/{verify.sha256(content).hex()}.json"] = content


def slip_an_attachment_in(files: Files) -> None:
    content = b"%PDF-1.7 a contract that nobody has submitted"
    digest = verify.sha256(content).hex()
    manifest = json.loads(files["manifest.json"])
    manifest["attachments"].append(digest)
    files["manifest.json"] = json.dumps(manifest).encode()
    files[f"attachments/{digest}"] = content


def slip_a_bundle_in(files: Files) -> None:
    line = verify.sha256(b"x").hex() + "  processes/x.bpmn\n"
    files[f"bundles/{verify.sha256(line.encode()).hex()}/processes/x.bpmn"] = b"x"


def swap_two_versions(files: Files) -> None:
    one, two = sorted({n.split("/")[1] for n in files if n.startswith("bundles/")})
    for name in [n for n in files if n.startswith(f"bundles/{one}/")]:
        other = name.replace(one, two)
        files[name], files[other] = files[other], files[name]


def climb_out(files: Files) -> None:
    files["../../home/auditor/.profile"] = b"x"


def climb_out_backwards(files: Files) -> None:
    files["submissions\\..\\..\\run.bat"] = b"x"


def name_twice_for_a_careless_disk(files: Files) -> None:
    files["MANIFEST.json"] = b"{}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_an_attachment, "不见了"),
        (slip_a_submission_in, "没有事件提到"),
        (slip_an_attachment_in, "没有填写内容提到"),
        (slip_a_bundle_in, "没有事件用过"),
        (swap_two_versions, "流程、规则或表单被改动"),
        (climb_out, "不合规范"),
        (climb_out_backwards, "不合规范"),
        (name_twice_for_a_careless_disk, "可能不是同一个"),
    ],
)
def test_a_changed_package_is_told(
    package: Path, honest: Site, tmp_path: Path, change: Callable[[Files], None], words: str
) -> None:
    copy = Path(shutil.copy(package, tmp_path))
    rewrite(copy, change)
    status, told = said(copy, honest)
    assert status == 1, told
    assert words in told


def test_a_second_file_of_the_same_name_is_told(
    package: Path, honest: Site, tmp_path: Path
) -> None:
    copy = Path(shutil.copy(package, tmp_path))
    with warnings.catch_warnings(), zipfile.ZipFile(copy, "a") as archive:
        warnings.simplefilter("ignore")
        name = next(n for n in archive.namelist() if n.startswith("submissions/"))
        first, last = b'{"decision":"approved"}', archive.read(name)
        archive.writestr(name, first)
        archive.writestr(name, last)  # what is read here is right; unpacked may be the other one
    status, told = said(copy, honest)
    assert status == 1, told
    assert "可能不是同一个" in told


# --- what would fill the machine


def with_events(package: Path, folder: Path, blocks: Iterator[bytes]) -> Path:
    """The package with other bytes as its events."""
    path = folder / "evidence.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if item.filename != "events.jsonl":
                new.writestr(item, old.read(item))
        with new.open("events.jsonl", "w") as stream:
            for block in blocks:
                stream.write(block)
    return path


def test_a_zip_bomb_is_not_unpacked(package: Path, honest: Site, tmp_path: Path) -> None:
    """In a process that may have 300 MB: what it does not unpack cannot fill it."""
    bomb = with_events(package, tmp_path, (bytes(1 << 22) for _ in range(200)))
    run = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, (300 << 20,) * 2);"
        "del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", run, verify.__file__, bomb],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert "疑似压缩炸弹" in done.stdout


def test_a_line_without_an_end_is_not_read(package: Path, honest: Site, tmp_path: Path) -> None:
    line = with_events(package, tmp_path, (b"a" * (1 << 20) for _ in range(20)))
    status, told = said(line, honest)
    assert status == 2
    assert "有一行超过" in told


# --- events as no service writes them, signed with its own key, which somebody has stolen


def sign_raw(site: Site, change: Callable[[bytes], bytes]) -> None:
    """One more event at the end, its bytes changed after it was made, and signed."""
    append_signed(site, lambda bodies: [({**bodies[-1], "act": "read_record"}, SERVICE)])
    with site.connect() as c:
        seq, body = c.execute("SELECT seq, body FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        raw = change(body.encode())
        assert raw != body.encode()
        c.execute(
            "UPDATE event SET body = ?, signature = ? WHERE seq = ?",
            (raw.decode(), SERVICE.sign(raw).hex(), seq),
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'{"act"', b'{"act":"deploy","act"', 1),
        lambda raw: raw.replace(b',"project":', b',"prev":"' + b"0" * 64 + b'","project":', 1),
        lambda raw: raw.replace(b',"project":', b',"n":NaN,"project":', 1),
        lambda raw: raw.replace(b',"project":', b',"n":1e400,"project":', 1),
        lambda raw: raw.replace(b',"project":', b',"n":' + b"9" * 5000 + b',"project":', 1),
        lambda raw: raw.replace(b',"project":', b',"n":' + b"[" * 9000 + b',"project":', 1),
        lambda raw: raw[: raw.rfind(b',"seq":')] + raw[raw.rfind(b',"seq":') :].replace(b"}", b".0}"),
        lambda raw: raw.replace(b',"project":', b', "project":', 1),
        lambda raw: raw.replace(b'"read_record"', b'"read\\u005frecord"', 1),
    ],
    ids=["act twice", "prev twice", "NaN", "huge", "digits", "deep", "a float", "a space", "escaped"],
)  # fmt: skip
def test_an_event_in_another_spelling_is_told(
    site: Site, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    sign_raw(site, change)
    status, told = said(exported(site, tmp_path), site)
    assert status == 1, told
    assert "写法不规范" in told or "不是完整的事件" in told


def test_events_cut_off_under_a_new_checkpoint_of_the_stolen_key(
    site: Site, tmp_path: Path
) -> None:
    """Dropped, and all that is left signed anew; the auditor holds a checkpoint over what was dropped."""
    with site.connect() as c:
        size = c.execute("SELECT max(size) FROM checkpoint").fetchone()[0]
        c.execute("DELETE FROM checkpoint")
        bodies = rows(c)[: size - 2]
        store(c, bodies)
        state = {b["instance"]: b["state"] for b in bodies if b.get("state")}
        assert state
        for (seq,) in c.execute("SELECT seq FROM event").fetchall():
            body = c.execute("SELECT body FROM event WHERE seq = ?", (seq,)).fetchone()[0]
            sign = SERVICE.sign(body.encode()).hex()
            c.execute("UPDATE event SET signature = ? WHERE seq = ?", (sign, seq))
    sealed(site, SERVICE)
    status, told = said(exported(site, tmp_path), site)
    assert status == 1, told
    assert "后面的被删去，或恢复了旧备份" in told


def sealed(site: Site, signer: Signer) -> None:
    """A checkpoint of somebody's key over all that there is."""
    from datetime import datetime

    engine = create_engine(f"sqlite:///{site.database}", sign=signer.sign)
    with begin(engine) as connection:
        make_checkpoint(connection, signer, now=datetime.fromisoformat("2025-12-01T00:00+00:00"))
    engine.dispose()


@pytest.mark.parametrize("no", [None, "2025-0001"])
def test_another_county_under_the_same_number(site: Site, tmp_path: Path, no: str | None) -> None:
    """Sound in itself, under the key of that county: what the auditor holds tells them apart."""
    with site.connect() as c:
        text = "\n".join(json.dumps(b, ensure_ascii=False) for b in rows(c))
        bodies = [json.loads(x) for x in text.replace("眉县", "扶风").split("\n")]
        c.execute("DELETE FROM checkpoint")
        store(c, bodies)
        for seq, body in c.execute("SELECT seq, body FROM event").fetchall():
            sign = OTHER.sign(body.encode()).hex()
            c.execute("UPDATE event SET signature = ? WHERE seq = ?", (sign, seq))
    site.key = OTHER.public.text()
    sealed(site, OTHER)
    status, told = said(exported(site, tmp_path, no), site)
    assert status == 1, told
    assert "不是原来的系统" in told
    assert "您手中的检查点" in told


# --- whatever a package holds, the checker answers

QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=9), x, max_size=3),
    max_leaves=6,
)


@QUIET
@given(data=st.data())
def test_no_byte_makes_it_crash(package: Path, honest: Site, tmp_path: Path, data) -> None:
    """Bytes of the zip changed or cut off: found, unless the files in it are the same as before."""
    content = bytearray(package.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    copy = tmp_path / "evidence.zip"
    copy.write_bytes(content)
    status, told = said(copy, honest)
    assert status in (0, 1, 2)
    if status == 0:
        with zipfile.ZipFile(package) as old, zipfile.ZipFile(copy) as new:
            assert {n: old.read(n) for n in old.namelist()} == {
                n: new.read(n) for n in new.namelist()
            }
    else:
        assert "✗" in told or "读不了" in told


@QUIET
@given(data=st.data())
def test_no_json_makes_it_crash(package: Path, honest: Site, tmp_path: Path, data) -> None:
    """Any part of any of its JSON files exchanged for something else."""
    copy = Path(shutil.copy(package, tmp_path))
    name = data.draw(st.sampled_from(["manifest.json", "states.json", "key.txt", "events.jsonl"]))

    def change(files: Files) -> None:
        if name.endswith("json"):
            told = json.loads(files[name])
            told[data.draw(st.sampled_from(sorted(told)))] = data.draw(ODD)
            files[name] = json.dumps(data.draw(st.just(told) | ODD)).encode()
        else:
            files[name] = json.dumps(data.draw(ODD)).encode() + b"\n"

    with contextlib.suppress(TypeError, AttributeError, IndexError, KeyError):
        # a manifest that is none is left as it was changed
        rewrite(copy, change, manifest=name != "manifest.json")
    assert said(copy, honest)[0] in (0, 1, 2)
