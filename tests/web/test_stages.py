"""The stages of a project are those of its own route; the gate's checklist agrees with the gate."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.engine import Filled, check_gate, gate_items
from service.forms import typed_values
from service.queries.projects import project_detail
from service.queries.task_check import task_check
from service.queries.task_detail import task_detail
from service.scenarios.looks import open_tasks
from service.store.session import reading
from tests.browser.gallery import CLOCK, gallery

NOW = datetime.fromisoformat(CLOCK)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = gallery(f"sqlite:///{tmp_path_factory.mktemp('stages') / 'c.sqlite3'}")
    yield made
    made.close()


def detail_of(world, alias: str):
    with reading(world.engine) as connection:
        key = world.projects[alias]
        return project_detail(connection, world.people["info_center"], key, now=NOW)


def names(world, alias: str, state: str) -> list[str]:
    return [stage.name for stage in detail_of(world, alias).stages if stage.state == state]


def test_other_routes_are_not_stages(world) -> None:
    for alias in world.projects:
        shown = [stage.name for stage in detail_of(world, alias).stages]
        assert "备案办理" not in shown
        assert "购买服务与运维" not in shown
        assert len(shown) == len(set(shown))


def test_stages_follow_the_project(world) -> None:
    assert names(world, "declared", "now") == ["项目申报"]
    assert names(world, "declared", "done") == []
    assert names(world, "declared", "")[0] == "申报审核"
    assert names(world, "gate", "now") == ["竣工验收"]
    assert names(world, "gate", "") == ["归档", "保修与绩效评估"]
    assert names(world, "terminated", "back") == ["建设实施"]
    assert names(world, "terminated", "done")[-1] == "已终止"
    assert names(world, "closed", "") == []
    assert names(world, "closed", "done")[-1] == "项目办结"


def test_amounts_say_where_they_come_from(world) -> None:
    money = {k.label: k for k in detail_of(world, "gate").facts["money"]}
    assert money["合同额"].text == "81.20"
    assert money["预算指标"].unit == "县财政局"
    assert money["累计拨付"].share < money["合同额"].share < 100


def gate_of(world, alias: str, element: str, unit: str):
    with reading(world.engine) as connection:
        tasks = open_tasks(world, world.projects[alias])
        key = next(t.task_key for t in tasks if t.path.endswith(f"/{element}"))
        return task_detail(connection, world.people[unit], key, now=NOW)


def test_blank_fields_wait_and_bad_ones_name_their_clause(world) -> None:
    detail = gate_of(world, "gate", "apply", "qinling_software")
    with reading(world.engine) as connection:
        blank = task_check(connection, detail, {}, now=NOW)
        early = task_check(connection, detail, {"application_date": "2026-02-28"}, now=NOW)
    assert {i.state for i in blank.gate} == {"wait", "ok"}
    assert all(i.fields == ("application_date",) for i in blank.gate if i.state == "wait")
    bad = [i for i in early.gate if i.state == "bad"]
    assert ("19.1.14",) in [i.clauses for i in bad]
    assert early.gate[0].state == "bad"
    assert not [i for i in early.gate if "19.1.2" in i.clauses]  # of the preliminary acceptance


CONTRACT = {
    "warranty_months": st.sampled_from(["", "12", "35", "36", "48"]),
    "qualification_valid": st.sampled_from(["", "yes", "no"]),
    "qualification_level_ok": st.sampled_from(["", "yes", "no"]),
    "security_agreement": st.sampled_from(["", "yes", "no"]),
    "contractor_unit": st.sampled_from(["", "qinling_software", "hengxin_supervision"]),
    "contract_amount_yuan": st.sampled_from(["", "812000.00", "860000.00", "860000.01"]),
}


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.fixed_dictionaries(CONTRACT))
def test_the_checklist_agrees_with_the_gate(world, values) -> None:
    """What is 不符合 refuses, and nothing refuses that is 符合; 待填 only where a field is blank."""
    detail = gate_of(world, "contract", "sign_contract", "human_resources")
    typed = typed_values(detail.form, values)
    task = Filled(detail.definition, detail.state, detail.row.task_key, typed, detail.facts, NOW)
    items = gate_items(task)
    refused = {r.clauses for r in check_gate(task)}
    for item in items:
        if item.state == "bad":
            assert item.clauses in refused
        elif item.state == "ok":
            assert item.clauses not in refused
        else:
            assert any(values.get(key) == "" for key in item.fields), item
    assert refused <= {item.clauses for item in items}
    if all(values.values()):
        assert {i.clauses for i in items if i.state == "bad"} == refused


def test_facts_of_the_pages_are_set_by_diagrams(world) -> None:
    """Each fact that pages show is written by some element."""
    written = {
        name
        for process in world.definition.processes.values()
        for element in process.elements.values()
        for name in [*element.outputs, *element.family("out")]
    }
    assert set(world.definition.facts) <= written
