"""Two clerks in two processes act on one project at once, through the real commands, on a real database.

The ledger (指标、合同额、累计拨付、已收回) is always the sum of what was submitted, never over a limit, exact
to the cent, and no refusal was wrong. Ten thousand sequences, in slices of a few minutes:

    BANJIE_MONEY=2500 BANJIE_MONEY_SEED=1 pytest -m heavy -s tests/properties/test_money_commands.py -k sqlite

A slice ends after BANJIE_MONEY_SECONDS at the latest and says how many sequences it has played.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from service.queries.monitors.check import monitor
from service.queries.rebuild import differences
from service.scenarios.copies import copy_database, drop_database
from service.scenarios.looks import values
from service.scenarios.world import World, open_engine
from service.store.session import reading
from tests.properties.money_book import Book, keep_book
from tests.properties.money_clerks import Act, Place, Tried, work
from tests.properties.money_stands import Founded, found_county

CENTS = st.integers(1, 90_000_000).map(lambda cents: Decimal(cents) / 100)
PAY = st.tuples(
    st.just("pay"),
    st.integers(0, 3),
    st.sampled_from(["full", "full", "all", "over", "under", "exactly"]),
    CENTS,
)
CHANGE = st.tuples(st.just("change"), st.integers(0, 2))
DECIDE = st.tuples(st.just("decide"), st.sampled_from(["terminate", "continue"]))
END = st.tuples(st.just("end"), CENTS, st.sampled_from([0, 0, 1, -1]))
REQUEST, MOVE = st.tuples(st.just("request"), CENTS), st.tuples(st.just("move"))
ACT = st.one_of(*[PAY] * 8, CHANGE, CHANGE, CHANGE, REQUEST, REQUEST, MOVE, DECIDE, END)
HALF = st.tuples(st.one_of(PAY, PAY, PAY, CHANGE), st.lists(ACT, min_size=1, max_size=3))
SEQUENCE = st.tuples(HALF, HALF).map(lambda halves: [[first, *rest] for first, rest in halves])
MANY = int(os.environ.get("BANJIE_MONEY", "1000"))
SECONDS = int(os.environ.get("BANJIE_MONEY_SECONDS", "480"))
SEED = int(os.environ.get("BANJIE_MONEY_SEED", "1"))
STANDS_LAST = (
    125  # sequences of one copy after another until other indicators and contracts are drawn
)


class Office:
    """Two clerks, and projects for them to spoil: each sequence gets a project of its own."""

    def __init__(self, url: str, projects: int) -> None:
        self.url = url
        self.projects = projects  # of one stand; each is used by one sequence
        self.numbers = itertools.count(1)
        self.seen: Counter[str] = Counter()
        self.clerks = [_clerk(), _clerk()]
        self.stand: tuple[World, list[Founded]] | None = None
        self.copy = ""
        self.left: list[Founded] = []
        self.copies = 0

    def close(self) -> None:
        """Send the clerks home and remove the databases."""
        for process, pipe in self.clerks:
            pipe.send(None)
            process.join(timeout=30)
        for place in (self.copy, self.stand[0].url if self.stand else ""):
            if place:
                drop_database(place)

    def begin(self) -> None:
        """Have the first projects ready, so that the time of a slice is the time of its sequences."""
        self._copy()

    def project(self) -> Founded:
        """A project that nobody has touched, in the newest copy of the stand."""
        if not self.left:
            self._copy()
        return self.left.pop()

    def _copy(self) -> None:
        used_up = self.stand and self.copies * len(self.stand[1]) >= STANDS_LAST
        if used_up:
            self.confirm()
        if self.copy:
            drop_database(self.copy)
        if self.stand is None or used_up:
            self._found()
        assert self.stand is not None
        world, projects = self.stand
        self.copy = _place(self.url, f"money{next(self.numbers)}")
        copy_database(world.url, self.copy)
        self.copies += 1
        self.left = list(projects)

    def _found(self) -> None:
        if self.stand:
            drop_database(self.stand[0].url)
        number = next(self.numbers)
        made = found_county(_place(self.url, f"stand{number}"), SEED * 1000 + number, self.projects)
        made[0].close()
        self.stand, self.copies = made, 0
        self.seen["stands"] += 1

    def confirm(self) -> None:
        """Of the newest copy: its rows follow from the log, the monitors of the bundle find nothing."""
        engine = open_engine(self.copy)
        try:
            with reading(engine) as connection:
                assert differences(connection) == []
                wrong = [v for checked in monitor(connection) for v in checked.violations]
                assert not wrong, wrong
        finally:
            engine.dispose()
        self.seen["copies rebuilt from the log and monitored"] += 1

    def play(self, founded: Founded, halves: list[list[Act]]) -> list[Tried]:
        """Both clerks at once."""
        assert self.stand is not None
        world = self.stand[0]
        place = Place(self.copy, founded.project_key, founded.contract, world.now, world.people)
        at = time.time() + 0.002
        for (_, pipe), acts in zip(self.clerks, halves, strict=True):
            pipe.send((place, acts, at))
        done = [pipe.recv() for _, pipe in self.clerks]
        failed = [said for said in done if isinstance(said, str)]
        assert not failed, failed
        return [tried for said in done for tried in said]


def _clerk() -> tuple[Any, Any]:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=work, args=(there,), daemon=True)
    process.start()
    return process, here


def _place(url: str, name: str) -> str:
    if url.startswith("sqlite"):
        return url.replace("test.sqlite3", f"{name}.sqlite3")
    return (
        url.rpartition("/")[0]
        + f"/{url.rpartition('/')[2].partition('?')[0]}_{name}"
        + (f"?{url.partition('?')[2]}" if "?" in url else "")
    )


def _check(office: Office, founded: Founded, tried: list[Tried]) -> Book:
    """The book against the log, the facts, and each refusal."""
    engine = open_engine(office.copy)
    try:
        with reading(engine) as connection:
            book = keep_book(connection, founded)
        assert office.stand is not None
        world = World(
            engine, office.stand[0].definition, office.stand[0].root, office.stand[0].now, {}
        )
        known = values(world, founded.project_key)
    finally:
        engine.dispose()
    last = book.pages[-1]
    assert known["project_indicator_yuan"] == last.indicator
    assert known["project_contract_yuan"] == last.contract
    assert (known.get("project_paid_yuan") or Decimal(0)) == last.paid
    assert known.get("project_recovered_yuan") == last.recovered
    for one in tried:
        book.judge(one)
    return book


def _count(seen: Counter[str], book: Book, tried: list[Tried]) -> None:
    seen["sequences"] += 1
    for one in tried:
        if one.refused is None:
            seen[f"{one.what}: done"] += 1
        elif any(clause.startswith(("404", "409")) for clause in one.refused):
            seen[f"{one.what}: somebody was faster"] += 1
        else:
            seen[f"{one.what}: refused" + (" (limit)" if "23.1.4" in one.refused else "")] += 1
        if one.after - one.before > 1 and one.what == "pay":
            seen["payments during which the other clerk wrote"] += 1
    last = book.pages[-1]
    seen["paid to the last cent"] += last.paid == last.limit
    seen["ended"] += last.ended
    seen["recovered"] += last.recovered is not None


def _sequences(place: str, examples: int, projects: int) -> Counter[str]:
    office = Office(place, projects)
    try:
        return _play(office, examples)
    finally:
        office.close()


def _play(office: Office, examples: int) -> Counter[str]:
    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # which clerk is faster is not the same twice: nothing to shrink
        suppress_health_check=list(HealthCheck),
    )
    @given(halves=SEQUENCE)
    def run(halves: list[list[Act]]) -> None:
        if time.monotonic() - began > SECONDS:
            return
        founded = office.project()
        tried = office.play(founded, halves)
        _count(office.seen, _check(office, founded, tried), tried)

    office.begin()
    began = time.monotonic()
    run()
    office.confirm()
    print(f"\n{time.monotonic() - began:.0f} s", dict(sorted(office.seen.items())))
    return office.seen


def test_two_clerks_and_one_ledger(place: str) -> None:
    seen = _sequences(place, 14, 2)
    assert seen["pay: done"] > 0
    assert seen["pay: refused (limit)"] + seen["approve_change: refused"] > 0


@pytest.mark.heavy
def test_ten_thousand_sequences_through_the_commands(place: str) -> None:
    seen = _sequences(place, MANY, 8)
    played = seen["sequences"]
    assert seen["pay: refused (limit)"] > played / 50
    assert seen["approve_change: refused"] > played / 50
    assert seen["recovered"] > played / 50
