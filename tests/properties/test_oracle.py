"""The token game as oracle of the engine: after each step both wait for the same things.

A random walk drives the engine; each input that it accepts is also given to the token game, which reads the
diagrams with code of its own. Then open tasks with their number, armed timers, awaited messages and signals
are compared, and whether the instance has ended.
"""

import re
from collections import Counter

import pytest
from exact_game import Game, Nets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_walks import DEFINITION, Walk, domain

from service.engine import variables
from service.model import events
from service.model.inputs import (
    CompleteService,
    CompleteTask,
    DeliverMessage,
    DeliverSignal,
    FireTimer,
    StartInstance,
)

NETS = Nets(DEFINITION.bundle)
WORD = re.compile(r"[a-z][a-z0-9_]*")
DOMAINS = {
    output.name: domain(output)
    for process in DEFINITION.processes.values()
    for element in process.elements.values()
    for output in element.outputs.values()
}


def _words(process_id: str, seen: set[str]) -> set[str]:
    """Words of a diagram, of the tables that it asks and of the diagrams that it calls."""
    seen.add(process_id)
    process, files = DEFINITION.processes[process_id], DEFINITION.bundle.files
    found = set(WORD.findall(files[process.path].decode()))
    for element in process.elements.values():
        if element.decision_id:
            asked = f'id="{element.decision_id}"'.encode()
            tables = [s for p, s in files.items() if p.endswith(".dmn") and asked in s]
            found.update(*(WORD.findall(s.decode()) for s in tables))
        if element.called and element.called not in seen:
            found |= _words(element.called, seen)
    return found


READ = {
    p: sorted(_words(p, set()) & DOMAINS.keys()) or sorted(DOMAINS) for p in DEFINITION.processes
}


class Compared(Walk):
    """A walk that the token game walks too."""

    game: Game

    def __init__(self, process_id: str, data: st.DataObject) -> None:
        self.services_seen: dict[str, events.ServiceTaskRequested] = {}
        self.begun: dict[str, int] = {}  # task → the input with which its round began
        self.said: dict[
            str, tuple[int, dict]
        ] = {}  # collecting variable → its round, what members said
        super().__init__(process_id, data)

    def given(self, process_id: str) -> dict:
        """Others may have set before what the diagram reads: so that a walk comes to all that follows from it."""
        wanted = self.data.draw(
            st.lists(st.sampled_from(READ[process_id]), max_size=8, unique=True)
        )
        drawn = {name: self.data.draw(st.sampled_from(DOMAINS[name])) for name in wanted}
        self.facts |= {n: value for n, value in drawn.items() if n.startswith("project_")}
        others = {n: value for n, value in drawn.items() if not n.startswith("project_")}
        return {**super().given(process_id), **others}

    def give(self, input_) -> bool:
        input_ = self.as_signal(input_)
        where = self.where(getattr(input_, "task_key", None))
        self.member_of = {key: task.member for key, task in self.tasks.items()}
        if not super().give(input_):
            return False
        self.mirror(input_, where)
        self.compare(input_, where)
        return True

    def as_signal(self, input_):
        """A signal where the walk would deliver a message of that name."""
        if isinstance(input_, DeliverMessage) and self.kind_of[input_.name] == "signal":
            return DeliverSignal(input_.name)
        return input_

    @property
    def kind_of(self) -> dict[str, str]:
        return {
            e.event_name: e.event
            for p in DEFINITION.processes.values()
            for e in p.elements.values()
            if e.event in ("message", "signal")
        }

    def where(self, key):
        for known in (self.tasks, self.services_seen, self.timers):
            if key in known:
                return known[key].process_id, known[key].element_id
        return None

    def hear(self, event) -> None:
        if isinstance(event, events.ServiceTaskRequested):
            self.services_seen[event.task_key] = event
        elif isinstance(event, events.UserTaskCreated):
            self.begun[event.task_key] = len(self.inputs)
        super().hear(event)

    def collect(self, input_: CompleteTask, where) -> None:
        """What members of a multi-instance task say, each under his name; each round begins with nothing."""
        loop = DEFINITION.element(*where).loop
        if loop is None or loop.collects is None:
            return
        member, begun = self.member_of[input_.task_key], self.begun[input_.task_key]
        before, said = self.said.get(loop.collects, (begun, {}))
        now = {**(said if before == begun else {}), member: dict(input_.variables)}
        self.said[loop.collects] = (begun, now)
        self.game.values[loop.collects] = now

    def mirror(self, input_, where) -> None:
        match input_:
            case StartInstance():
                _, _, facts = self.inputs[-1]
                values = {**facts, **input_.variables}
                self.game = Game.begin(NETS, input_.process_id, values, self.now)
            case CompleteTask() | CompleteService():
                if isinstance(input_, CompleteTask):
                    self.collect(input_, where)
                self.game.complete(where, input_.variables, self.now)
            case FireTimer():
                self.game.fire_timer(where, self.now)
            case DeliverMessage():
                self.game.deliver("message", input_.name, self.now)
            case DeliverSignal():
                self.game.deliver("signal", input_.name, self.now)

    def compare(self, input_, where) -> None:
        about = f"after {type(input_).__name__} {where}"
        assert self.ended == self.game.ended, about
        known = {**self.facts, **variables(self.state)}
        assert set_by(known) == set_by(self.game.values), about
        assert counted(self.tasks.values()) == self.game.open("userTask"), about
        if self.ended:
            return
        assert counted(self.timers.values()) == self.game.armed("timer"), about
        expected = Counter(self.messages.values())
        found: Counter[str] = Counter()
        for t in self.game.waiting():
            if t.catches and t.catches[0] in ("message", "signal"):
                found[t.catches[1] or ""] += 1
        assert expected == found, about


COLLECTED = {
    element.loop.collects
    for process in DEFINITION.processes.values()
    for element in process.elements.values()
    if element.loop and element.loop.collects
}  # what members said, each under his name: the token game knows how many there are, not who


def set_by(values) -> dict:
    """Variables that have a value, those apart that a multi-instance task collects."""
    return {n: value for n, value in values.items() if value is not None and n not in COLLECTED}


def counted(items) -> Counter:
    return Counter((i.process_id, i.element_id) for i in items)


def compared(process_id: str, data: st.DataObject, length: int) -> None:
    made = Compared(process_id, data)
    for _ in range(length):
        if made.ended:
            return
        assert made.step(), "the instance waits for nothing and has not ended"


@pytest.mark.parametrize("process_id", sorted(DEFINITION.processes))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_and_token_game_agree(process_id: str, data: st.DataObject) -> None:
    compared(process_id, data, 25)


@pytest.mark.heavy
@pytest.mark.parametrize("process_id", sorted(DEFINITION.processes))
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engine_and_token_game_agree_on_long_walks(process_id: str, data: st.DataObject) -> None:
    compared(process_id, data, 80)
