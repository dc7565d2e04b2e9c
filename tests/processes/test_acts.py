"""Acts of the regulation stand in the lane of who does them, and each has a carrier (processes/acts.yaml)."""

from __future__ import annotations

from pathlib import Path

import yaml

from service.engine import Element, compile_bundle
from service.model.bundle import read_bundle

ROOT = Path(__file__).parents[2]
DEFINITION = compile_bundle(read_bundle(ROOT))
ACTS = yaml.safe_load((ROOT / "processes/acts.yaml").read_text(encoding="utf-8"))["acts"]
CARRIERS = [
    (act, process.id, element)
    for process in DEFINITION.processes.values()
    for element in process.elements.values()
    for act in element.properties.get("act", "").split()
]


def group_of(element: Element) -> str | None:
    """Who does it: the lane, or the group that the element names itself (a member's variable is none)."""
    named = element.properties.get("group")
    return named if named in DEFINITION.groups.groups else element.lane_id


def test_every_act_has_a_carrier_and_every_carrier_a_known_act() -> None:
    assert {act for act, _, _ in CARRIERS} == set(ACTS)


def test_carriers_stand_with_who_does_the_act() -> None:
    wrong = [
        f"{process_id}/{element.id}: {act} in {who}, wanted {ACTS[act]['by']}"
        for act, process_id, element in CARRIERS
        for who in [group_of(element)]
        if who not in ACTS[act]["by"]
    ]
    assert wrong == []


def test_acts_cite_clauses_that_exist() -> None:
    cited = {str(act["clause"]) for act in ACTS.values()}
    assert cited <= set(DEFINITION.clauses)
