"""The token game on markings: which transitions may happen, and what they do to the tokens."""

from __future__ import annotations

from collections.abc import Iterator

from service.proof.net import Net, Transition, Trigger


def may_happen(t: Transition, marking: int) -> bool:
    """Whether a transition is enabled."""
    if marking & t.needs != t.needs or marking & t.unless:
        return False
    if t.any_of:
        if not marking & t.any_of:
            return False
        return not any(not marking & flow and marking & before for flow, before in t.ups)
    return True


def enabled(net: Net, marking: int, *, auto: bool) -> list[Transition]:
    """Enabled transitions, those that come late at the end, else in the order of the diagram."""
    near = net.enabling[auto].near(marking)
    found = {t.index: t for t in near if may_happen(t, marking)}
    if len(found) < 2:
        return list(found.values())
    return sorted(found.values(), key=lambda t: (t.late, t.index))


def after(t: Transition, marking: int, gives: int) -> tuple[int, int]:
    """The marking after a transition that marks `gives`, and the places that would hold two tokens."""
    base = marking & ~(t.needs | t.clears | (t.any_of & marking))
    return base | gives, base & gives


def catchers(net: Net) -> dict[Trigger, list[Transition]]:
    """For each message and signal that the net itself sends: who catches it."""
    sent = {t.throws for t in net.transitions if t.throws}
    found: dict[Trigger, list[Transition]] = {trigger: [] for trigger in sent}
    for t in net.transitions:
        if t.catches in found:
            found[t.catches].append(t)
    return found


def receivers(
    caught: dict[Trigger, list[Transition]], trigger: Trigger, marking: int
) -> Iterator[Transition]:
    """The transitions that a message or signal makes happen now."""
    return (t for t in caught.get(trigger, ()) if may_happen(t, marking))
