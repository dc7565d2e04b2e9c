"""Each family of invariants finds the fault it is there for, with a way that an owner can follow."""

from functools import cache

import pytest
from mutation import (
    SHIPPED,
    attribute,
    bypass,
    cell,
    condition,
    cut,
    drop,
    lead,
    move,
    mutated,
    no_rule,
    said,
)

from service.model.bundle import Bundle
from service.proof.claims import check_element, check_table
from service.proof.compose import space
from service.proof.monitor import broken, monitor
from service.proof.prove import prove
from service.proof.rulebook import read_rulebook
from service.proof.statement import parse_statement
from service.proof.trace import tell


@cache
def shipped():
    return prove(SHIPPED)


def test_the_shipped_bundle_is_proved() -> None:
    """No open finding; what is accepted is argued; all that is not left to run time holds."""
    report, invariants = shipped(), read_rulebook(SHIPPED).invariants
    assert report.findings == []
    assert all(len(why) > 5 for _, why in report.accepted)
    known = {finding.place for finding, _ in report.accepted if finding.rule == "invariant"}
    provable = {i.id for i in invariants if i.needs != "runtime"}
    assert set(report.proved) == provable - known
    assert len(provable - known) > 60
    assert report.statements > 100


def test_every_runtime_invariant_says_who_watches_it() -> None:
    """What cannot be proved names its monitor."""
    for invariant in read_rulebook(SHIPPED).invariants:
        assert (invariant.needs == "runtime") == bool(invariant.monitor)


def violations(bundle: Bundle, number: str) -> list[tuple[str, ...]]:
    """Ways to break an invariant that moves tokens, one for each of its statements that is broken."""
    book = read_rulebook(bundle)
    (invariant,) = [i for i in book.invariants if i.id == number]
    statements = [parse_statement(text) for text in invariant.formal]
    compositions = (
        [invariant.roots] if invariant.needs == "messages" else [(r,) for r in invariant.roots]
    )
    found = []
    for roots in compositions or [(r,) for r in book.main_roots]:
        graph = space(book, roots, statements)
        for statement in statements:
            watch = monitor(graph, statement, book.acts, book.effects.clock)
            way = broken(graph, watch)
            if way is not None:
                found.append(tell(way))
    return found


FAULTS = {
    # precedence
    "C1": {"change_review.bpmn": [lead("admissible", "change_refused", "give_opinion")]},
    "C5": {"incident_report.bpmn": [bypass("receive_drc")]},
    "T2": {"termination.bpmn": [condition("grounds_hold", "pause_payments", "true")]},
    "T5": {"termination_settlement.bpmn": [bypass("propose_disposal")]},
    "M3": {"fund_disbursement.bpmn": [condition("check_passed", "payment_is_paused", "true")]},
    "G2": {"project_declaration.bpmn": [condition("in_plan", "not_in_plan", "false")]},
    "D1": {"project_declaration.bpmn": [bypass("confirm_declaration")]},
    "P4": {"procurement_contract.bpmn": [bypass("appoint_supervisor")]},
    # precedence in each round
    "G6": {
        "service_purchase.bpmn": [
            lead("apply_acceptance", "data_sharing_check", "give_service_opinion")
        ]
    },
    # response
    "C3": {
        "change_request.bpmn": [lead("change_refused", "follow_accountability", "change_settled")]
    },
    "M5": {"fund_disbursement.bpmn": [bypass("publish_payment")]},
    "T7": {
        "termination.bpmn": [
            lead("settle_termination", "termination_settled", "implementation_continues")
        ]
    },
    # data guard on the flow; the table of the final acceptance is a second line of defence
    "C4": {"change_review.bpmn": [condition("major_change", "merge_levels", "true")]},
    "A6": {
        "trial_run.bpmn": [condition("issues_left", "rectify_preliminary", "false")],
        "final_acceptance.bpmn": [
            said("apply", "in.open_preliminary_issues", "0"),
            said("judge_admission", "in.open_preliminary_issues", "0"),
        ],
    },
    # absence
    "R5": {"project_lifecycle.bpmn": [condition("route_found", "sent_offline", "false")]},
    # bounded existence
    "B1": {
        "budget_initiation.bpmn": [lead("initiation_granted", "apply_initiation", "judge_approval")]
    },
    # time floor
    "A4": {
        "trial_run.bpmn": [
            lead("split_trial", "trial_elapsed", "join_trial"),
            cut("trial_elapsed", "join_trial"),
        ]
    },
    # never after, and messages between instances
    "T4": {
        "project_lifecycle.bpmn": [attribute("termination_effective", "cancelActivity", "false")]
    },
    "T6": {"implementation.bpmn": [condition("motion_pending", "termination_declined", "false")]},
    "T3": {
        "project_lifecycle.bpmn": [
            lead("termination_effective", "termination_settled", "project_terminated")
        ]
    },
    "M1": {
        "procurement_contract.bpmn": [
            said("sign_secrecy", "outputs", "security_agreement:yes|no; project_contract:effective")
        ]
    },
}


