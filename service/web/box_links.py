"""The boxes above each list of the inbox, with their counts; orders and saved filters in addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Connection

from service.model.actor import Actor
from service.queries.boxes import BOXES, counts
from service.queries.instance_boxes import INSTANCE_BOXES, instance_counts
from service.queries.own_lists import saved_filters, shelf_counts

BOX_NAMES = {
    "todo": "待办",
    "unit": "本单位",
    "done": "已办",
    "closed": "办结",
    "started": "我发起的",
}
SHELF_NAMES = {"copies": "抄送我的", "drafts": "草稿", "follows": "关注"}


@dataclass(frozen=True)
class BoxLink:
    """A box: its address, its name, how many are in it (at most 100, as text), whether one is there."""

    address: str
    name: str
    count: str
    here: bool
    now: bool


@dataclass(frozen=True)
class SavedLink:
    """A saved filter: its name, its address, whether the list is filtered so."""

    name: str
    address: str
    here: bool


def box_links(connection: Connection, actor: Actor, here: str) -> list[BoxLink]:
    """All boxes in the order of the vocabulary."""
    numbers = {
        **counts(connection, actor, BOXES),
        **instance_counts(connection, actor),
        **shelf_counts(connection, actor),
    }
    assert set(BOX_NAMES) == {*BOXES, *INSTANCE_BOXES}
    boxes = [(n, words, url_for("inbox.box", name=n)) for n, words in BOX_NAMES.items()]
    shelves = [(n, words, url_for("own_lists.shelf", name=n)) for n, words in SHELF_NAMES.items()]
    return [
        BoxLink(address, words, capped(numbers[name]), name == here, name == "todo")
        for name, words, address in boxes + shelves
    ]


def capped(number: int) -> str:
    """A count to show."""
    return "99+" if number >= 100 else str(number)


def asked_here(names: Sequence[str]) -> dict[str, str]:
    """What is asked in this address by these names, without what is empty."""
    return {
        name: request.args[name].strip() for name in names if request.args.get(name, "").strip()
    }


def saved_links(
    connection: Connection, actor: Actor, place: str, asked: Mapping[str, str]
) -> list[SavedLink]:
    """The actor's saved filters of a list; `asked` is what the list is asked now, as it would be kept."""
    return [
        SavedLink(name, filter_address(place, kept), kept == dict(asked))
        for name, kept in saved_filters(connection, actor, place).items()
    ]


def filter_address(place: str, kept: Mapping[str, Any]) -> str:
    """The address of a list with what was kept."""
    if place == "ledger":
        return url_for("ledger.index", **kept)
    rest = {name: value for name, value in kept.items() if name != "box"}
    return url_for("inbox.box", name=kept.get("box", "todo"), **rest)
