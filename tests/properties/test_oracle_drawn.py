"""Engine and token game on diagrams drawn at random: blocks, loops, scopes, borders, races, ends."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from exact_game import Game, Nets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_diagram import bundles, compiled

from service.engine import advance, variables
from service.model import events
from service.model.bundle import Bundle
from service.model.inputs import CompleteTask, DeliverMessage, FireTimer, StartInstance

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
OPENS = (events.UserTaskCreated, events.TimerScheduled, events.MessageAwaited)
CLOSES = (
    events.UserTaskCompleted, events.UserTaskCancelled, events.TimerEnded, events.MessageAwaitEnded,
)  # fmt: skip


class Pair:
    """An instance in the engine and the same one in the token game."""

    def __init__(self, bundle: Bundle) -> None:
        self.definition = compiled(bundle)
        self.state: bytes | None = None
        self.now, self.ended = NOW, False
        self.open: dict[str, object] = {}
        self.give(StartInstance("x"))
        self.game = Game.begin(Nets(bundle), "x", {}, NOW)

    def give(self, input_) -> None:
        step = advance(
            self.definition, self.state, input_, instance_key="i", now=self.now, facts={}
        )
        self.state = step.state
        for event in step.events:
            if isinstance(event, OPENS):
                self.open[event.task_key] = event
            elif isinstance(event, CLOSES):
                self.open.pop(event.task_key)
            elif isinstance(event, events.InstanceCompleted):
                self.ended = True

    def step(self, data: st.DataObject) -> None:
        """One random input to both."""
        key = data.draw(st.sampled_from(sorted(self.open)))
        chosen = self.open[key]
        where = (chosen.process_id, chosen.element_id)
        self.now += timedelta(days=2)
        if isinstance(chosen, events.UserTaskCreated):
            values = {name: data.draw(st.sampled_from("pq")) for name in "vw"}
            self.give(CompleteTask(key, values))
            self.game.complete(where, values, self.now)
        elif isinstance(chosen, events.TimerScheduled):
            self.give(FireTimer(key, chosen.due))
            self.game.fire_timer(where, self.now)
        else:
            self.give(DeliverMessage(chosen.name))
            self.game.deliver("message", chosen.name, self.now)

    def compare(self) -> None:
        assert self.ended == self.game.ended
        assert self.waits(events.UserTaskCreated) == self.game.open("userTask")
        assert dict(variables(self.state)) == self.game.values
        if not self.ended:
            assert self.waits(events.TimerScheduled) == self.game.armed("timer")
            assert self.waits(events.MessageAwaited) == self.game.armed("message")

    def waits(self, kind: type) -> Counter:
        found = (e for e in self.open.values() if isinstance(e, kind))
        return Counter((e.process_id, e.element_id) for e in found)


def agree(bundle: Bundle, data: st.DataObject, length: int) -> None:
    pair = Pair(bundle)
    pair.compare()
    for _ in range(length):
        if pair.ended:
            return
        pair.step(data)
        pair.compare()


RELAXED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=60, **RELAXED)
@given(bundles(), st.data())
def test_engine_and_token_game_agree_on_drawn_diagrams(bundle: Bundle, data: st.DataObject) -> None:
    agree(bundle, data, 25)


@pytest.mark.heavy
@settings(max_examples=10_000, **RELAXED)
@given(bundles(depth=4), st.data())
def test_engine_and_token_game_agree_on_larger_ones(bundle: Bundle, data: st.DataObject) -> None:
    agree(bundle, data, 60)
