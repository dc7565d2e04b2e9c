"""Rules of single forms that carry a clause: what is refused, hidden or asked."""

import pytest
from form_making import example
from test_form_shipped import FORMS, NOW, PLACE, load

from service.forms import validate


def errors(form_id, change, **context):
    given = {k: v for k, v in {**example(FORMS[form_id]), **change}.items() if v is not ...}
    return validate(load(form_id), given, context={**PLACE, **context}, now=NOW).errors


def kept(form_id, change, **context):
    given = {**example(FORMS[form_id]), **change}
    return validate(load(form_id), given, context={**PLACE, **context}, now=NOW).values


def test_a_classified_project_keeps_nothing_else():  # 7.1.16
    assert kept("declaration_basic", {"classified": "yes"}) == {"classified": "yes"}


def test_the_estimate_holds_supervision_and_testing_and_adds_up():  # 17.1.2
    said = "概算明细要列出监理费用和第三方评测费用，各项合计要等于计划预算金额。"
    only = [{"fee_category": "建设费用", "amount_yuan": "200000.00"}]
    assert errors("declaration_basic", {"estimate_items": only}) == {"estimate_items": said}
    assert set(errors("declaration_basic", {"planned_budget_yuan": "200000.01"})) == {
        "estimate_items",
        "fund_sources",
    }


@pytest.mark.parametrize(("source", "ratio"), [("省级", "100"), ("县级", "0")])
def test_the_share_of_superior_funds_is_computed(source, ratio):  # 7.2.1
    values = kept(
        "declaration_basic", {"fund_sources": [{"source": source, "amount_yuan": "200000.00"}]}
    )
    assert values["superior_fund_ratio"] == ratio


def test_not_quite_all_superior_funds_is_not_a_hundred_percent():  # 7.2.1
    rows = [
        {"source": "省级", "amount_yuan": "199999.99"},
        {"source": "县级", "amount_yuan": "0.01"},
    ]
    assert kept("declaration_basic", {"fund_sources": rows})["superior_fund_ratio"] == "99.999995"


@pytest.mark.parametrize(("end", "fine"), [("2025-09-01", False), ("2025-09-02", True)])
def test_the_planned_acceptance_leaves_room_for_the_trial_run(end, fine):  # 19.1.34
    assert (errors("declaration_basic", {"planned_final_acceptance": end}) == {}) is fine


def test_a_disagreeing_opinion_needs_a_reason():  # 7.1.7
    assert set(errors("opinion", {"conclusion": "disagree", "opinion": ""})) == {"opinion"}
    assert errors("opinion", {"conclusion": "agree", "opinion": ""}) == {}


def test_an_exception_is_argued_in_a_hundred_characters():  # 9.0
    assert "至少 100 个字" in errors("exception_statement", {"reason": "急用"})["reason"]
    assert errors("exception_statement", {"exception": "withdraw", "reason": ...}) == {}


def test_the_indicator_stays_within_what_was_decided():  # 7.1.9
    from decimal import Decimal

    assert errors("budget_indicator", {}, approved_amount_yuan=Decimal("198000")) == {}
    said = errors("budget_indicator", {}, approved_amount_yuan=Decimal("197999.99"))
    assert said == {
        "indicator_amount_yuan": "指标金额不能超过领导小组的审定金额，现在填的是 198000.00。"
    }


def test_conclusions_follow_the_seven_aspects():  # 19.1.30
    said = errors("final_opinion", {"quality_conclusion": "fail"})
    assert said == {"final_result": "有一方面不合格的，结论不能是“合格”，请选限期整改或不合格。"}
    assert errors("final_opinion", {"quality_conclusion": "fail", "final_result": "fail"}) == {}
    basis = {"cryptography_security_conclusion": "not_applicable", "cryptography_basis": ...}
    assert set(errors("final_opinion", basis)) == {"cryptography_basis"}


def test_the_group_is_complete_and_has_its_experts():  # 19.1.7, 19.1.22
    members = example(FORMS["acceptance_group"])["members"]
    final = {"acceptance_stage": "final", "acceptance_categories": ["建设", "专家"]}
    assert errors("acceptance_group", {}, **final) == {}
    two = [m for m in members if m["category"] != "专家"] + members[-2:]
    assert set(errors("acceptance_group", {"members": two}, **final)) == {"members"}
    none = [m for m in members if m["category"] != "建设"]
    assert set(errors("acceptance_group", {"members": none}, **final)) == {"members"}


def test_data_that_everybody_may_use_is_open_to_all():  # 6.1.9
    row = {"item": "补贴", "kind": "普遍共享", "scope": "民政局", "basis": ""}
    said = errors("data_sharing", {"catalogue_items": [row]})
    assert said == {"catalogue_items[0].scope": "普遍共享的数据，共享范围要填“全部”。"}


@pytest.mark.parametrize(
    ("form_id", "change"),
    [("contract", {"warranty_months": "24"}), ("contract", {"security_agreement": "no"}),
     ("contract", {"qualification_level_ok": "no"}), ("preliminary_application", {"security_test_result": "fail"}),
     ("final_application", {"application_date": "2030-01-01"}), ("trial_run_record", {"trial_ending": "yes"}),
     ("data_sharing_fix", {"sharing_status": "not_shared"}), ("disbursement_request", {"purpose_item": "办公家具"}),
     ("change_request", {"implementation_started": "yes"})],
)  # fmt: skip
def test_what_a_gate_decides_passes_the_form(form_id, change):
    assert errors(form_id, change) == {}


def test_what_is_recovered_is_the_indicator_less_the_accepted_cost():  # 16.2.4
    from decimal import Decimal

    facts = {"project_indicator_yuan": Decimal("480000"), "project_paid_yuan": Decimal("150000")}
    assert errors("fund_recovery", {}, **facts) == {}
    assert set(errors("fund_recovery", {"recovered_yuan": "360000.01"}, **facts)) == {
        "recovered_yuan"
    }
    assert kept("fund_recovery", {}, **facts)["disbursed_yuan"] == "150000"


def test_the_offline_number_holds_no_words():  # 7.1.16
    assert set(errors("classified_registration", {"offline_no": "某某系统"})) == {"offline_no"}
