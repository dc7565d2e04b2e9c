"""The gate of a task (准入): why a submission is refused, and the same rules as a checklist beforehand.

Also what the rule task after it will find (`foresees`), while the form is being filled in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from service.dmn import CellView, RuleView, rule_by_rule
from service.engine.context import names_for
from service.engine.decide import bound_inputs, decide, reasons_of
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.reading import task_at
from service.feel import parse
from service.feel.host import HOST_NAMES
from service.model.errors import Reason
from service.model.values import Value

OK, BAD, WAIT = "ok", "bad", "wait"
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


def check_gate(
    definition: Definition,
    state: bytes,
    task_key: str,
    values: Mapping[str, Value],
    *,
    facts: Mapping[str, Value],
    now: datetime,
) -> tuple[Reason, ...]:
    """Why the task's gate refuses a submission; empty when it may be submitted."""
    element, variables = task_at(definition, state, task_key)
    gate = element.properties.get("gate")
    if not gate:
        return ()
    names = names_for(definition, variables, facts, values)
    return reasons_of(decide(definition, element, gate, names, now))


def gate_items(
    definition: Definition,
    state: bytes,
    task_key: str,
    values: Mapping[str, Value],
    *,
    facts: Mapping[str, Value],
    now: datetime,
) -> tuple[GateItem, ...]:
    """The rules of the task's gate as a checklist for `values` (typed, missing ones null).

    Rules that cannot apply at this element (a cell that a constant of the diagram fails) are left out.
    """
    element, variables = task_at(definition, state, task_key)
    gate = element.properties.get("gate")
    if not gate or gate not in definition.decisions:
        return ()
    return _rules(
        definition, element, gate, values, names_for(definition, variables, facts, values), now
    )


def foreseen_items(
    definition: Definition,
    state: bytes,
    task_key: str,
    values: Mapping[str, Value],
    *,
    facts: Mapping[str, Value],
    now: datetime,
) -> tuple[GateItem, ...]:
    """What the rule task that the element names in `foresees` will find, rule by rule; nothing is refused.

    `bad` then means that the rule will fire, `ok` that it will not.
    """
    element, variables = task_at(definition, state, task_key)
    if "foresees" not in element.properties:
        return ()
    judge = definition.element(element.process_id, element.properties["foresees"])
    assert judge.decision_id
    names = names_for(definition, variables, facts, values)
    return _rules(definition, judge, judge.decision_id, values, names, now)


def _rules(
    definition: Definition,
    element: Element,
    decision_id: str,
    values: Mapping[str, Value],
    names: Mapping[str, Value],
    now: datetime,
) -> tuple[GateItem, ...]:
    """The rules of a decision with the inputs that `element` binds, those that fire first."""
    sources = _sources(definition, element, decision_id)
    inputs = bound_inputs(definition, element, decision_id, names, now)
    model = definition.decisions[decision_id]
    views = rule_by_rule(model, decision_id, inputs, now=now, functions=definition.functions)
    blank = {key for key in values if names.get(key) in (None, [], "")}
    made = [_item(view, sources, values, blank) for view in views]
    order = (BAD, WAIT, OK)
    return tuple(sorted(filter(None, made), key=lambda item: order.index(item.state)))


def _sources(definition: Definition, element: Element, gate: str) -> dict[str, frozenset[str]]:
    """For each input of the decision the names that its value comes from; none for a constant."""
    bound = element.family("in")
    return {
        name: parse(bound[name], names=HOST_NAMES).free_names - set(HOST_NAMES)
        if name in bound
        else frozenset((name,))
        for name in definition.decisions[gate].decisions[gate].input_names
    }


def _item(
    view: RuleView,
    sources: Mapping[str, frozenset[str]],
    fields: Collection[str],
    blank: Collection[str],
) -> GateItem | None:
    def reads(cell: CellView) -> frozenset[str]:
        return frozenset().union(*(sources.get(name, frozenset()) for name in cell.reads))

    if any(not cell.holds and not reads(cell) for cell in view.cells):
        return None
    bearing = frozenset().union(*(reads(cell) for cell in view.cells))
    open_ = [cell for cell in view.cells if reads(cell) & set(blank)]
    settled = [cell for cell in view.cells if cell not in open_]
    holds = all(cell.holds for cell in settled)
    state = (WAIT if open_ else BAD) if holds else OK
    return GateItem(
        state,
        _text(view, state),
        tuple(view.annotations.get(CLAUSES, "").split()),
        tuple(key for key in fields if key in bearing),
    )


def _text(view: RuleView, state: str) -> str:
    if state == BAD:
        return str(view.result or view.annotations.get(SENTENCE, view.rule_id))
    return view.annotations.get(DEMAND) or "、".join(cell.label for cell in view.cells)
