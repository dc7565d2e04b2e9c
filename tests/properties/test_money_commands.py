"""Two clerks in two processes act on one project at once, through the real commands, on a real database.

The ledger (指标、合同额、累计拨付、已收回) is always the sum of what was submitted, never over a limit, exact
to the cent, and no refusal was wrong. Ten thousand sequences, in slices of a few minutes:

    BANJIE_MONEY=2500 BANJIE_MONEY_SEED=1 pytest -m heavy -s tests/properties/test_money_commands.py -k sqlite

A slice ends after BANJIE_MONEY_SECONDS at the latest and says how many sequences it has played.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from service.queries.monitors.check import monitor
from service.queries.rebuild import differences
from service.scenarios.copies import copy_database, drop_database
from service.scenarios.world import open_engine
from service.store.facts import facts_of
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
PROJECTS = 12  # of a slice: pairs of indicator and contract, each with its requests and changes


class Enough(Exception):
    """The time of the slice is over; what is left need not even be drawn."""


class Office:
    """Two clerks, and projects for them to spoil: each sequence gets a project that nobody has touched.

    The projects are founded once, by the real commands. When all are spoilt, the database is replaced by
    another copy of what was founded; processes, engines and compiled bundles stay.
    """

    def __init__(self, url: str, projects: int) -> None:
        self.stand, self.copy = _beside(url, "stand"), _beside(url, "money")
        world, self.founded = found_county(self.stand, SEED, projects)
        with reading(world.engine) as connection:
            self.before = {f.project_key: keep_book(connection, f) for f in self.founded}
        self.now = world.now
        world.close()
        self.engine = open_engine(self.copy)
        self.clerks = [_clerk(self.copy, world.people) for _ in range(2)]
        self.left: list[Founded] = []
        self.underway: Founded | None = None
        self.played: tuple[Founded, list[Tried]] | None = None
        self.seen: Counter[str] = Counter(stands=projects)
        self.began = time.monotonic()

    def close(self) -> None:
        """Send the clerks home and remove the databases."""
        for process, pipe in self.clerks:
            pipe.send(None)
            process.join(timeout=30)
        self.engine.dispose()
        for place in (self.copy, self.stand):
            drop_database(place)

    def play(self, halves: list[list[Act]]) -> None:
        """Both clerks at once; they work while the sequence before is checked and the next one is drawn."""
        self._wait()
        if not self.left:
            self._copy()
        founded = self.left.pop()
        place = Place(founded.project_key, founded.contract, self.now)
        at = time.time() + 0.002
        for (_, pipe), acts in zip(self.clerks, halves, strict=True):
            pipe.send((place, acts, at))
        self.underway = founded
        self.check()

    def _wait(self) -> None:
        """Until both have done what they were asked to."""
        if self.underway is None:
            return
        mine, yours = self._answers()
        self.seen["acts that overlapped with one of the other clerk"] += sum(
            any(a.overlaps(b) for b in yours) for a in mine
        )
        self.played, self.underway = (self.underway, [*mine, *yours]), None

    def check(self) -> None:
        """Of the sequence played last: the book against the log, the facts, and each refusal."""
        if self.played is None:
            return
        (founded, tried), self.played = self.played, None
        with reading(self.engine) as connection:
            book = keep_book(connection, founded, self.before[founded.project_key])
            known = facts_of(connection, founded.project_key)
        last = book.pages[-1]
        assert known["project_indicator_yuan"] == last.indicator
        assert known["project_contract_yuan"] == last.contract
        assert (known.get("project_paid_yuan") or Decimal(0)) == last.paid
        assert known.get("project_recovered_yuan") == last.recovered
        for one in tried:
            book.judge(one)
        _count(self.seen, book, tried)

    def confirm(self) -> None:
        """Of the newest copy: its rows follow from the log, the monitors of the bundle find nothing."""
        self._wait()
        self.check()
        with reading(self.engine) as connection:
            assert differences(connection) == []
            wrong = [v for checked in monitor(connection) for v in checked.violations]
            assert not wrong, wrong
        self.seen["projects rebuilt from the log and monitored"] += len(self.founded)

    def _copy(self) -> None:
        self.check()
        for _, pipe in self.clerks:
            pipe.send("let go")
        self._answers()
        self.engine.dispose()
        drop_database(self.copy)
        copy_database(self.stand, self.copy)
        self.left = list(self.founded)
        print(f"{time.monotonic() - self.began:.0f} s", dict(sorted(self.seen.items())), flush=True)

    def _answers(self) -> list[Any]:
        answers = [pipe.recv() for _, pipe in self.clerks]
        failed = [a for a in answers if isinstance(a, str) and a != "let go"]
        assert not failed, failed
        return answers


def _clerk(url: str, people: Any) -> tuple[Any, Any]:
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=work, args=(there, url, dict(people)), daemon=True)
    process.start()
    return process, here


def _beside(url: str, name: str) -> str:
    """The address of a database beside the one at `url`."""
    old = make_url(url)
    known = str(old.database)
    new = known.replace("test.sqlite3", f"{name}.sqlite3")
    return old.set(database=new if new != known else f"{known}_{name}").render_as_string(
        hide_password=False
    )


def _count(seen: Counter[str], book: Book, tried: list[Tried]) -> None:
    seen["sequences"] += 1
    for one in tried:
        if one.refused is None:
            seen[f"{one.what}: done"] += 1
        elif any(clause.startswith(("404", "409")) for clause in one.refused):
            seen[f"{one.what}: somebody was faster"] += 1
        else:
            seen[f"{one.what}: refused" + (" (limit)" if "23.1.4" in one.refused else "")] += 1
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
        if time.monotonic() - office.began > SECONDS:
            raise Enough
        office.play(halves)

    with suppress(Enough):
        run()
    office.confirm()
    print(f"\n{time.monotonic() - office.began:.0f} s", dict(sorted(office.seen.items())))
    return office.seen


def test_two_clerks_and_one_ledger(place: str) -> None:
    seen = _sequences(place, 14, 2)
    assert seen["pay: done"] > 0
    assert seen["pay: refused (limit)"] + seen["approve_change: refused"] > 0


@pytest.mark.heavy
def test_ten_thousand_sequences_through_the_commands(place: str) -> None:
    seen = _sequences(place, MANY, PROJECTS)
    played = seen["sequences"]
    assert seen["pay: refused (limit)"] > played / 50
    assert seen["approve_change: refused"] > played / 50
    assert seen["recovered"] > played / 50
