"""XES, OCEL and the evidence command, on a county after a story."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from sqlalchemy import func, select

from service.audit.verify import main as verify
from service.cli.export import export
from service.config import project_root
from service.model.errors import Refused
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store import tables as t
from service.store.session import reading
from tests.audit.log_schemas import ocel_faults, ocel_loose_ends, xes_faults

ROOT = project_root()
XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    """A data folder after story S01, signed by its own key."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "record.key").write_text(bytes(range(32)).hex())
    world = open_world(f"sqlite:///{folder / 'banjie.sqlite3'}", ROOT)
    assert run_story(read_story(ROOT / "processes/scenarios/S01.yaml"), world).ok
    keep_samples(ROOT, folder / "files")
    world.close()
    return folder


@pytest.fixture
def run(county: Path, monkeypatch):
    monkeypatch.setenv("BANJIE_DATA_DIR", str(county))
    return lambda *words: CliRunner().invoke(export, words, catch_exceptions=False)


def test_evidence_of_a_project_and_of_all_is_verified(run, tmp_path: Path, capsys) -> None:
    run("key", "--out", str(tmp_path / "key.txt"))
    for scope in (["--project", "2025-0001"], []):
        package = tmp_path / "evidence.zip"
        result = run("evidence", *scope, "--out", str(package))
        assert "证据包已写入" in result.output
        assert verify([str(package), "--key", str(tmp_path / "key.txt"), "--every"]) == 0
        assert "结论：包内一致" in capsys.readouterr().out


def test_xes_has_a_trace_a_project_and_all_completed_tasks(
    run, county: Path, tmp_path: Path
) -> None:
    run("xes", "--out", str(tmp_path / "log.xes"))
    root = etree.parse(tmp_path / "log.xes").getroot()
    assert root.tag == f"{XES}log"
    traces = root.findall(f"{XES}trace")
    assert [tr.find(f"{XES}string[@key='concept:name']").get("value") for tr in traces] == [
        "2025-0001"
    ]
    events = traces[0].findall(f"{XES}event")
    by_people = [e for e in events if e.find(f"{XES}string[@key='org:resource']") is not None]
    assert len(by_people) == completed(county)
    times = [e.find(f"{XES}date").get("value") for e in events]
    assert times == sorted(times)


def test_ocel_ties_every_event_to_objects_that_exist(run, county: Path, tmp_path: Path) -> None:
    run("ocel", "--project", "2025-0001", "--out", str(tmp_path / "log.json"))
    log = json.loads((tmp_path / "log.json").read_text())
    objects = {o["id"]: o["type"] for o in log["objects"]}
    types = {e["name"] for e in log["eventTypes"]}
    ties = Counter()
    for event in log["events"]:
        assert event["type"] in types
        assert event["relationships"]
        for tie in event["relationships"]:
            ties[objects[tie["objectId"]]] += 1
    assert ties["person"] == completed(county)
    assert ties["project"] == len(log["events"])


def completed(county: Path) -> int:
    from service.store.session import create_engine

    engine = create_engine(f"sqlite:///{county / 'banjie.sqlite3'}")
    with reading(engine) as connection:
        found = connection.execute(
            select(func.count()).select_from(t.task).where(t.task.c.status == "completed")
        ).scalar_one()
    engine.dispose()
    return found


def test_an_unknown_project_leaves_no_file(run, tmp_path: Path) -> None:
    for verb in ("xes", "ocel", "evidence"):
        with pytest.raises(Refused, match="没有编号为 9999"):
            run(verb, "--project", "9999", "--out", str(tmp_path / "x"))
    assert not list(tmp_path.iterdir())


def test_verify_runs_without_banjie_and_says_how(tmp_path: Path) -> None:
    tool = tmp_path / "verify.py"
    tool.write_bytes((ROOT / "service/audit/verify.py").read_bytes())
    result = subprocess.run(
        [sys.executable, "-I", "-S", tool, "--help"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0
    assert "检查点" in result.stdout


def test_xes_is_what_its_schema_demands(run, tmp_path: Path) -> None:
    run("xes", "--out", str(tmp_path / "log.xes"))
    root = etree.parse(tmp_path / "log.xes").getroot()
    assert xes_faults(root) == []
    assert len(root.findall(f"{XES}extension")) == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'xes.version="1849.2023"', b'xes.version="1849-2023"'),
        (b"<date key=", b"<day key="),
        (b'<int key="seq" value="', b'<int key="seq" value="x'),
        (b'<string key="concept:name" value=', b'<string key="concept name" value='),
        (b'prefix="org"', b'prefix="org:"'),
        (b"<event>", b"<event><event/>"),
    ],
)
def test_the_check_of_xes_finds_faults(run, tmp_path: Path, old: bytes, new: bytes) -> None:
    run("xes", "--out", str(tmp_path / "log.xes"))
    content = (tmp_path / "log.xes").read_bytes()
    assert old in content
    changed = content.replace(old, new).replace(b"</date>", b"</day>")
    assert xes_faults(etree.fromstring(changed)) != []


def test_ocel_is_what_its_schema_demands(run, tmp_path: Path) -> None:
    run("ocel", "--out", str(tmp_path / "log.json"))
    log = json.loads((tmp_path / "log.json").read_text())
    assert ocel_faults(log) == []
    assert ocel_loose_ends(log) == []


def test_the_check_of_ocel_finds_faults(run, tmp_path: Path) -> None:
    run("ocel", "--out", str(tmp_path / "log.json"))
    text = (tmp_path / "log.json").read_text()

    def changed(change) -> dict:
        log = json.loads(text)
        change(log)
        return log

    for change in (
        lambda log: log.pop("objects"),
        lambda log: log["events"][0].pop("time"),
        lambda log: log["events"][0].update(time="yesterday"),
        lambda log: log["events"][0]["attributes"][0].update(value=7),
        lambda log: log["events"][0]["relationships"][0].pop("qualifier"),
    ):
        assert ocel_faults(changed(change)) != []
    for change in (
        lambda log: log["events"][0].update(type="?"),
        lambda log: log["events"][0]["relationships"][0].update(objectId="?"),
        lambda log: log["events"].append(log["events"][0]),
    ):
        assert ocel_loose_ends(changed(change)) != []
