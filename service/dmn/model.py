"""Decision models: decisions with their requirements, evaluated on demand and once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from service.dmn.errors import DmnError
from service.feel import Function
from service.feel.expression import incoming


@dataclass(frozen=True)
class MatchedRule:
    """A rule that fired, with its annotations by column name."""

    rule_id: str
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a decision gave: the result, the rules that fired, the inputs it was given."""

    result: Any
    rules: tuple[MatchedRule, ...]
    inputs: Mapping[str, Any]


@dataclass
class Evaluation:
    """One evaluation: the clock, functions, notes on what became null, rules fired by the decision."""

    now: datetime
    functions: Mapping[str, Function] | None
    warnings: list[str] = field(default_factory=list)
    rules: tuple[MatchedRule, ...] = ()


class Logic(Protocol):
    """A boxed expression: the decision's logic."""

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """The value for the names in scope."""
        ...

    @property
    def free_names(self) -> frozenset[str]:
        """Names that it reads."""
        ...


@dataclass(frozen=True)
class Decision:
    """A decision. `requires` are the names of decisions that feed it; `hit_policy` of its table, if any."""

    id: str
    name: str
    logic: Logic
    requires: Mapping[str, str]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    hit_policy: str | None
    line: int


@dataclass(frozen=True)
class DecisionModel:
    """The decisions of one file by id; `models` are business knowledge models by name."""

    path: str
    name: str
    decisions: Mapping[str, Decision]
    models: Mapping[str, Logic]

    def evaluate(
        self,
        decision_id: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        functions: Mapping[str, Function] | None = None,
    ) -> Outcome:
        """The outcome of a decision for inputs by name.

        Raises DmnError for an unknown decision, an input outside its allowed values, rules that
        contradict the hit policy.
        """
        if decision_id not in self.decisions:
            raise DmnError(f"没有决策 {decision_id}", path=self.path)
        run = Evaluation(now, functions)
        names = {name: incoming(value) for name, value in inputs.items()}
        for name, logic in self.models.items():
            names[name] = logic.evaluate(names, run)
        result = self._value(decision_id, names, run, ())
        return Outcome(result, run.rules, {n: names.get(n) for n in inputs})

    def _value(
        self, decision_id: str, names: dict[str, Any], run: Evaluation, path: tuple[str, ...]
    ) -> Any:
        decision = self.decisions[decision_id]
        if decision_id in path:
            raise DmnError("决策之间互相依赖成环", path=self.path, decision=decision_id)
        scope = dict(names)
        for name, required in decision.requires.items():
            scope[name] = self._value(required, names, run, (*path, decision_id))
        run.rules = ()
        return decision.logic.evaluate(scope, run)
