"""What of a submission the public sees: the fields that its form marks as public, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.forms import Component, Form
from service.papers.said import said

SHOWN, KEY, WITHDRAWS = "yes", "key", "withdraws"
VALUES = frozenset((SHOWN, KEY, WITHDRAWS))
YES = ("yes", "true", True)


@dataclass(frozen=True)
class Part:
    """A public list of a form: heads of its columns and its rows in words; `money`: columns of amounts."""

    label: str
    keys: tuple[str, ...]
    heads: tuple[str, ...]
    money: frozenset[str]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Publication:
    """A published submission. `key`: what it is about; a later one with the same key takes its place.

    `fields`: (label, words); `state`: `current`, `replaced` or `withdrawn`, with `since` when it is not
    current; `is_withdrawal`: it only takes back what was published under its key.
    """

    key: str
    title: str
    at: datetime
    unit: str
    fields: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    is_withdrawal: bool = False
    state: str = "current"
    since: datetime | None = None


def published(
    form: Form, values: Mapping[str, Any], options: Mapping[str, Any], *, at: datetime, unit: str
) -> Publication:
    """The public part of a submission; empty when its form marks nothing."""
    fields, parts, key, withdraws = [], [], "", False
    for name, component in form.fields.items():
        mark, value = component.properties.get("public"), values.get(name)
        if component.type == "dynamiclist":
            part = _part(component, value or (), options)
            if part.heads:
                parts.append(part)
        elif mark == WITHDRAWS:
            withdraws = value in YES
        elif mark in (SHOWN, KEY) and (words := said(component, value, options, "yuan")):
            fields.append((component.label, words))
            key = f"{key} {words}".strip() if mark == KEY else key
    shown = ((), ()) if withdraws else (tuple(fields), tuple(parts))
    return Publication(key, form.title, at, unit, *shown, is_withdrawal=withdraws)


def _part(component: Component, rows: Sequence[Any], options: Mapping[str, Any]) -> Part:
    columns = {k: c for k, c in component.columns.items() if c.properties.get("public") == SHOWN}
    lines = tuple(
        tuple(said(c, row.get(k), options, "wan") for k, c in columns.items())
        for row in rows
        if isinstance(row, Mapping)
    )
    heads = tuple(c.label for c in columns.values())
    money = frozenset(k for k, c in columns.items() if c.is_money)
    return Part(component.label, tuple(columns), heads, money, lines)


def settled(found: Sequence[Publication]) -> list[Publication]:
    """All publications, newest first, each with whether it still stands. `found` in order of time."""
    later: dict[str, Publication] = {}
    taken: dict[str, Publication] = {}
    made = []
    for one in reversed(found):
        if one.is_withdrawal:
            taken[one.key] = one
            continue
        # a withdrawal takes back every version before it
        ended = taken.get(one.key) or later.get(one.key)
        state = "withdrawn" if one.key in taken else "replaced" if ended else "current"
        made.append(_with(one, state, ended.at if ended else None))
        later[one.key] = one
    return made


def _with(one: Publication, state: str, since: datetime | None) -> Publication:
    if state == "withdrawn":  # what was taken back is told, not shown
        return Publication(one.key, one.title, one.at, one.unit, (), (), False, state, since)
    return Publication(
        one.key, one.title, one.at, one.unit, one.fields, one.parts, False, state, since
    )
