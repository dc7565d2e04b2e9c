"""The evidence of a period: all of its events, nothing missing at its ends, and what was changed is named."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.audit import verify
from service.audit.verify import Package, check, read_note
from service.cli.main import banjie
from service.config import project_root
from service.jobs.make_checkpoint import make_checkpoint
from service.model.errors import BadInput, Refused
from service.queries.evidence import write_evidence
from service.queries.evidence_extent import Period
from service.regulation.dates import local_date
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.scenarios.world import SIGNER
from service.store import history
from service.store.session import begin, reading
from tests.audit.forging import rewrite

ROOT = project_root()


class Town:
    """A county after a story, a checkpoint every five events from the twentieth on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = open_world(f"sqlite:///{folder / 'town.sqlite3'}", ROOT)
        keep_samples(ROOT, folder / "files")
        assert run_story(read_story(ROOT / "processes/scenarios/N03.yaml"), self.world).ok
        with begin(self.world.engine) as connection:
            self.held = make_checkpoint(connection, SIGNER, now=self.world.now)
        self._one_more(12)
        with begin(self.world.engine) as connection:
            make_checkpoint(connection, SIGNER, now=self.world.now)
        with reading(self.world.engine) as connection:
            self.events = list(history.read(connection))

    def _one_more(self, count: int) -> None:
        for number in range(count):
            self.world.now += timedelta(days=1)
            with begin(self.world.engine) as connection:
                history.append(connection, at=self.world.now, act="read_record", body={"n": number})

    def package(self, period: Period, held: str | None = None) -> Path:
        path, stream = self.folder / "period.zip", io.BytesIO()
        size = read_note(held)[0].size if held else None
        with reading(self.world.engine) as connection:
            write_evidence(
                connection, stream, keys=[SIGNER.public], files=self.folder / "files", period=period, held_size=size
            )  # fmt: skip
        path.write_bytes(stream.getvalue())
        return path

    def day(self, seq: int):
        return local_date(self.events[seq - 1].at)


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Town:
    made = Town(tmp_path_factory.mktemp("town"))
    yield made
    made.world.close()


def middle(town: Town) -> Period:
    """From the day of the first task that was done to the day of the sixth reading after the story."""
    done = [e.seq for e in town.events if e.act == "complete_task"]
    return Period(town.day(done[0]), town.day(len(town.events) - 6))


def found(path: Path, held: str | None = None, every: bool = True):
    with zipfile.ZipFile(path) as archive:
        return check(Package(archive), held, [SIGNER.public], every=every)


def test_a_period_holds_offline_and_with_what_the_auditor_has(town: Town) -> None:
    path = town.package(middle(town), town.held)
    (path.parent / "held.txt").write_text(town.held, encoding="utf-8")
    shutil.copyfile(verify.__file__, path.with_name("verify.py"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", path.name, "--checkpoint", "held.txt", "--every"],
        cwd=path.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "两头没有缺少" in done.stdout
    assert "与您手中的检查点" in done.stdout
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        lines = archive.read("events.jsonl").splitlines()
    period = middle(town)
    inside = [e for e in town.events if period.since <= e.at < period.until]
    assert [json.loads(x)["seq"] for x in lines] == [
        inside[0].seq - 1, *(e.seq for e in inside), inside[-1].seq + 1
    ]  # fmt: skip
    for folder in ("submissions/", "bundles/", "attachments/", "checkpoints/"):
        assert any(n.startswith(folder) for n in names), folder


def test_every_period_holds(town: Town) -> None:
    days = sorted({local_date(e.at) for e in town.events})
    for first, last in zip(days[::3], [*days[::-1][::3]], strict=True):
        first, last = min(first, last), max(first, last)
        for held in (None, town.held):
            report = found(town.package(Period(first, last), held), held)
            assert report.bad == [], (first, last)


def swap(old: bytes, new: bytes, nth: int = 0):
    """Changes one line of the events."""

    def change(files: dict[str, bytes]) -> None:
        lines = files["events.jsonl"].splitlines(keepends=True)
        place = [i for i, x in enumerate(lines) if old in x][nth]
        lines[place] = lines[place].replace(old, new, 1)
        files["events.jsonl"] = b"".join(lines)

    return change


def without(place: int):
    """Leaves out one event, with its signature."""

    def change(files: dict[str, bytes]) -> None:
        for name in ("events.jsonl", "signatures.txt"):
            lines = files[name].splitlines(keepends=True)
            del lines[place]
            files[name] = b"".join(lines)

    return change


def shorter(files: dict[str, bytes]) -> None:
    """Leaves out the first events, and moves the edge and the number along, as far as a forger can."""
    without(0)(files)
    without(0)(files)
    proofs = json.loads(files["proofs.json"])
    proofs["first"] += 2
    files["proofs.json"] = json.dumps(proofs).encode()


def other_edge(files: dict[str, bytes]) -> None:
    proofs = json.loads(files["proofs.json"])
    proofs["edge"]["sm3"][0] = "00" * 32
    files["proofs.json"] = json.dumps(proofs).encode()


def filled_in(files: dict[str, bytes]) -> None:
    name = next(n for n in files if n.startswith("submissions/"))
    files[name] = files[name].replace(b"1", b"2", 1)


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (swap(b'"at":"2', b'"at":"1', 3), "其中有改动"),
        (swap(b'"act":"complete_task"', b'"act":"release_task"', 1), "与前一事件接不上"),
        (without(4), "与前一事件接不上"),
        (without(0), "不在检查点所签的记录里"),
        (without(-1), "期间的结尾有缺少"),
        (shorter, "期间的开头被改动"),
        (other_edge, "不在检查点所签的记录里"),
        (filled_in, "与摘要不符"),
    ],
)
def test_what_was_changed_is_named(town: Town, forge, said: str) -> None:
    path = town.package(middle(town))
    rewrite(path, forge)
    report = found(path, every=False)
    assert report.bad, "not found"
    assert any(said in sentence for _, sentence in report.bad), report.bad


