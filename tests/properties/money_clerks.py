"""A clerk's desk: acts on one project through the real commands, in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from multiprocessing.connection import Connection as Pipe
from typing import Any

from service.commands.complete_task import complete_task
from service.config import project_root
from service.definitions import learn
from service.engine import compile_bundle
from service.model.actor import Actor
from service.model.bundle import read_bundle
from service.model.errors import Refused
from service.scenarios.acts import complete, start, submission
from service.scenarios.looks import Task, last_seq, open_tasks
from service.scenarios.world import World, open_engine
from service.store.facts import facts_of
from service.store.session import begin, reading
from tests.properties.money_stands import CENT, request

Act = tuple[Any, ...]


@dataclass(frozen=True)
class Place:
    """A project to act on; `contract` is what two of the open requests ask for in full."""

    project_key: str
    contract: Decimal
    now: datetime


@dataclass(frozen=True)
class Tried:
    """An attempt: what the log's last number was before and after, and the refusal's clauses.

    `refused` is None when it went through; `amount` is what was to be paid, changed or recovered.
    """

    what: str
    before: int
    after: int
    refused: tuple[str, ...] | None
    amount: Decimal = Decimal(0)
    task_key: str = ""

    def overlaps(self, other: Tried) -> bool:
        """Whether something was written while both were under way."""
        return max(self.before, other.before) < min(self.after, other.after)


def work(pipe: Pipe, url: str, people: Mapping[str, Actor]) -> None:
    """The clerk's days, in one process with one engine: compiled once, connected to each copy anew.

    In: (place, acts, instant to begin), out: what was tried. "let go" gives the connections back, so that
    the database at `url` can be replaced; None ends.
    """
    engine, definition = open_engine(url), compile_bundle(read_bundle(project_root()))
    while True:
        asked = pipe.recv()
        if asked is None:
            return
        try:
            if asked == "let go":
                engine.dispose()
                pipe.send(asked)
                continue
            place, acts, at = asked
            learn(engine)
            world = World(engine, definition, project_root(), place.now, people)
            world.projects["p"] = place.project_key
            pipe.send(_play(world, place, acts, at))
        except Exception as wrong:  # the other side raises it
            pipe.send(f"{type(wrong).__name__}: {wrong}")


def _play(world: World, place: Place, acts: list[Act], at: float) -> list[Tried]:
    acts = [
        (*act[:-1], place.contract) if act[0] == "pay" and act[2] == "full" else act for act in acts
    ]
    time.sleep(max(0.0, at - time.time()))
    return [tried for name, *given in acts for tried in _ACTS[name](world, *given)]


def _facts(world: World) -> dict[str, Any]:
    with reading(world.engine) as connection:
        return facts_of(connection, world.project_key())


def _request(world: World, amount: Decimal) -> list[Tried]:
    return [_try(world, "request", amount, lambda: request(world, amount))]


def _pay(world: World, pick: int, how: str, amount: Decimal) -> list[Tried]:
    """Pay one of the open requests: an amount, or what is left of the limit and a cent more or less."""
    if how not in ("exactly", "full"):
        known = _facts(world)
        limit = min(known["project_indicator_yuan"], known["project_contract_yuan"])
        more = {"all": Decimal(0), "over": CENT, "under": -CENT}[how]
        amount = limit - (known.get("project_paid_yuan") or 0) + more
    return _complete(world, "pay", pick, amount, {"approved_amount_yuan": str(amount)}, twice=True)


def _change(world: World, pick: int) -> list[Tried]:
    return _complete(world, "approve_change", pick, Decimal(0), {})


def _move(world: World) -> list[Tried]:
    """A motion to terminate; payments stand still from now on."""

    def move() -> None:
        start(world, "termination", {"by": "info_center"})
        grounds = {"poor_performance": "yes", "targets_unreachable": "yes"}
        complete(world, "termination/verify_grounds", {"with": grounds})
        complete(world, "termination/state_case", {})

    return [_try(world, "move", Decimal(0), move)]


def _decide(world: World, decision: str) -> list[Tried]:
    return _complete(world, "decide_termination", 0, Decimal(0), {"term_decision": decision})


def _end(world: World, cost: Decimal, cent: int) -> list[Tried]:
    """Terminate, recover all but the recognised cost; with a cent too many or few it is refused."""
    tried = [*_move(world), *_decide(world, "terminate")]
    tried += _complete(world, "report_cause", 0, Decimal(0), {})
    tried += _complete(world, "propose_disposal", 0, Decimal(0), {})
    indicator = _facts(world)["project_indicator_yuan"]
    amount = indicator - cost + cent * CENT
    given = {"verified_cost_yuan": str(cost), "recovered_yuan": str(amount)}
    return tried + _complete(world, "recover_funds", 0, amount, given, twice=True)


_ACTS: dict[str, Callable[..., list[Tried]]] = {
    "request": _request,
    "pay": _pay,
    "change": _change,
    "move": _move,
    "decide": _decide,
    "end": _end,
}


def _try(
    world: World, what: str, amount: Decimal, act: Callable[[], object], task_key: str = ""
) -> Tried:
    before, refused = last_seq(world), None
    try:
        act()
    except Refused as no:
        refused = no.clauses or (f"{no.status} {no.message}", *no.fields.values())
    return Tried(what, before, last_seq(world), refused, amount, task_key)


def _complete(
    world: World,
    element: str,
    pick: int,
    amount: Decimal,
    given: dict[str, Any],
    *,
    twice: bool = False,
) -> list[Tried]:
    """Complete one of the open tasks of an element; `twice`: the browser sends the same request again."""
    project_key = world.project_key()
    found: list[Task] = [
        t for t in open_tasks(world, project_key) if t.path.endswith(f"/{element}")
    ]
    if not found:
        return []
    task = found[pick % len(found)]
    actor = world.acting(None, task.group_id, project_key, task.person)
    content = submission(world, world.element(task.path), {"with": given})

    def act() -> None:
        with begin(world.engine) as connection:
            complete_task(
                connection,
                actor,
                task.task_key,
                content,
                now=world.now,
                idempotency_key=f"{task.task_key}{amount}",
            )

    tried = [_try(world, element, amount, act, task.task_key)]
    if twice and tried[0].refused is None:
        again = _try(world, element, amount, act, task.task_key)
        assert again.refused is None, again
    return tried
