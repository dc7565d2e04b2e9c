"""退回 on random walks: the engine plays the log again without what is undone, the token game follows
tokens back to where they came from; both must then wait for the same things, five rounds and more."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from causal_game import CausalGame
from exact_game import Nets
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from random_diagram import bundles, compiled, drawn
from test_oracle_drawn import CLOSES, OPENS

from service.engine import Past, advance, forget_live, variables, ways_back
from service.model import events
from service.model.bundle import Bundle
from service.model.errors import Refused
from service.model.inputs import CompleteTask, DeliverMessage, FireTimer, ReturnTo, StartInstance
from service.model.wire import encode

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


class Returning:
    """An instance of a drawn diagram in the engine and in the token game, with returns."""

    def __init__(self, bundle: Bundle) -> None:
        self.definition = compiled(bundle)
        self.state: bytes | None = None
        self.states: list[bytes] = []
        self.now, self.ended = NOW, False
        self.past: list[Past] = []
        self.open: dict[str, object] = {}
        self.seen: set[str] = set()
        self.turn_of: dict[str, int] = {}  # completed task → turn
        self.give(StartInstance("x"))
        self.game = CausalGame.start(Nets(bundle), "x", {}, NOW)

    def give(self, input_) -> None:
        step = advance(
            self.definition, self.state, input_,
            instance_key="i", now=self.now, facts={}, past=self.past,
        )  # fmt: skip
        seq = len(self.past) + 1
        effects = [encode(e) for e in step.events]
        self.past.append(Past(seq, input_, self.now, {}, self.definition, step.ids, effects))
        self.state = step.state
        self.states.append(step.state)
        for happened in step.events:
            if isinstance(happened, OPENS):
                assert happened.task_key not in self.seen  # no key is given twice
                self.seen.add(happened.task_key)
                self.open[happened.task_key] = happened
            elif isinstance(happened, CLOSES):
                self.open.pop(happened.task_key)
            elif isinstance(happened, events.InstanceCompleted):
                self.ended = True

    def step(self, data: st.DataObject) -> None:
        self.now += timedelta(days=2)
        self.game.turn = len(self.past)
        if self.turn_of and data.draw(st.integers(0, 3)) == 0:
            self.go_back(data)
            return
        key = data.draw(st.sampled_from(sorted(self.open)))
        chosen = self.open[key]
        where = (chosen.process_id, chosen.element_id)
        if isinstance(chosen, events.UserTaskCreated):
            values = {name: data.draw(st.sampled_from("pq")) for name in "vw"}
            self.turn_of[key] = len(self.past)
            self.give(CompleteTask(key, values))
            self.game.complete(where, values, self.now)
        elif isinstance(chosen, events.TimerScheduled):
            self.give(FireTimer(key, chosen.due))
            self.game.fire_timer(where, self.now)
        else:
            self.give(DeliverMessage(chosen.name))
            self.game.deliver("message", chosen.name, self.now)

    def go_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.turn_of)))
        offered = {way.task_key: way for way in ways_back(self.past, "i")}
        try:
            self.give(ReturnTo(key))
        except Refused as refused:
            event(f"refused: {refused.message[:8]}")
            assert key not in offered
            return
        event("returned")
        told = next(e for e in self.past[-1].effects if e[0] == "InstanceReturned")[1]
        self.game.undo(self.turn_of[key])
        if key in offered:  # the last completion of its task
            way = offered[key]
            assert [{"number": str(n)} for n in way.undone] == told["undone"]
            reopened = {told["reopened"].get(k, k) for k in way.open}
            assert reopened == {
                k for k, e in self.open.items() if isinstance(e, events.UserTaskCreated)
            }

    def compare(self) -> None:
        assert self.ended == self.game.ended
        assert self.waits(events.UserTaskCreated) == self.game.open("userTask")
        known = {n: v for n, v in self.game.values.items() if v is not None}
        assert dict(variables(self.state)) == known
        if not self.ended:
            assert self.waits(events.TimerScheduled) == self.game.armed("timer")
            assert self.waits(events.MessageAwaited) == self.game.armed("message")

    def waits(self, kind: type) -> Counter:
        found = (e for e in self.open.values() if isinstance(e, kind))
        return Counter((e.process_id, e.element_id) for e in found)

    def play_again(self) -> None:
        """The log from bytes alone gives the same states."""
        state = None
        for i, (p, expected) in enumerate(zip(self.past, self.states, strict=True)):
            forget_live()
            state = advance(
                p.definition, state, p.input,
                instance_key="i", now=p.at, facts={}, past=self.past[:i],
            ).state  # fmt: skip
            assert state == expected


def agree(bundle: Bundle, data: st.DataObject, length: int) -> None:
    pair = Returning(bundle)
    for _ in range(length):
        if pair.ended:
            break
        pair.step(data)
        pair.compare()
    pair.play_again()


def test_what_opens_again_beyond_a_scope_has_a_new_key() -> None:
    """Of two tasks in a scope the later one opened what follows; the earlier one is returned to."""
    kinds = iter(["sub", "and", "task", "task"])
    pair = Returning(drawn(lambda _: next(kinds)))
    values = {"v": "p", "w": "p"}
    pair.give(CompleteTask(*pair.open, values))
    first, later = sorted(k for k, e in pair.open.items() if isinstance(e, events.UserTaskCreated))
    pair.give(CompleteTask(first, values))
    pair.give(CompleteTask(later, values))
    pair.give(ReturnTo(first))
    (again,) = (k for k, e in pair.open.items() if isinstance(e, events.UserTaskCreated))
    pair.give(CompleteTask(again, values))  # `give` sees that no key is given twice
    pair.play_again()


@settings(max_examples=40, **RELAXED)
@given(bundles(), st.data())
def test_engine_and_token_game_agree_on_returns(bundle: Bundle, data: st.DataObject) -> None:
    agree(bundle, data, 25)


@pytest.mark.heavy
@settings(max_examples=1500, **RELAXED)
@given(bundles(depth=4), st.data())
def test_engine_and_token_game_agree_on_returns_in_larger_ones(
    bundle: Bundle, data: st.DataObject
) -> None:
    agree(bundle, data, 50)
