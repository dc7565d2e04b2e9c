"""The gate of a task (准入): why a submission is refused, and the same rules as a checklist beforehand.

Also what the rule task after it will find (`foresees`), while the form is being filled in.
"""

from __future__ import annotations

import functools
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.dmn import CellView, RuleView, rule_by_rule
from service.engine.blanks import choices_of, verdict
from service.engine.context import names_for
from service.engine.decide import bound_inputs, decide, reasons_of
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.filled import Filled
from service.engine.reading import task_at
from service.feel import parse
from service.feel.host import HOST_NAMES
from service.model.errors import Reason
from service.model.values import Value

OK, BAD, WAIT = "ok", "bad", "wait"
_STATES = {True: BAD, False: OK, None: WAIT}
DEMAND, CLAUSES, SENTENCE = "要求", "条款", "说明"


@dataclass(frozen=True)
class GateItem:
    """A demand of the gate. `state`: ok, bad (it would refuse), wait (a field is not filled yet).

    `text`: what is demanded, or when it is bad what is wrong; `clauses`: ids; `fields`: keys of the
    form that bear on it.
    """

    state: str
    text: str
    clauses: tuple[str, ...]
    fields: tuple[str, ...]


def check_gate(task: Filled) -> tuple[Reason, ...]:
    """Why the task's gate refuses a submission; empty when it may be submitted."""
    element, names = _at(task)
    gate = element.properties.get("gate")
    if not gate:
        return ()
    return reasons_of(decide(task.definition, element, gate, names, task.now))


def gate_items(task: Filled) -> tuple[GateItem, ...]:
    """The rules of the task's gate as a checklist for what is typed.

    Rules that cannot apply at this element (a cell that a constant of the diagram fails) are left out.
    """
    element, names = _at(task)
    gate = element.properties.get("gate")
    if not gate or gate not in task.definition.decisions:
        return ()
    judge = _Judge(task.definition, element, gate, task.now)
    return _rules(judge, names, task.values, choices_of(task.definition, element))


def foreseen_items(task: Filled) -> tuple[GateItem, ...]:
    """What the rule task that the element names in `foresees` will find, rule by rule; nothing is refused.

    `bad` then means that the rule will fire, `ok` that it will not.
    """
    element, names = _at(task)
    if "foresees" not in element.properties:
        return ()
    asked = task.definition.element(element.process_id, element.properties["foresees"])
    assert asked.decision_id
    judge = _Judge(task.definition, asked, asked.decision_id, task.now)
    return _rules(judge, names, task.values, choices_of(task.definition, element))


def _at(task: Filled) -> tuple[Element, Mapping[str, Value]]:
    """The element of the task, and every name that its expressions may use."""
    element, variables = task_at(task.definition, task.state, task.task_key)
    return element, names_for(task.definition, variables, task.facts, task.values)


@dataclass(frozen=True)
class _Judge:
    """A decision with the inputs that an element binds, at a moment."""

    definition: Definition
    element: Element
    decision_id: str
    now: datetime

    def views(self, names: Mapping[str, Value]) -> tuple[RuleView, ...]:
        """Its rules for these values."""
        definition, now = self.definition, self.now
        inputs = bound_inputs(definition, self.element, self.decision_id, names, now)
        model, functions = definition.decisions[self.decision_id], definition.functions
        return rule_by_rule(model, self.decision_id, inputs, now=now, functions=functions)


def _rules(
    judge: _Judge,
    names: Mapping[str, Value],
    values: Mapping[str, Value],
    choices: Mapping[str, Sequence[Value]],
) -> tuple[GateItem, ...]:
    """The rules of a decision, those that fire first."""
    sources = _sources(judge.definition, judge.element, judge.decision_id)
    looked: dict[tuple[tuple[str, Value], ...], tuple[RuleView, ...]] = {}

    def look(number: int, filled: Mapping[str, Value]) -> RuleView:
        key = tuple(filled.items())
        if key not in looked:
            looked[key] = judge.views(ChainMap(dict(filled), names))  # type: ignore[arg-type]
        return looked[key][number]

    blank = {key for key in values if names.get(key) in (None, [], "")}
    made = []
    for number, view in enumerate(judge.views(names)):
        reads = [_read(cell, sources) for cell in view.cells]
        if any(not cell.holds and not read for cell, read in zip(view.cells, reads, strict=True)):
            continue  # a constant of the diagram: the rule cannot apply here
        fires = verdict(functools.partial(look, number), reads, blank, choices)
        state = _STATES[fires]
        bearing = frozenset().union(*reads)
        clauses = tuple(view.annotations.get(CLAUSES, "").split())
        fields = tuple(key for key in values if key in bearing)
        made.append(GateItem(state, _text(view, state), clauses, fields))
    order = (BAD, WAIT, OK)
    return tuple(sorted(made, key=lambda item: order.index(item.state)))


def _read(cell: CellView, sources: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The names that a cell's value comes from."""
    return frozenset().union(*(sources.get(name, frozenset()) for name in cell.reads))


def _sources(definition: Definition, element: Element, gate: str) -> dict[str, frozenset[str]]:
    """For each input of the decision the names that its value comes from; none for a constant."""
    bound = element.family("in")
    return {
        name: parse(bound[name], names=HOST_NAMES).free_names - set(HOST_NAMES)
        if name in bound
        else frozenset((name,))
        for name in definition.decisions[gate].decisions[gate].input_names
    }


def _text(view: RuleView, state: str) -> str:
    if state == BAD:
        return str(view.result or view.annotations.get(SENTENCE, view.rule_id))
    return view.annotations.get(DEMAND) or "、".join(cell.label for cell in view.cells)
