"""Contract and construction: violations, rounds of progress, overdue works."""

from __future__ import annotations

from decimal import Decimal

from walk import Walk

from service.model.events import MessageThrown

CONTRACT = {
    "contractor_unit": "u_build",
    "contract_amount_yuan": 812000,
    "contract_due_on": "2025-10-31",
    "warranty_months": 36,
    "qualification_valid": "yes",
    "qualification_level_ok": "yes",
    "security_agreement": "yes",
    "payment_nodes": [
        {"node": "合同签订", "share_percent": 30, "required_percent": 0},
        {"node": "完成过半", "share_percent": 40, "required_percent": 45},
        {"node": "初步验收", "share_percent": 25, "required_percent": 95},
        {"node": "竣工验收", "share_percent": 5, "required_percent": 100},
    ],
}


def sign(walk: Walk, secrecy: str = "yes") -> None:
    """The contract and the secrecy agreement."""
    walk.do("procurement_contract/sign_contract", **CONTRACT)
    walk.do("procurement_contract/sign_secrecy", security_agreement=secrecy)


def test_contract_takes_effect_only_without_violations() -> None:
    """N05 at signing; a missing secrecy agreement sends the contract back."""
    walk = Walk("procurement_contract", "2025-05-20", facts={"project_indicator_yuan": 860000})
    walk.do("procurement_contract/organise_project")
    for bid in ("failed", "awarded"):
        walk.do("procurement_contract/plan_procurement")
        walk.do("procurement_contract/file_procurement")
        walk.do("procurement_contract/record_result", bid=bid)
    walk.do("procurement_contract/appoint_supervisor", supervisor_unit="u_watch")
    bad = {
        **CONTRACT,
        "warranty_months": 24,
        "security_agreement": "no",
        "qualification_level_ok": "no",
    }
    refused = walk.refusals("procurement_contract/sign_contract", **bad)
    assert refused == {"25.1.5", "12.1.10", "12.1.13"}
    sign(walk, secrecy="no")
    assert walk.names() == ["procurement_contract/sign_contract"]
    sign(walk)
    assert walk.facts["project_contract"] == "effective"
    assert walk.facts["project_contract_yuan"] == Decimal(812000)
    assert walk.facts["project_payment_percents"] == ["0", "45", "95", "100"]
    assert walk.units == {"contractor": "u_build", "supervisor": "u_watch"}


def test_construction_goes_round_until_all_is_confirmed() -> None:
    """S04: 20, 45, 70, 100; S07: overdue by 60 days raises an incident."""
    facts = {"project_contract_due_on": "2025-06-30", "project_contract_yuan": 450000}
    walk = Walk("construction", "2025-05-20", facts=facts)
    walk.do("construction/submit_start_plan")
    for percent in (20, 45, 70):
        walk.do("construction_progress/report_progress", completion_percent=percent)
        walk.do("construction_progress/sign_progress", agreed="yes", verified_percent=percent)
        walk.do("construction_progress/confirm_progress", confirmed="yes")
    walk.until("2025-08-28 23:59")
    thrown = [e.name for e in walk.events if isinstance(e, MessageThrown)]
    assert thrown == ["contract_due"]
    walk.until("2025-08-29 00:00")
    thrown = [e.name for e in walk.events if isinstance(e, MessageThrown)]
    assert thrown == ["contract_due", "incident_raised"]
    walk.do("construction_progress/report_progress", completion_percent=100)
    walk.do("construction_progress/sign_progress", agreed="no", verified_percent=90)
    walk.do("construction_progress/report_progress", completion_percent=100)
    walk.do("construction_progress/sign_progress", agreed="yes", verified_percent=100)
    walk.do("construction_progress/confirm_progress", confirmed="yes")
    walk.do("construction/declare_completion")
    assert walk.value("project_phase") == "preliminary_acceptance"
