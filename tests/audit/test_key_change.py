"""The key that signs the record is changed: what was signed before and after holds, with any of the keys."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.audit import verify
from service.audit.signing import Signer
from service.audit.sm2 import SoftwareSm2, new_secret
from service.audit.verify import Keys, keys_from, read_change, read_note
from service.cli import key
from service.cli.main import banjie
from service.commands.change_key import change_key
from service.config import Config
from service.jobs.keep_checkpoints import keep_checkpoints
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import Refused
from service.queries.evidence import write_evidence
from service.queries.record_proof import record_proof
from service.regulation.dates import local_date
from service.store import checkpoints, history
from service.store.session import begin, reading
from tests.audit.forging import rewrite
from tests.empty import empty_database


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A service with its own key, as processes see it through the environment."""
    return served(tmp_path, f"sqlite:///{tmp_path / 'service.sqlite3'}", monkeypatch)


def served(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The configuration of a service on an empty database."""
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BANJIE_DATABASE_URL", url)
    empty_database(url)
    return Config()


def act(config: Config, count: int = 3) -> None:
    """Some events, by a process that was running all the time, and a checkpoint."""
    with begin(config.engine()) as connection:
        for number in range(count):
            history.append(connection, at=config.now(), act="read_record", body={"n": number})
    with begin(config.engine()) as connection:
        make_checkpoint(connection, config.signer, now=config.now())


def run(*words: str) -> str:
    """A command of its own, as an operator types it."""
    result = CliRunner().invoke(banjie, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def checked(folder: Path, *words: str) -> tuple[int, str]:
    """verify.py, copied, without libraries."""
    tool = folder / "verify.py"
    shutil.copyfile(verify.__file__, tool)
    done = subprocess.run(
        [sys.executable, "-I", "-S", tool, *words], capture_output=True, text=True, check=False, cwd=folder
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_old_and_new_records_hold_with_any_key(tmp_path, database_url, monkeypatch) -> None:
    config = served(tmp_path, database_url, monkeypatch)
    act(config)
    first = config.signer.public
    with reading(config.engine()) as connection:
        (tmp_path / "held.txt").write_text(checkpoints.last(connection)[1], encoding="utf-8")
    assert "已更换签名密钥，记在事件 4" in run(
        "key", "change", "--reason", "满三年，县信息中心批准"
    )
    assert config.signer.public != first, "the running process goes on with the new key"
    assert config.signer.name == first.name
    act(config)
    run("key", "change", "--reason", "有人离职")
    act(config, 2)
    told = run("key", "show").splitlines()
    assert [line.partition("：")[0] for line in told] == [
        "第 1 把，从事件 1 起", "第 2 把，从事件 5 起", "第 3 把，从事件 9 起",
    ]  # fmt: skip
    run("export", "evidence", "--out", str(tmp_path / "all.zip"))
    for number, line in enumerate(told):
        (tmp_path / f"key{number}.txt").write_text(line.partition("：")[2] + "\n")
        code, said = checked(
            tmp_path, "all.zip", "--every", "--key", f"key{number}.txt", "--checkpoint", "held.txt"
        )
        assert (code, "结论：可信" in said) == (0, True), said
        assert "事件 4 更换了签名密钥" in said
        assert "事件 8 更换了签名密钥" in said
    (tmp_path / "other.txt").write_text(Signer(first.name, b"o" * 32).public.text())
    code, said = checked(tmp_path, "all.zip", "--key", "other.txt")
    assert code == 1
    assert "公钥与您手中的不同" in said
    with reading(config.engine()) as connection:
        for seq in (1, 6, 10):
            assert record_proof(connection, config.signer.public, seq).verdict == "proved"


def test_a_witness_with_the_old_key_goes_on(config: Config, tmp_path: Path) -> None:
    act(config)
    (tmp_path / "key.txt").write_text(config.signer.public.text())
    words = ("update.txt", "--witness", "kept.txt", "--key", "key.txt")
    run("export", "update", "--out", str(tmp_path / "update.txt"))
    assert checked(tmp_path, *words)[0] == 0
    run("key", "change", "--reason", "例行更换")
    act(config)
    kept = str(tmp_path / "kept.txt")
    run("export", "update", "--checkpoint", kept, "--out", str(tmp_path / "update.txt"))
    code, said = checked(tmp_path, *words)
    assert code == 0, said
    # whoever has the old key only cannot go on: neither with it, nor with a change of his own
    size = read_note((tmp_path / "kept.txt").read_text())[0].size
    assert size == 7
    honest = (tmp_path / "update.txt").read_text()
    forged = "\n".join(line for line in honest.split("\n") if not line.startswith("key "))
    (tmp_path / "update.txt").write_text(forged)
    assert checked(tmp_path, *words)[0] == 1


def test_a_stolen_old_key_cannot_lead_the_witness_astray(config: Config, tmp_path: Path) -> None:
    """The thief signs another change with it: the witness already keeps a note of the true new key."""
    act(config)
    stolen = config.signer
    (tmp_path / "key.txt").write_text(stolen.public.text())
    run("key", "change", "--reason", "例行更换")
    act(config)
    words = ("update.txt", "--witness", "kept.txt", "--key", "key.txt")
    run("export", "update", "--out", str(tmp_path / "update.txt"))
    assert checked(tmp_path, *words)[0] == 0
    thief = Signer(stolen.name, b"t" * 32)
    event = verify.json.dumps(
        {"act": "change_key", "seq": 4, "key": {
            "old": stolen.public.text(), "new": thief.public.text(),
            "proof": thief.sign(verify.following(stolen.public, thief.public)).hex(),
        }},
    ).encode()  # fmt: skip
    note = thief.note(verify.Checkpoint(stolen.name, 90, b"r" * 32, b"s" * 32, "2027-01-01"))
    update = verify.Update(7, (b"x" * 32,), (b"y" * 32,), note, ((event, stolen.sign(event)),))
    (tmp_path / "update.txt").write_text(update.text())
    code, said = checked(tmp_path, *words)
    assert code == 1
    assert "密钥被换过" in said


def test_a_change_needs_both_keys(config: Config) -> None:
    old, new = config.signer, config.signer.renewed()
    with begin(config.engine()) as connection:
        seq = change_key(connection, old, new, reason="试", now=config.now())
        event = history.read_one(connection, seq)
    body = verify.json.dumps(event.body).encode()
    with pytest.raises(ValueError, match="没有原密钥的签名"):
        read_change(body, new.sign(body))
    change = read_change(body, old.sign(body))
    assert keys_from(new.public, [change]).of_event(seq) == old.public
    assert keys_from(old.public, [change]).of_note(seq) == new.public
    with pytest.raises(ValueError, match="接不上"):
        Keys(new.public, [change])
    with pytest.raises(ValueError, match="不在更换过的密钥之中"):
        keys_from(Signer(old.name, b"z" * 32).public, [change])
    body = body.replace(b'"proof": "', b'"proof": "00')
    with pytest.raises(ValueError, match="没有新密钥的签名"):
        read_change(body, old.sign(body))


def test_a_change_that_was_cut_off_is_settled(config: Config) -> None:
    """Killed before the commit: the old key is put back. Killed after it: the new one stays."""
    act(config)
    before = config.record_key.read_text()
    aside = config.record_key.with_name("record.key.before")
    key._put(
        config.record_key, config.signer.renewed(), aside=aside
    )  # the file is new, the log is not
    assert config.record_key.read_text() != before
    key.settle_key(config, config.engine())
    assert config.record_key.read_text() == before
    assert not aside.exists()
    act(config)
    run("key", "change", "--reason", "例行更换")
    after = config.record_key.read_text()
    aside.write_text(before)  # the log is new, and so is the file
    key.settle_key(config, config.engine())
    assert config.record_key.read_text() == after
    assert not aside.exists()
    act(config)


def test_checkpoints_want_the_key_of_the_log(config: Config, tmp_path: Path) -> None:
    act(config)
    old = config.record_key.read_text()
    run("key", "change", "--reason", "例行更换")
    assert config.record_key.stat().st_mode & 0o777 == 0o600
    assert old.split()[0] not in config.record_key.read_text()
    act(config)
    keep_checkpoints(config.engine(), config.signer, tmp_path / "away", now=config.now())
    assert [p.name for p in sorted((tmp_path / "away").glob("*.key"))] == ["000000000004.key"]
    config.record_key.write_text(old)
    with pytest.raises(Refused, match="不是日志现在用的密钥"):
        act(config)


def test_backups_from_before_and_after(config: Config, tmp_path: Path, monkeypatch) -> None:
    act(config)
    monkeypatch.setenv("BANJIE_CHECKPOINT_DIR", str(tmp_path / "away"))
    early, late = tmp_path / "early.zip", tmp_path / "late.zip"
    run("backup", "--out", str(early))
    old = config.record_key.read_text()
    run("key", "change", "--reason", "例行更换")
    act(config)
    keep_checkpoints(config.engine(), config.signer, tmp_path / "away", now=config.now())
    run("backup", "--out", str(late))
    new = config.record_key.read_text()

    def restored(backup: Path, key: str, *more: str) -> str:
        place = tmp_path / f"place{len(list(tmp_path.glob('place*')))}"
        place.mkdir()
        (place / "record.key").write_text(key)
        monkeypatch.setenv("BANJIE_DATA_DIR", str(place))
        monkeypatch.setenv("BANJIE_DATABASE_URL", f"sqlite:///{place / 'b.sqlite3'}")
        return run("restore", str(backup), *more)

    assert "已恢复 7 个事件" in restored(late, new)
    with pytest.raises(Refused, match="另一把密钥"):
        restored(late, old)
    with pytest.raises(Refused, match="放回数据目录"):
        restored(early, new)
    with pytest.raises(Refused, match="拒绝恢复：这份备份只到 3 个事件"):
        restored(early, old)
    why = ("--accept-older", "--reason", "磁盘损坏，审计局同意")
    assert "已恢复 3 个事件" in restored(early, old, *why)


@pytest.fixture
def national(config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The same, with an SM2 signature on each checkpoint, by the software of this process."""
    monkeypatch.setenv("BANJIE_SM2", "software")
    return Config()


def first_keys(config: Config, tmp_path: Path) -> str:
    run("export", "key", "--out", str(tmp_path / "key.txt"))
    return str(tmp_path / "key.txt")


def test_sm2_keys_follow_each_other(national: Config, tmp_path: Path) -> None:
    act(national)
    held = first_keys(national, tmp_path)
    words = ("update.txt", "--witness", "kept.txt", "--key", held)
    run("export", "update", "--out", str(tmp_path / "update.txt"))
    assert checked(tmp_path, *words)[0] == 0
    with reading(national.engine()) as connection:
        (tmp_path / "held.txt").write_text(checkpoints.last(connection)[1], encoding="utf-8")
    old = national.signer.beside[0].public
    assert "已更换 SM2 密钥，记在事件 4" in run(
        "key", "change-sm2", "--to", "software", "--reason", "县密码管理部门来函"
    )
    assert national.signer.beside[0].public != old, "the running process goes on with the new key"
    assert not list(national.data_dir.glob("sm2.next*"))
    act(national)
    run("key", "change", "--reason", "例行更换")
    act(national)
    assert len(run("key", "show").splitlines()) == 4
    run("export", "evidence", "--out", str(tmp_path / "all.zip"))
    run("export", "key", "--out", str(tmp_path / "now.txt"))
    for keys in ("key.txt", "now.txt"):  # of the beginning, and of today
        code, said = checked(
            tmp_path, "all.zip", "--every", "--key", keys, "--checkpoint", "held.txt"
        )
        assert code == 0, said
        assert "事件 4 更换了 SM2 密钥" in said
        assert "其中 3 个另有 SM2 签名" in said
    kept = str(tmp_path / "kept.txt")
    run("export", "update", "--checkpoint", kept, "--out", str(tmp_path / "update.txt"))
    code, said = checked(tmp_path, *words)
    assert code == 0, said
    day = str(local_date(national.now()))
    out = str(tmp_path / "days.zip")
    run("export", "evidence", "--from", day, "--until", day, "--out", out)
    assert checked(tmp_path, "days.zip", "--key", held)[0] == 0


def test_another_sm2_key_in_its_place_is_refused(national: Config, tmp_path: Path) -> None:
    act(national)
    held = first_keys(national, tmp_path)
    place = national.data_dir / "sm2.key"
    mine = place.read_text()
    place.write_text(new_secret().hex())
    with pytest.raises(Refused, match="SM2 密钥不是日志里的"):
        act(national)
    place.write_text(mine)
    act(national)
    # a thief of the signing key makes a note with an SM2 key of his own
    thief = Signer(
        national.signer.name, national.signer.secret, (SoftwareSm2(national.signer.name, new_secret()),)
    )  # fmt: skip
    run("export", "evidence", "--out", str(tmp_path / "all.zip"))

    def swapped(files: dict[str, bytes]) -> None:
        name = sorted(n for n in files if n.startswith("checkpoints/"))[-1]
        files[name] = thief.note(read_note(files[name].decode())[0]).encode()
        files["key.txt"] = "".join(f"{k.text()}\n" for k in thief.keys).encode()

    rewrite(tmp_path / "all.zip", swapped)
    code, said = checked(tmp_path, "all.zip", "--key", held)
    assert code == 1
    assert "公钥与您手中的不同" in said


def test_an_sm2_change_without_the_old_key_is_found(national: Config, tmp_path: Path) -> None:
    """By a thief of the signing key, who has no access to the card."""
    act(national)
    held = first_keys(national, tmp_path)
    (card,) = national.signer.beside
    own = SoftwareSm2(national.signer.name, new_secret())
    told = {
        "old": card.public.text(), "new": own.public.text(),
        "proof": own.sign(verify.following(card.public, own.public)).hex(),
        "old_proof": own.sign(verify.following(card.public, own.public)).hex(),
    }  # fmt: skip
    with begin(national.engine()) as connection:
        history.append(connection, at=national.now(), act="change_key", body={"key": told})
    with pytest.raises(Refused, match="没有原密钥的签名"):
        act(national)
    stream = tmp_path / "all.zip"
    with reading(national.engine()) as connection, stream.open("wb") as target:
        write_evidence(connection, target, keys=national.signer.keys, files=tmp_path)
    code, said = checked(tmp_path, "all.zip", "--key", held)
    assert code == 1
    assert "事件 4 更换密钥没有原密钥的签名" in said


def test_from_software_to_a_card(national: Config, tmp_path: Path, monkeypatch) -> None:
    """The new signer is a program; until the setting says so, no checkpoint is signed."""
    act(national)
    secret = new_secret()
    card = SoftwareSm2(national.signer.name, secret)
    program = tmp_path / "card.py"
    program.write_text(
        "import sys\nfrom service.audit.sm2 import SoftwareSm2\n"
        f"print(SoftwareSm2('n', bytes.fromhex('{secret.hex()}')).sign(sys.stdin.buffer.read()).hex())\n"
    )
    command = f"{sys.executable} {program}"
    with pytest.raises(Refused, match=r"读不了 SM2 公钥"):
        run("key", "change-sm2", "--to", command, "--reason", "启用密码卡")
    (national.data_dir / "sm2.next.pub").write_text("04" + card.public.raw.hex())
    assert "请立即把 BANJIE_SM2 改为" in run(
        "key", "change-sm2", "--to", command, "--reason", "启用密码卡"
    )
    assert (national.data_dir / "sm2.pub").exists()
    with pytest.raises(Refused, match="SM2 密钥不是日志里的"):
        act(national)
    monkeypatch.setenv("BANJIE_SM2", command)
    later = Config()
    act(later)
    run("export", "evidence", "--out", str(tmp_path / "all.zip"))
    code, said = checked(tmp_path, "all.zip", "--every")
    assert code == 0, said
    assert "其中 2 个另有 SM2 签名" in said


def test_an_sm2_change_that_was_cut_off_is_settled(national: Config) -> None:
    act(national)
    before = (national.data_dir / "sm2.key").read_text()
    (national.data_dir / "sm2.next.key").write_text(new_secret().hex())  # the log never took it up
    key.settle_key(national, national.engine())
    assert (national.data_dir / "sm2.key").read_text() == before
    assert not (national.data_dir / "sm2.next.key").exists()
    run("key", "change-sm2", "--to", "software", "--reason", "例行更换")
    after = (national.data_dir / "sm2.key").read_text()
    (national.data_dir / "sm2.next.key").write_text(after)  # killed before the file was moved
    (national.data_dir / "sm2.key").write_text(before)
    key.settle_key(national, national.engine())
    assert (national.data_dir / "sm2.key").read_text() == after
    act(national)


def test_periods_before_and_after_a_change(config: Config, tmp_path: Path, monkeypatch) -> None:
    """The evidence of days brings the changes of other days with it."""
    for day in (3, 4, 5):
        monkeypatch.setenv("BANJIE_CLOCK", f"2026-03-0{day}T09:00+08:00")
        act(Config())
        if day == 4:
            run("key", "change", "--reason", "例行更换")
    for day in (3, 4, 5):
        text = f"2026-03-0{day}"
        out = str(tmp_path / "days.zip")
        run("export", "evidence", "--from", text, "--until", text, "--out", out)
        code, said = checked(tmp_path, "days.zip", "--every")
        assert code == 0, said
        assert "更换了签名密钥" in said
