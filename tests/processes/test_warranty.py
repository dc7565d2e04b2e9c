"""Warranty: its last day, and claims as cases of their own."""

from __future__ import annotations

from walk import Walk


def test_longer_warranty_of_the_contract_counts() -> None:
    walk = Walk(
        "warranty", "2026-03-18", variables={"final_passed_on": "2026-03-18", "warranty_months": 60}
    )
    assert str(walk.value("warranty_last_day")) == "2031-03-18"


def test_warranty_claims_are_cases_of_their_own() -> None:
    facts = {"project_warranty_last_day": "2029-03-18"}
    walk = Walk("warranty_claim", "2029-03-18", facts=facts, message="warranty_claim")
    walk.do("warranty_claim/register_claim")
    walk.until("2029-04-02")
    walk.do("warranty_claim/handle_claim")
    walk.do("warranty_claim/confirm_claim", satisfied="no")
    walk.do("warranty_claim/handle_claim")
    walk.do("warranty_claim/confirm_claim", satisfied="yes")
    assert walk.open == {}
    late = Walk("warranty_claim", "2029-03-19", facts=facts, message="warranty_claim")
    late.do("warranty_claim/register_claim")
    assert late.open == {}
