"""Something that is not proved."""

from __future__ import annotations

from dataclasses import dataclass

from service.proof.statement import Invariant


@dataclass(frozen=True)
class Finding:
    """Something that is not proved: rule, place, one Chinese sentence, articles, a shortest way there, the elements
    (`diagram/element`) of its steps, in how many state spaces it was seen (0: it needs none), and the statement of
    an invariant that does not hold.
    """

    rule: str
    place: str
    text: str
    clauses: tuple[str, ...] = ()
    way: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    spaces: int = 0
    statement: str = ""


def violation(
    invariant: Invariant,
    about: str,
    way: tuple[str, ...] = (),
    steps: tuple[str, ...] = (),
    statement: str = "",
) -> Finding:
    """An invariant that does not hold."""
    text = invariant.text.rstrip("。") + f"——现在不成立：{about}。"
    return Finding(
        "invariant", invariant.id, text, invariant.clauses, way, steps, statement=statement
    )
