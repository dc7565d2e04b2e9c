"""The check of a printed sheet leads to the signed record: shown on the page, downloaded, verified without us."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.audit import verify
from service.config import Config
from service.jobs.make_checkpoint import make_checkpoint
from service.store.session import begin
from service.web.app import create_app
from tests.papers.stand import after
from tests.web.test_web import csrf, signed_in


@pytest.fixture
def world(tmp_path: Path):
    made = after(f"sqlite:///{tmp_path / 'papers.sqlite3'}", "S01")
    yield made
    made.close()


@pytest.fixture
def app(world, tmp_path: Path):
    (tmp_path / "record.key").write_text(bytes(range(32)).hex())  # of the stories
    url = world.engine.url.render_as_string(hide_password=False)
    made = create_app(Config(database_url=url, data_dir=tmp_path, clock=world.now.isoformat()))
    yield made
    made.extensions["engine"].dispose()


def verified(path: Path, *words) -> subprocess.CompletedProcess:
    shutil.copy(verify.__file__, path.parent / "verify.py")
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", path.name, *words],
        cwd=path.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_sheet_leads_to_a_proof_that_is_checked_offline(app, world, tmp_path: Path) -> None:
    client, key = signed_in(app, "info_center"), world.project_key(None)
    address = f"/projects/{key}/sheets/approval_sheet"
    handed = client.post(address, data={"csrf_token": csrf(client, address)})
    code = handed.headers["Location"].rsplit("/", 1)[1]
    public, signer = app.test_client(), app.extensions["config"].signer
    assert "还没有检查点覆盖" in public.get(f"/check/{code}").text
    path = tmp_path / "proof.json"
    path.write_bytes(public.get(f"/check/{code}/proof.json").data)
    assert verified(path).returncode == 1
    with begin(world.engine) as connection:
        note = make_checkpoint(connection, signer, now=world.now)
    page = public.get(f"/check/{code}").text
    answer = public.get(f"/check/{code}/proof.json")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    path.write_bytes(answer.data)
    proof = json.loads(answer.data)
    assert proof["leaf"]["sm3"] in page
    assert verify.read_note(note)[0].sm3.hex() in page
    (tmp_path / "key.txt").write_text(signer.public.text())
    (tmp_path / "held.txt").write_text(note)
    done = verified(path, "--key", "key.txt", "--checkpoint", "held.txt")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "就是您手中的那一份" in done.stdout
    for change in (
        lambda p: p["leaf"].update(sha256="0" * 64),
        lambda p: p["leaf"].update(sm3="0" * 64),
        lambda p: p.update(seq=p["seq"] - 1),
        lambda p: p.update(note=p["note"].replace("time 2", "time 3")),
        lambda p: p["inclusion"]["sm3"].pop(),
    ):
        forged = json.loads(answer.data)
        change(forged)
        path.write_text(json.dumps(forged))
        assert verified(path, "--key", "key.txt").returncode == 1
    assert public.get("/check/" + "A" * 20 + "/proof.json").status_code == 404
    assert public.get("/check/short/proof.json").status_code == 404
