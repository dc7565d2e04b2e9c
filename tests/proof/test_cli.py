"""`banjie prove`: exit status, the Chinese text, the JSON."""

import json
from pathlib import Path

from click.testing import CliRunner
from mutation import lead, move, mutated

from service.cli.prove import prove
from service.model.bundle import Bundle

SMALL = (
    "incident_report",
    "joint_review",
    "leading_group_decision",
)


def folder(bundle: Bundle, where: Path, *, only: tuple[str, ...] = SMALL) -> str:
    """Write the diagrams of `only` with all tables, and no invariants: quick to prove."""
    for path, source in bundle.files.items():
        stem = Path(path).stem
        wanted = path.endswith(".dmn") or stem in only or stem in ("acts", "settings", "calendar")
        if path.startswith("processes/") and wanted:
            (where / path).parent.mkdir(parents=True, exist_ok=True)
            (where / path).write_bytes(source)
    return str(where)


def test_good_is_zero_and_says_how_much_was_looked_at(tmp_path: Path) -> None:
    result = CliRunner().invoke(prove, [folder(mutated({}), tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("没有发现问题：0 条不变式成立")
    assert "个状态" in result.output


def test_findings_are_one_with_a_way_of_names(tmp_path: Path) -> None:
    fault = {"incident_report.bpmn": [lead("receive_drc", "collect", "incident_settled")]}
    result = CliRunner().invoke(prove, [folder(mutated(fault), tmp_path)])
    assert result.exit_code == 1
    assert (
        "incident_report/incident_settled　「报告已处置」：到了结束事件，同一层还有事没办完。"
        in result.output
    )
    assert "1. 办理「报告重大问题」" in result.output


def test_json_holds_the_same(tmp_path: Path) -> None:
    fault = {"incident_report.bpmn": [move("receive_drc", "project_owner")]}
    result = CliRunner().invoke(prove, [folder(mutated(fault), tmp_path), "--json"])
    assert result.exit_code == 1
    data = json.loads(result.output)
    (finding,) = data["findings"]
    assert finding["rule"] == "wrong-lane"
    assert finding["place"] == "incident_report/receive_drc"
    assert "应由 drc 办理" in finding["text"]
    assert data["states"] == sum(space["states"] for space in data["spaces"]) > 50


def test_an_argument_without_a_finding_is_one(tmp_path: Path) -> None:
    where = folder(mutated({}), tmp_path)
    text = "invariants: []\naccepted:\n- {rule: never-reached, place: a/b, why: 以前有过}\n"
    (tmp_path / "processes" / "invariants.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(prove, [where])
    assert result.exit_code == 1
    assert "已不再出现，请删去这条说明" in result.output
