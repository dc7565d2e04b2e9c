"""Which values can still be read: what nobody can read any more is forgotten, or states would not meet."""

from __future__ import annotations

from collections.abc import Mapping

from service.proof.net import Net
from service.proof.outcomes import Outcomes


def lives(
    net: Net, outcomes: Outcomes, guards: Mapping[int, frozenset[str]]
) -> list[tuple[int, int]]:
    """For each slot the places from which its value can still be read (facts shared by instances: none)."""
    shared = {s for (root, _), s in outcomes.slots.items() if root} & {
        s for (root, _), s in outcomes.slots.items() if not root
    }
    alive_at = dict.fromkeys(set(range(outcomes.size)) - shared, 0)
    steps = []
    for t in net.transitions:
        reads = {slot for _, slot in outcomes.reads[t.index]}
        for node in (*t.acts, t.node):
            names = guards.get(id(node), ())
            reads |= {
                outcomes.slots[t.instance, n] for n in names if (t.instance, n) in outcomes.slots
            }
        gives = t.gives
        for bit, _ in t.branches:
            gives |= bit
        steps.append((t.needs | t.any_of, gives, reads, outcomes.kills(t)))
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
