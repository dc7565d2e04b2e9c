"""What an instance has had so far: its inputs with all that is needed to carry them in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.engine.definition import Definition
from service.model.inputs import Input
from service.model.values import Value, from_json


@dataclass(frozen=True)
class Past:
    """An input of the log: its number in the instance, when it came, what held then, and what it did.

    `ids`: how many ids had been given out before; `effects`: its events as the log has them.
    """

    seq: int
    input: Input
    at: datetime
    facts: Mapping[str, Value]
    definition: Definition
    ids: int
    effects: Sequence[Any]


def counting(past: Sequence[Past]) -> list[Past]:
    """The inputs that still count: those that no later return has undone."""
    undone = {seq for p in past for seq in undone_by(p.effects)}
    return [p for p in past if p.seq not in undone]


def undone_by(effects: Sequence[Any]) -> list[int]:
    """Numbers of the inputs that a step has undone; empty for any but a return."""
    return [
        int(from_json(seq))
        for name, fields in effects
        if name == "InstanceReturned"
        for seq in fields["undone"]
    ]
