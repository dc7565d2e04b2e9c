"""The ledger by plain arithmetic over what was submitted, in the order of the log (articles 14, 16, 22, 23).

It reads submissions and numbers of events only, and knows nothing of diagrams and tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.model.values import from_json
from service.store import history
from service.store import tables as t
from tests.properties.money_clerks import Tried
from tests.properties.money_stands import Founded

MAJOR = Decimal(
    "0.15"
)  # of the contract; from there the leading group decides (the setting's default)


@dataclass(frozen=True)
class Asked:
    """What a request for payment or a change is about; `major`: the leading group decides on it."""

    amount: Decimal
    major: bool = False


@dataclass(frozen=True)
class Page:
    """The ledger after an event: its number, the sums, whether payments stand still or the project ended.

    `minor`: what changes came to since the leading group last decided on one.
    """

    seq: int
    indicator: Decimal
    contract: Decimal
    paid: Decimal = Decimal(0)
    minor: Decimal = Decimal(0)
    recovered: Decimal | None = None
    paused: bool = False
    ended: bool = False

    @property
    def limit(self) -> Decimal:
        """What may be paid in all."""
        return min(self.indicator, self.contract)

    def pays(self, amount: Decimal) -> bool:
        """Whether this much more may be paid now."""
        return not self.paused and not self.ended and self.paid + amount <= self.limit

    def reaches(self, delta: Decimal) -> bool:
        """Whether minor changes would come to a major one with this one."""
        whole = abs(self.minor + delta)
        return whole > 0 and whole >= MAJOR * (self.contract - self.minor)

    def changes(self, asked: Asked) -> bool:
        """Whether the contract may change so: not below what is paid, not above the indicator, not major in parts."""
        fits = self.paid <= self.contract + asked.amount <= self.indicator
        return not self.ended and fits and (asked.major or not self.reaches(asked.amount))


@dataclass(frozen=True)
class Book:
    """The pages in order, and the number of the last event that was read.

    `asked`: what each request or change is about by its instance, `about`: by the tasks of it.
    """

    pages: list[Page]
    read: int
    asked: dict[str, Asked]
    about: dict[str, Asked]

    def during(self, tried: Tried) -> list[Page]:
        """The pages that were open at some moment of an attempt."""
        until = [*(page.seq for page in self.pages[1:]), tried.after + 1]
        pairs = zip(self.pages, until, strict=True)
        return [p for p, end in pairs if p.seq <= tried.after and end > tried.before]

    def judge(self, tried: Tried) -> None:
        """A refusal was right at some moment between its beginning and its end."""
        if tried.refused is None or any(c.startswith(("404", "409")) for c in tried.refused):
            return  # gone through, or somebody else was faster
        seen = self.during(tried)
        if tried.what == "pay":
            small = tried.amount <= 0 or tried.amount > self.about[tried.task_key].amount
            assert small or any(not p.pays(tried.amount) for p in seen), (tried, seen)
            if "23.1.4" in tried.refused:
                assert any(p.paid + tried.amount > p.limit for p in seen), (tried, seen)
        elif tried.what == "approve_change":
            asked = self.about[tried.task_key]
            assert any(not p.changes(asked) for p in seen), (tried, asked, seen)


def keep_book(connection: Connection, founded: Founded, before: Book | None = None) -> Book:
    """A page for each event that moves the ledger; every one of them was allowed on the page before.

    `before`: the book as far as it was kept already; only later events are read then.
    """
    content = _submissions(connection, founded.project_key)
    asked = dict(before.asked) if before else {}
    pages = [before.pages[-1] if before else Page(0, founded.indicator, founded.contract)]
    read = before.read if before else 0
    for event in history.read(connection, project_key=founded.project_key, after=read):
        read = event.seq
        if event.act == "complete_task":
            said = json.loads(content[event.body["task"]])
            page = _turn(pages[-1], event, said, asked)
            if page is not pages[-1]:
                pages.append(page)
                _as_the_log_says(page, event)
    tasks = select(t.task.c.task_key, t.task.c.instance_key).where(
        t.task.c.project_key == founded.project_key
    )
    of_task = {row.task_key: row.instance_key for row in connection.execute(tasks)}
    return Book(pages, read, asked, {key: asked[i] for key, i in of_task.items() if i in asked})


def _turn(
    page: Page, event: history.StoredEvent, said: dict[str, Any], asked: dict[str, Asked]
) -> Page:
    instance = str(event.instance_key)
    match event.body["element"]:
        case "fill_request":
            asked[instance] = Asked(Decimal(said["amount_yuan"]))
        case "fill_change":
            delta = Decimal(said["amount_delta_yuan"])
            major = said["change_level"] == "major" or page.reaches(delta)
            asked[instance] = Asked(delta, major)
        case "sign_progress" if event.body["process"] == "fund_disbursement":
            opened, fits = _created(event), page.pays(asked[instance].amount)
            assert ("pay" in opened) == fits, f"request of {asked[instance]} against {page}"
        case "pay":
            amount = Decimal(said["approved_amount_yuan"])
            assert page.pays(amount), f"paid {amount} against {page}"
            return replace(page, seq=event.seq, paid=page.paid + amount)
        case "approve_change":
            change = asked[instance]
            assert page.changes(change), f"{change} against {page}"
            contract = page.contract + change.amount
            minor = Decimal(0) if change.major else page.minor + change.amount
            return replace(page, seq=event.seq, contract=contract, minor=minor)
        case "verify_grounds":
            return replace(page, seq=event.seq, paused=True)
        case "decide_termination" if said["term_decision"] == "terminate":
            return replace(page, seq=event.seq, ended=True)
        case "decide_termination":
            return replace(page, seq=event.seq, paused=False)
        case "recover_funds":
            assert page.recovered is None, "recovered twice"
            rest = page.indicator - Decimal(said["verified_cost_yuan"])
            assert Decimal(said["recovered_yuan"]) == rest
            return replace(page, seq=event.seq, recovered=rest)
    return page


def _created(event: history.StoredEvent) -> set[str]:
    return {
        f.get("element_id", "") for name, f in event.body["effects"] if name == "UserTaskCreated"
    }


def _as_the_log_says(page: Page, event: history.StoredEvent) -> None:
    """What the event wrote into the project's facts equals the sum."""
    sums = {
        "project_paid_yuan": page.paid,
        "project_contract_yuan": page.contract,
        "project_recovered_yuan": page.recovered,
    }
    for name, fields in event.body["effects"]:
        if name == "FactsSet":
            for fact, value in fields["facts"].items():
                assert fact not in sums or sums[fact] == from_json(value), (fact, value, page)


def _submissions(connection: Connection, project_key: str) -> dict[str, str]:
    rows = connection.execute(
        select(t.submission.c.task_key, t.submission.c.content).where(
            t.submission.c.project_key == project_key
        )
    )
    return {row.task_key: row.content for row in rows}
