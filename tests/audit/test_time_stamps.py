"""Time-stamps by a real authority (the openssl command behind a small server), and one that is away."""

import io
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from service.audit.signing import Signer
from service.audit.verify import Package, check
from service.cli.verify import verify
from service.cli.worker import worker
from service.config import project_root
from service.delivery.failure import NotDelivered
from service.delivery.time_stamp import read_time_authority, stamped_at, time_stamp
from service.jobs.keep_checkpoints import keep_checkpoints
from service.jobs.stamp_checkpoint import stamp_checkpoint
from service.model.errors import BadInput
from service.queries.evidence import write_evidence
from service.queries.stamps import wrong_stamps
from service.scenarios.stands import BEGINNING, open_world
from service.store import checkpoints, history
from service.store.session import begin, create_engine, reading
from tests.empty import empty_database

SIGNER = Signer("banjie-test", b"t" * 32)
SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *words: str) -> bytes:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A root, and an authority whose certificate may only stamp times."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "settings").write_text(SETTINGS)
    (folder / "serial").write_text("01\n")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "3650", "-subj", "/CN=Test Root",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr",
            "-subj", "/CN=Test TSA")  # fmt: skip
    (folder / "ext").write_text(
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
    )
    openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "3650", "-out", "tsa.pem", "-extfile", "ext")  # fmt: skip
    return folder


@pytest.fixture
def server(desk: Path):
    """The authority; `answers` may be taken away, and what was asked is counted."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.server.asked += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if self.server.broken:
                self.send_error(503)
                return
            (desk / "query").write_bytes(query)
            openssl(desk, "ts", "-reply", "-config", "settings", "-section", "here", "-queryfile", "query",
                    "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply")  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((desk / "reply").read_bytes())

        def log_message(self, *_) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    made.asked, made.broken = 0, False
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def authority(server, desk: Path):
    return read_time_authority(f"http://127.0.0.1:{server.server_port}/tsa", desk / "ca.pem")


@pytest.fixture
def engine(place: str):
    made = create_engine(empty_database(place), sign=SIGNER.sign)
    yield made
    made.dispose()


def noted(engine, folder: Path, count: int = 3) -> str:
    with begin(engine) as connection:
        for number in range(count):
            history.append(connection, at=BEGINNING, act="keep_notice", body={"n": number})
    keep_checkpoints(engine, SIGNER, folder, now=BEGINNING)
    with reading(engine) as connection:
        return checkpoints.last(connection)[1]


def test_a_checkpoint_is_stamped_once_and_openssl_agrees(
    engine, authority, server, desk, tmp_path
) -> None:
    folder = tmp_path / "away"
    assert stamp_checkpoint(engine, authority, folder, now=BEGINNING) is None  # nothing to stamp
    note = noted(engine, folder)
    assert stamp_checkpoint(engine, authority, folder, now=BEGINNING) == 3
    assert stamp_checkpoint(engine, authority, folder, now=BEGINNING) is None
    assert server.asked == 1
    (folder / "note").write_text(note)
    told = openssl(
        folder,
        "ts",
        "-verify",
        "-in",
        "000000000003.tsr",
        "-data",
        "note",
        "-CAfile",
        str(desk / "ca.pem"),
    )
    assert b"OK" in told
    with reading(engine) as connection:
        assert wrong_stamps(connection, authority) == (1, [])
    (folder / "000000000003.tsr").unlink()
    stamp_checkpoint(engine, authority, folder, now=BEGINNING)
    assert (folder / "000000000003.tsr").exists()


def test_a_network_that_is_away_blocks_nothing(engine, authority, server, tmp_path) -> None:
    folder = tmp_path / "away"
    noted(engine, folder)
    server.broken = True
    with pytest.raises(NotDelivered, match="没有应答"):
        stamp_checkpoint(engine, authority, folder, now=BEGINNING)
    noted(engine, folder, 100)  # checkpoints go on
    assert (folder / "000000000103.txt").exists()
    server.broken = False
    assert stamp_checkpoint(engine, authority, folder, now=BEGINNING) == 103  # it was tried again


def test_a_stamp_of_something_else_is_not_taken(engine, authority, server, desk, tmp_path) -> None:
    answer = time_stamp(authority, b"one thing")
    assert stamped_at(authority, answer, b"one thing").year >= 2024
    with pytest.raises(NotDelivered, match="时间戳不对"):
        stamped_at(authority, answer, b"another thing")
    with pytest.raises(NotDelivered, match="时间戳不对"):
        stamped_at(authority, b"no answer", b"one thing")
    openssl(desk, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "o.key", "-out", "other.pem",
            "-subj", "/CN=Other", "-days", "9")  # fmt: skip
    stranger = read_time_authority("", desk / "other.pem")
    with pytest.raises(NotDelivered, match="时间戳不对"):
        stamped_at(stranger, answer, b"one thing")
    note = noted(engine, tmp_path / "away")
    with begin(engine) as connection:
        checkpoints.add_stamp(connection, 3, answer, BEGINNING)
    with reading(engine) as connection:
        count, wrong = wrong_stamps(connection, authority)
        assert count == len(wrong) == 1 and "检查点（3 个事件）的时间戳不对" in wrong[0]
        assert note
        stream = io.BytesIO()
        write_evidence(connection, stream, keys=[SIGNER.public], files=tmp_path)
    with zipfile.ZipFile(stream) as archive:
        (found,) = check(Package(archive)).bad
        assert "不是这个检查点的" in found[1]
    with pytest.raises(Exception, match="append-only"), begin(engine) as connection:
        connection.execute(text("DELETE FROM checkpoint_stamp"))


def test_evidence_tells_of_its_stamps(engine, authority, tmp_path) -> None:
    noted(engine, tmp_path / "away")
    stamp_checkpoint(engine, authority, tmp_path / "away", now=BEGINNING)
    stream = io.BytesIO()
    with reading(engine) as connection:
        write_evidence(connection, stream, keys=[SIGNER.public], files=tmp_path)
    with zipfile.ZipFile(stream) as archive:
        report = check(Package(archive))
    assert report.bad == []
    assert any("时间戳 1 个" in line for line in report.told)


def test_the_worker_stamps_and_verify_looks(authority, desk, tmp_path, monkeypatch) -> None:
    for name, value in (
        ("DATA_DIR", tmp_path),
        ("TSA_URL", authority.url),
        ("TSA_CA", desk / "ca.pem"),
    ):
        monkeypatch.setenv(f"BANJIE_{name}", str(value))
    (tmp_path / "record.key").write_text(bytes(range(32)).hex())
    open_world(f"sqlite:///{tmp_path / 'banjie.sqlite3'}", project_root()).close()
    CliRunner().invoke(worker, ["--once"], catch_exceptions=False)
    (stamp,) = (tmp_path / "checkpoints").glob("*.tsr")
    assert stamp.with_suffix(".txt").exists()
    done = CliRunner().invoke(verify, [], catch_exceptions=False)
    assert "时间戳 1 个，不对的 0 个" in done.output
    assert done.exit_code == 0


def test_settings_that_do_not_hold_are_told(tmp_path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for url, roots, said in (
        ("http://x", None, "BANJIE_TSA_CA"), ("ftp://x", tmp_path / "ca.pem", "http 或 https"),
        ("", tmp_path / "ca.pem", "读不了"), ("http://x", tmp_path / "none", "读不了"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=said):
            read_time_authority(url, roots)
    assert read_time_authority("", None) is None
