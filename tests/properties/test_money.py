"""Random sequences of payments, changes of the contract, pauses and a termination keep the ledger exact.

Several requests of one project stand open at once and are decided in any order; the oracle below is a
page of plain arithmetic (articles 22, 23 and 16 of the regulation).
"""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine import awaits
from service.model.errors import Refused
from tests.processes.walk import Walk, bundle

INDICATOR, CONTRACT = Decimal("860000.00"), Decimal("812000.00")
FACTS = {
    "project_contract": "effective",
    "project_contract_yuan": CONTRACT,
    "project_indicator_yuan": INDICATOR,
    "project_phase": "construction",
    "project_purposes": ["系统集成"],
    "project_payment_nodes": ["合同签订"],
    "project_payment_percents": ["0"],
}
CENTS = st.integers(1, 90_000_000).map(lambda cents: Decimal(cents) / 100)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("request"), CENTS),
        st.tuples(st.just("pay"), st.integers(0, 5), CENTS),
        st.tuples(st.just("pay_rest"), st.integers(0, 5), st.sampled_from([0, 1, -1])),
        st.tuples(st.just("contract"), CENTS),
        st.tuples(st.just("pause")),
        st.tuples(st.just("resume")),
        st.tuples(st.just("terminate")),
    ),
    min_size=2,
    max_size=14,
)


class Project:
    """The requests of one project over one set of facts, and what they should come to."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = dict(FACTS)
        self.requests: list[Walk] = []
        self.paid = Decimal(0)
        self.paused = self.ended = False

    def request(self, amount: Decimal) -> None:
        if self.ended:
            with pytest.raises(Refused) as refused:
                self.begin()
            assert "16.2.4" in refused.value.clauses
            return
        walk = self.begin()
        walk.facts = self.facts  # one ledger for all requests
        walk.do(
            "fund_disbursement/fill_request",
            payment_node="合同签订",
            purpose_item="系统集成",
            amount_yuan=amount,
        )
        walk.do("fund_disbursement/sign_progress", agreed="yes", verified_percent=10)
        fits = self.paid + amount <= self.limit()
        payable = fits and not self.paused  # after a motion to terminate it waits for the decision
        assert (walk.names() == ["fund_disbursement/pay"]) == payable
        if fits:
            self.requests.append(walk)

    def begin(self) -> Walk:
        return Walk(
            "fund_disbursement", "2025-07-01", facts=self.facts, message="disbursement_requested"
        )

    def limit(self) -> Decimal:
        return min(INDICATOR, self.facts["project_contract_yuan"])

    def pay(self, index: int, amount: Decimal) -> None:
        waiting = [w for w in self.requests if w.names() == ["fund_disbursement/pay"]]
        if not waiting or amount <= 0:
            return
        walk = waiting[index % len(waiting)]
        refused = walk.refusals("fund_disbursement/pay", approved_amount_yuan=amount)
        if self.paid + amount > self.limit():
            assert "23.1.4" in refused
        if self.paused:
            assert "16.2.4" in refused  # asked for while payments stand still
        assert bool(refused) == (self.paused or self.paid + amount > self.limit())
        if refused:
            return
        walk.do("fund_disbursement/pay", approved_amount_yuan=amount)
        self.paid += amount

    def pause(self, signal: str) -> None:
        self.paused = signal == "disbursement_paused"
        self.facts["project_payment"] = "paused" if self.paused else "open"
        self.signal(signal)

    def signal(self, name: str) -> None:
        """To the requests that wait for it, as the command does."""
        for walk in self.requests:
            if walk.state and awaits(bundle(), walk.state, name):
                walk.signal(name)

    def terminate(self) -> None:
        """The decision; the motion before it has paused payments already (article 16)."""
        self.pause("disbursement_paused")
        self.ended = True
        self.facts["project_phase"] = "terminated"
        self.signal("project_terminated")
        assert not any(name.endswith("/pay") for w in self.requests for name in w.names())

    def check(self) -> None:
        assert self.facts.get("project_paid_yuan", Decimal(0)) == self.paid
        assert self.paid <= INDICATOR


def _play(acts: list[tuple[Any, ...]]) -> Project:
    project = Project()
    highest = CONTRACT
    for act in acts:
        match act:
            case ("request", amount):
                project.request(amount)
            case ("pay", index, amount):
                project.pay(index, amount)
            case ("pay_rest", index, cent):
                project.pay(index, project.limit() - project.paid + Decimal(cent) / 100)
            case ("contract", amount):
                # a supplement never goes below what is paid, nor above the indicator
                changed = min(max(amount, project.paid), INDICATOR)
                project.facts["project_contract_yuan"] = changed
                highest = max(highest, changed)
            case ("pause",):
                project.pause("disbursement_paused")
            case ("resume",):
                project.pause("disbursement_resumed")
            case ("terminate",):
                project.terminate()
        project.check()
    assert project.paid <= highest
    return project


@settings(max_examples=25, deadline=None)
@given(acts=ACTS)
def test_the_ledger_is_the_sum_of_payments(acts: list[tuple[Any, ...]]) -> None:
    _play(acts)


def test_to_the_last_cent_and_not_one_further() -> None:
    project = Project()
    project.request(Decimal("400000.00"))
    project.request(Decimal("400000.00"))
    project.request(Decimal("12000.00"))
    project.pay(0, Decimal("400000.00"))
    project.pay(0, Decimal("412000.01"))  # one cent too much: refused
    assert project.paid == Decimal("400000.00")
    project.pay(0, Decimal("412000.00"))
    assert project.facts["project_paid_yuan"] == CONTRACT
    for _ in itertools.repeat(None, 2):
        project.pay(0, Decimal("0.01"))
    assert project.facts["project_paid_yuan"] == CONTRACT


@pytest.mark.heavy
@settings(max_examples=5_000, deadline=None)
@given(acts=ACTS)
@pytest.mark.parametrize("half", [1, 2])  # two processes: pytest -n 2
def test_ten_thousand_sequences(half: int, acts: list[tuple[Any, ...]]) -> None:
    _play(acts)
