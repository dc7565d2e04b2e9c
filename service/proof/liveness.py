"""Which values can still be read: what nobody can read any more is forgotten, or states would not meet."""

from __future__ import annotations

from collections.abc import Mapping

from service.proof.net import Net, Transition
from service.proof.outcomes import Outcomes


def lives(
    net: Net, outcomes: Outcomes, guards: Mapping[int, frozenset[str]]
) -> list[tuple[int, int]]:
    """For each slot the places from which its value can still be read (facts shared by instances: none)."""
    shared = {s for (root, _), s in outcomes.slots.items() if root} & {
        s for (root, _), s in outcomes.slots.items() if not root
    }
    alive_at = dict.fromkeys(set(range(outcomes.size)) - shared, 0)
    steps = [_step(t, outcomes, guards) for t in net.transitions]
    changed = True
    while changed:
        changed = False
        for needs, gives, reads, kills in steps:
            for slot in alive_at:
                alive = slot in reads or (alive_at[slot] & gives and slot not in kills)
                if alive and needs & ~alive_at[slot]:
                    alive_at[slot] |= needs
                    changed = True
    return sorted(alive_at.items())


def _step(
    t: Transition, outcomes: Outcomes, guards: Mapping[int, frozenset[str]]
) -> tuple[int, int, set[int], set[int]]:
    """Places before and after a transition, the slots that it reads, those that it sets anew."""
    reads = {slot for _, slot in outcomes.reads[t.index]}
    for node in (*t.acts, t.node):
        for name in guards.get(id(node), ()):
            if (t.instance, name) in outcomes.slots:
                reads.add(outcomes.slots[t.instance, name])
    gives = t.gives
    for bit, _ in t.branches:
        gives |= bit
    return t.needs | t.any_of, gives, reads, outcomes.kills(t)
