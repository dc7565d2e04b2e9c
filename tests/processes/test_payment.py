"""Payments: what is checked at payment time, what pauses and what ends a request."""

from __future__ import annotations

from decimal import Decimal

import pytest
from walk import Walk

from service.model.events import (
    InstanceCompleted,
    MessageThrown,
    UserTaskCancelled,
    UserTaskCreated,
)

PAYING = {
    "project_contract": "effective",
    "project_contract_yuan": 812000,
    "project_indicator_yuan": 860000,
    "project_phase": "construction",
    "project_purposes": ["系统集成", "监理"],
    "project_payment_nodes": ["合同签订", "完成过半", "初步验收", "竣工验收"],
    "project_payment_percents": ["0", "45", "95", "100"],
}


def request(amount: int, node: str, percent: int, **facts: object) -> Walk:
    """A request of the project up to the check."""
    walk = Walk(
        "fund_disbursement",
        "2025-07-01",
        facts={**PAYING, **facts},
        message="disbursement_requested",
    )
    walk.do(
        "fund_disbursement/fill_request",
        payment_node=node,
        purpose_item="系统集成",
        amount_yuan=amount,
    )
    walk.do("fund_disbursement/sign_progress", agreed="yes", verified_percent=percent)
    return walk


def test_payments_add_up_and_are_checked_again_when_paid() -> None:
    """S04, S05: the second of two is checked against what is paid by then."""
    first = request(243600, "合同签订", 20)
    first.do("fund_disbursement/pay", approved_amount_yuan=243600)
    assert first.facts["project_paid_yuan"] == Decimal(243600)
    thrown = [e for e in first.events if isinstance(e, MessageThrown)]
    assert [e.name for e in thrown] == ["payment_recorded"]

    second = request(600000, "完成过半", 60)
    second.facts["project_paid_yuan"] = Decimal(243600)
    over = second.refusals("fund_disbursement/pay", approved_amount_yuan=600000)
    assert over == {"23.1.4"}
    second.do("fund_disbursement/pay", approved_amount_yuan=324800)
    assert second.facts["project_paid_yuan"] == Decimal(568400)


def test_progress_short_of_the_node_and_unknown_nodes_are_returned() -> None:
    for node, percent in (("完成过半", 44), ("没有的节点", 100)):
        walk = request(100000, node, percent)
        assert walk.open == {}
        assert walk.happened(UserTaskCreated, "pay") == 0


def test_a_pause_or_termination_reaches_a_request_wherever_it_stands() -> None:
    """S08: the motion pauses what is to be paid; the decision ends it."""
    walk = request(100000, "完成过半", 60)
    walk.signal("disbursement_paused")
    assert walk.happened(UserTaskCancelled, "pay") == 1
    walk.signal("project_terminated")
    assert isinstance(walk.events[-1], InstanceCompleted)
    fresh = Walk("fund_disbursement", "2025-07-01", facts=PAYING, message="disbursement_requested")
    fresh.signal("project_terminated")
    assert fresh.open == {}
    assert isinstance(fresh.events[-1], InstanceCompleted)


@pytest.mark.parametrize("moved_first", [True, False])
def test_a_paused_payment_waits_and_is_answered_by_either_decision(moved_first: bool) -> None:
    """3.6.2, 16.1.2: paused while it is paid, or asked for when the motion already stood."""

    def paused() -> Walk:
        if moved_first:
            return request(100000, "完成过半", 60, project_payment="paused")
        walk = request(100000, "完成过半", 60)
        walk.facts["project_payment"] = "paused"
        walk.signal("disbursement_paused")
        return walk

    resumed = paused()
    assert resumed.open == {}
    resumed.facts["project_payment"] = "open"
    resumed.signal("disbursement_resumed")
    assert resumed.names() == ["fund_disbursement/pay"]
    ended = paused()
    ended.signal("project_terminated")
    assert isinstance(ended.events[-1], InstanceCompleted)


def test_resumed_payments_are_checked_anew() -> None:
    """23.1.4: while it waited another payment used the money up."""
    walk = request(100000, "完成过半", 60)
    walk.signal("disbursement_paused")
    walk.facts["project_paid_yuan"] = Decimal(800000)
    walk.signal("disbursement_resumed")
    assert walk.open == {}
    assert isinstance(walk.events[-1], InstanceCompleted)
