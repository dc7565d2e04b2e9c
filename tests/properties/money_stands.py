"""Counties with projects under construction whose indicator and contract were drawn at random, to the cent.

Everything is done by the real commands. What costs time is done once: a stand is copied for each batch
of sequences.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from service.config import project_root
from service.model.errors import Refused
from service.scenarios.acts import complete, move_clock, start
from service.scenarios.looks import open_tasks
from service.scenarios.runner import run_story
from service.scenarios.stands import BEGINNING, open_world
from service.scenarios.story import Story, read_story
from service.scenarios.world import World

STORIES = project_root() / "processes/scenarios"
APPROVED = Decimal("860000.00")  # what the leading group approves in the story `approved`
CENT = Decimal("0.01")
NODES = [
    {"node": "预付款", "share_percent": "30", "required_percent": "20"},
    {"node": "中期", "share_percent": "70", "required_percent": "45"},
]


@dataclass(frozen=True)
class Founded:
    """A project under construction, and what its ledger began with."""

    project_key: str
    indicator: Decimal
    contract: Decimal


def found_county(url: str, seed: int, projects: int) -> tuple[World, list[Founded]]:
    """A county at `url` with so many projects; each has three payments, three changes under way."""
    draw = random.Random(seed)
    first = open_world(url, project_root())
    return first, [_found(first, draw) for _ in range(projects)]


def _found(first: World, draw: random.Random) -> Founded:
    world = World(first.engine, first.definition, first.root, BEGINNING, first.people)
    for story in _chain("approved"):
        outcome = run_story(story, world)
        assert outcome.ok, outcome.difference
    indicator = draw.choice([APPROVED, cents(draw, "200000.00", "860000.00")])
    contract = draw.choice([indicator, indicator - CENT, cents(draw, "100000.00", str(indicator))])
    refused(world, "budget_initiation/issue_indicator", _indicator(APPROVED + CENT), "7.1.9")
    _do(world, "budget_initiation/issue_indicator", _indicator(indicator))
    for story in (
        read_story(STORIES / f"{name}.yaml") for name in ("initiated", "before_contract")
    ):
        assert all(step.verb in ("at", "do", "expect") for step in story.steps)
        for step in story.steps:
            if step.verb == "at":
                list(move_clock(world, step.value))
            elif step.verb == "do":
                _do(world, step.value, step.options.get("with") or {})
    refused(world, "procurement_contract/sign_contract", _contract(indicator + CENT), "4.1.4")
    _do(world, "procurement_contract/sign_contract", _contract(contract))
    for path in ("procurement_contract/sign_secrecy", "construction/submit_start_plan"):
        _do(world, path, {})
    for amount in (contract, contract, max(CENT, cents(draw, "0.01", str(contract)))):
        request(world, amount)
    for delta in (indicator - contract, _share(draw, contract), -_share(draw, contract)):
        ask_change(world, delta)
    first.now = max(first.now, world.now)
    return Founded(str(world.project_key()), indicator, contract)


def cents(draw: random.Random, low: str, high: str) -> Decimal:
    """A random amount of yuan to the cent."""
    return Decimal(draw.randint(int(Decimal(low) * 100), int(Decimal(high) * 100))) / 100


def _share(draw: random.Random, contract: Decimal) -> Decimal:
    """Below the share from which a change is major."""
    return max(CENT, cents(draw, "0.01", str((contract * Decimal("0.149")).quantize(CENT))))


def request(world: World, amount: Decimal) -> None:
    """A request for payment, signed by the supervisor."""
    start(world, "fund_disbursement", {})
    wanted = {"payment_node": "预付款", "purpose_item": "系统集成", "amount_yuan": str(amount)}
    _do(world, "fund_disbursement/fill_request", wanted)
    _do(world, "fund_disbursement/sign_progress", {"verified_percent": "50"})


def ask_change(world: World, delta: Decimal) -> None:
    """A change of the contract, reviewed; only its approval is left (unless it is refused on the way)."""
    start(world, "change_request", {})
    wanted = {
        "change_type": ["investment"],
        "change_level": "minor",
        "amount_delta_yuan": str(delta),
        "implementation_started": "no",
        "implemented_on": None,
    }
    _do(world, "change_review/fill_change", wanted)
    _do(world, "change_review/give_opinion", {})
    for opinion in ("info_center", "drc", "finance"):
        _do(world, f"joint_review/{opinion}_opinion", {})
    _do(world, "joint_review/write_joint_opinion", {})
    if any(t.path.startswith("leading_group") for t in open_tasks(world, world.project_key())):
        for act in ("prepare_agenda", "decide_project", "issue_notice"):  # a major change
            _do(world, f"leading_group_decision/{act}", {})


def _do(world: World, path: str, given: Any) -> None:
    complete(world, path, {"with": given})


def refused(world: World, path: str, given: Any, clause: str) -> None:
    """The act is refused and quotes the clause."""
    with pytest.raises(Refused) as error:
        _do(world, path, given)
    assert clause in error.value.clauses or error.value.fields, error.value.clauses


def _chain(name: str) -> Iterator[Story]:
    story = read_story(STORIES / f"{name}.yaml")
    if story.begins_as:
        yield from _chain(story.begins_as)
    yield story


def _indicator(amount: Decimal) -> dict[str, Any]:
    purposes = [{"purpose": "系统集成", "amount_yuan": str(amount)}]
    return {"indicator_amount_yuan": str(amount), "purposes": purposes}


def _contract(amount: Decimal) -> dict[str, Any]:
    return {
        "contractor_unit": "qinling_software",
        "contract_amount_yuan": str(amount),
        "signed_on": "2025-05-20",
        "start_on": "2025-06-01",
        "contract_due_on": "2025-12-31",
        "warranty_months": "36",
        "payment_nodes": NODES,
    }