@pytest.mark.parametrize("number", FAULTS)
def test_a_fault_breaks_the_invariant(number: str) -> None:
    """The mutated diagram breaks the invariant that speaks of it, on a way of at least one step."""
    ways = violations(mutated(FAULTS[number]), number)
    assert ways
    assert all(all("「" in step for step in way) for way in ways)


def test_payment_after_termination_needs_the_whole_project() -> None:
    """A payment that no signal interrupts can be made after the decision: three instances show it."""
    drops = [drop("payment_paused"), said("pay", "gate", None)]
    (way,) = violations(mutated({"fund_disbursement.bpmn": drops}), "M4")
    assert "办理「审定是否终止」（term_decision = terminate）" in way
    assert way[-1] == "办理「审核并据实拨付」"


def test_a_counterexample_is_a_shortest_one() -> None:
    """Breadth first: nothing that does not matter is in the way."""
    fault = lead("change_refused", "follow_accountability", "change_settled")
    assert violations(mutated({"change_request.bpmn": [fault]}), "C3") == [
        ("办理「填写变更申请」（change_level = minor，implementation_started = yes）",)
    ]


TABLE_FAULTS = {
    "G8": {"acceptance_gate.dmn": [no_rule("GA1")]},
    "G1": {"approval_gate.dmn": [no_rule("AG3")]},
    "C2": {"change_admissibility.dmn": [no_rule("CH2")]},
    "P3": {"contract_check.dmn": [no_rule("CC3")]},
    "R1": {"approval_route.dmn": [cell("AR1_in_1", "false")]},
    "T10": {"termination_ground.dmn": [cell("TG4_in_8", "-")]},
    "M6": {"disbursement_check.dmn": [no_rule("DC4")]},
    "A5": {"acceptance_gate.dmn": [cell("GA5_in_1", '"preliminary"')]},
    "U1": {"acceptance_gate.dmn": [no_rule("GA7")]},
    "U12": {"prerequisite_approvals.dmn": [cell("PA2_in_1", "false")]},
    "A11": {"final_report_documents.dmn": [no_rule("FD7")]},
}


@pytest.mark.parametrize("number", TABLE_FAULTS)
def test_a_fault_of_a_table_is_found(number: str) -> None:
    """The claim holds on the shipped table and names inputs that break it on the faulty one."""
    for bundle, faulty in ((SHIPPED, False), (mutated(TABLE_FAULTS[number]), True)):
        book = read_rulebook(bundle)
        (invariant,) = [i for i in book.invariants if i.id == number]
        counters = [check_table(book, t) for t in invariant.formal if t.startswith("table ")]
        assert any(counters) == faulty
        assert all("时，表给出：" in str(c) for c in counters if c)


def test_a_duty_in_the_wrong_lane_is_found() -> None:
    """J4: only the leading group decides on termination."""
    bundle = mutated({"termination.bpmn": [move("decide_termination", "info_center")]})
    (invariant,) = [i for i in read_rulebook(bundle).invariants if i.id == "J4"]
    found = [w for text in invariant.formal for w in check_element(read_rulebook(bundle), text)]
    assert found == ["「审定是否终止」在泳道 info_center 里"]


@pytest.mark.parametrize(
    ("number", "diagram", "element"),
    [
        ("M6", "fund_disbursement", "pay"),
        ("M6", "change_review", "approve_change"),
        ("G8", "preliminary_acceptance", "apply"),
        ("P3", "procurement_contract", "sign_contract"),
        ("U7", "declaration_review", "state_exception"),
        ("X9", "setting_change", "propose_change"),
    ],
)
def test_a_gate_that_is_taken_away_is_missed(number: str, diagram: str, element: str) -> None:
    """The act is still done by whom it should be, but nothing is asked before it."""
    book = read_rulebook(mutated({f"{diagram}.bpmn": [said(element, "gate", None)]}))
    (invariant,) = [i for i in book.invariants if i.id == number]
    found = [w for t in invariant.formal if " asks " in t for w in check_element(book, t)]
    assert len(found) == 1
    assert "不再用决策表" in found[0]
