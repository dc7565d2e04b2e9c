"""Acts must stay where the regulation puts them; statements must speak of what can happen."""

from decimal import Decimal

import pytest
from mutation import SHIPPED, bypass, cut, move, mutated, said

from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.proof.binding import loose
from service.proof.claims import check_table
from service.proof.compose import space
from service.proof.monitor import monitor
from service.proof.partial import UNKNOWN, Clock, value_of
from service.proof.rulebook import read_rulebook
from service.proof.rules import fired, results, table_of
from service.proof.statement import parse_statement

FAULTS = {
    "no-carrier": ("declare.confirm", {"project_declaration.bpmn": [bypass("confirm_declaration")]}),
    "wrong-lane": ("decide_termination", {"termination.bpmn": [move("decide_termination", "info_center")]}),
    "wrong-input": ("judge_admission", {"final_acceptance.bpmn": [said("judge_admission", "in.stage", '"preliminary"')]}),
    "no-outcome": ("verify_sharing", {"data_sharing_check.bpmn": [said("verify_sharing", "outputs", None)]}),
    "no-refusal": ("decide_termination", {"termination.bpmn": [said("decide_termination", "outputs", "term_decision:terminate")]}),
    "no-approval": ("decide_termination", {"termination.bpmn": [said("decide_termination", "outputs", "term_decision:continue")]}),
    "unknown-act": ("decide_termination", {"termination.bpmn": [said("decide_termination", "act", "termination.judge")]}),
    "unknown-value": ("term_decision", {"termination.bpmn": [said("decide_termination", "outputs", "term_decision:end|continue")]}),
}  # fmt: skip


def told(bundle: Bundle, *more: str) -> set[tuple[str, str]]:
    """Rules broken, with the element or the sentence."""
    book = read_rulebook(bundle)
    statements = [
        parse_statement(text)
        for i in book.invariants
        if i.needs in ("flow", "messages")
        for text in i.formal
    ]
    statements += [parse_statement(text) for text in more]
    return {(rule, node.id if node else text) for rule, text, node in loose(book, statements)}


def test_the_shipped_bundle_binds() -> None:
    assert told(SHIPPED) == set()


@pytest.mark.parametrize("rule", FAULTS)
def test_a_loose_act_is_told(rule: str) -> None:
    about, faults = FAULTS[rule]
    more = ("never is(termination.decide, terminate)",) if rule == "unknown-value" else ()
    assert any(broken == rule and about in where for broken, where in told(mutated(faults), *more))


def test_a_clause_that_does_not_exist_is_told() -> None:
    text = SHIPPED.files["processes/invariants.yaml"].replace(
        b"clauses: [4.1.3]", b"clauses: [99.9]"
    )
    files = {**SHIPPED.files, "processes/invariants.yaml": text}
    assert ("unknown-clause", "G2 引用的条款 99.9 不存在，请改正。") in told(Bundle(files))


def test_a_statement_about_what_cannot_happen_is_vacuous() -> None:
    """Cut off the payment, and every statement about it would hold: that is told instead."""
    for faults, vacuous in (
        ({}, False),
        ({"fund_disbursement.bpmn": [cut("payment_is_paused", "pay")]}, True),
    ):
        book = read_rulebook(mutated(faults))
        statement = parse_statement("done(pay.sign) before start(pay.pay)")
        graph = space(book, ("fund_disbursement",), [statement])
        assert monitor(graph, statement, book.acts, book.effects.clock).vacuous == vacuous


@pytest.mark.parametrize("text", ["gibberish", "done(a before done(b)", "maybe(a) before done(b)"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_statement(text)


@pytest.mark.parametrize(
    "text",
    [
        "table nowhere if a = 1 then some",
        'table acceptance_gate if stage = "final" then perhaps',
        "table acceptance_gate if 1 = 1 then some",
        'table acceptance_gate if stage = "final" and stage = "preliminary" then some',
    ],
)
def test_a_claim_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        check_table(read_rulebook(SHIPPED), text)


def test_unknown_names_matter_only_when_they_are_read() -> None:
    clock = Clock({})
    assert value_of('a = "x" and b > 1', {"a": "y"}, clock) is False
    assert value_of('a = "x" and b > 1', {"a": "x"}, clock) is UNKNOWN
    assert value_of('if a = "x" then b else 1', {"a": "y"}, clock) == Decimal(1)
    assert value_of("today() > a", {"a": None}, clock) is UNKNOWN


def test_rules_of_a_table_fire_surely_perhaps_or_not() -> None:
    model = read_rulebook(SHIPPED).decisions["approval_gate"]
    table, clock = table_of(model.decisions["approval_gate"]), Clock({})
    assert table is not None
    inputs = {
        "step": "review", "plan_reference": None, "annual_plan_item": UNKNOWN, "filing_no": False,
        "decision_approved": UNKNOWN,
    }  # fmt: skip
    found = fired(table, inputs, clock)
    assert [rule.id for rule in found.surely] == ["AG1"]
    assert [rule.id for rule in found.perhaps] == ["AG2"]
    assert results(model, "approval_gate", inputs, clock) == [
        ["不规划不建设"],
        ["不规划不建设", "不计划(备案)不审核"],
    ]