def test_a_byte_is_named_with_its_event(town: Town) -> None:
    path = town.package(middle(town))
    rewrite(path, swap(b'"at":"2', b'"at":"1', 3))
    first = found(path, every=False).bad
    with zipfile.ZipFile(path) as archive:
        changed = json.loads(archive.read("events.jsonl").splitlines()[3])["seq"]
    assert min(seq for seq, _ in first if seq) <= changed + 1
    assert any(seq == changed + 1 for seq, _ in first), "the event after it follows no more"


def test_another_view_of_the_log_is_refused(town: Town) -> None:
    note = town.held.replace("\ntime 2", "\ntime 1")
    assert any("您手中的" in said for _, said in found(town.package(middle(town)), note).bad)


def test_what_cannot_be_given(town: Town) -> None:
    day = town.day(1)
    with pytest.raises(Refused, match="没有事件"):
        town.package(Period(day - timedelta(days=9), day - timedelta(days=8)))
    with pytest.raises(BadInput, match="晚于"):
        town.package(Period(day, day - timedelta(days=1)))


def clocked(folder: Path, hours: list[int]) -> Town:
    """A county in which somebody reads at these hours after the first of March, in this order."""
    town = Town.__new__(Town)
    town.folder, town.world = folder, open_world(f"sqlite:///{folder / 'town.sqlite3'}", ROOT)
    start = Period(date(2025, 3, 1), date(2025, 3, 1)).since
    with begin(town.world.engine) as connection:
        for hour in hours:
            at = start + timedelta(hours=hour)
            history.append(connection, at=at, act="read_record", body={"hour": hour})
        make_checkpoint(connection, SIGNER, now=start + timedelta(hours=max(hours)))
    with reading(town.world.engine) as connection:
        town.events = list(history.read(connection))
    return town


@pytest.mark.parametrize(
    ("hours", "between"),
    [
        ([9, 33, 10, 34, 58, 60], True),  # the first day, the second, put back to the first
        ([9, 24 * 900, 10, 33, 34], True),  # years ahead for one event
        ([9, 10, 33, 34, 58], False),
    ],
)
def test_a_clock_that_was_moved_loses_nothing_and_is_told(
    tmp_path: Path, hours: list[int], between: bool
) -> None:
    """Each event whose time lies in the period is in its package, with all that stand between them by number."""
    town = clocked(tmp_path, hours)
    period = Period(date(2025, 3, 1), date(2025, 3, 1))
    path = town.package(period)
    with zipfile.ZipFile(path) as archive:
        held = [json.loads(x) for x in archive.read("events.jsonl").splitlines()]
    numbers = [e["seq"] for e in held]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    inside = {e.seq for e in town.events if period.since <= e.at < period.until}
    assert inside <= set(numbers)
    report = found(path)
    assert report.bad == []
    strange = sorted(set(range(min(inside), max(inside))) - inside)
    told = "\n".join(report.told)
    assert ("的时间不在期间之内，序号却在期间的事件之间" in told) == between
    assert ("系统时间被拨回过" in told) == between
    for seq in strange:
        assert f"事件 {seq}" in told
    town.world.close()


def test_a_period_cut_where_the_clock_was_put_back_is_told(tmp_path: Path) -> None:
    """Who ends it before the event of the second day leaves those out that came back: the end lies inside."""
    town = clocked(tmp_path, [9, 33, 10, 11, 34, 58])
    path = town.package(Period(date(2025, 3, 1), date(2025, 3, 1)))
    for _ in range(2):
        rewrite(path, without(-1))
    assert any("期间的结尾有缺少" in said for _, said in found(path, every=False).bad)
    town.world.close()


def test_the_command(town: Town, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "files").symlink_to(town.folder / "files")
    (tmp_path / "record.key").write_text(f"{SIGNER.secret.hex()} {SIGNER.name}")
    monkeypatch.setenv("BANJIE_DATABASE_URL", town.world.url)
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path))
    period, out = middle(town), tmp_path / "out.zip"
    words = ["export", "evidence", "--from", str(period.first), "--out", str(out)]
    refused = CliRunner().invoke(banjie, words)
    assert "--until" in str(refused.exception or refused.output)
    done = CliRunner().invoke(banjie, [*words, "--until", str(period.last)])
    assert done.exit_code == 0, done.output
    assert found(out).bad == []
