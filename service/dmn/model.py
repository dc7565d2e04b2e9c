"""Decision models: decisions with their requirements, evaluated on demand and once each."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from service.dmn.errors import DmnError
from service.feel import Function
from service.feel.compile import Scope
from service.feel.limits import DEFAULT, Limits, Run
from service.feel.types import Type

if TYPE_CHECKING:
    from service.dmn.boxed import FunctionDefinition
    from service.dmn.session import Session


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


class Evaluation(Run):
    """One evaluation of a model: a run of FEEL that also notes the rules of the last table."""

    __slots__ = ("rules",)

    def __init__(
        self, now: datetime, limits: Limits = DEFAULT, types: Mapping[str, Type] | None = None
    ) -> None:
        super().__init__(now, limits, types)
        self.rules: tuple[MatchedRule, ...] = ()


class Logic(Protocol):
    """A boxed expression: the decision's logic."""

    def evaluate(self, scope: Scope) -> Any:
        """The value for the names in scope; `scope.run` is the Evaluation."""
        ...

    @property
    def free_names(self) -> frozenset[str]:
        """Names that it reads."""
        ...


@dataclass(frozen=True)
class Requirement:
    """A decision or input that another one needs. `model`: the name of the import, empty for the own file."""

    model: str
    name: str
    decision_id: str | None


@dataclass(frozen=True)
class Decision:
    """A decision. `hit_policy` is that of its table, if any; `type` is what its value has to be."""

    id: str
    name: str
    logic: Logic
    requires: tuple[Requirement, ...]
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    hit_policy: str | None
    line: int
    type: Type | None = None


@dataclass(frozen=True)
class DecisionService:
    """Decisions offered together: `parameters` are the names of inputs, then of decisions given from
    outside (DMN 1.5, 10.4); `outputs` are ids of decisions.
    """

    name: str
    parameters: tuple[str, ...]
    given: frozenset[str]
    outputs: tuple[str, ...]


@functools.cache
def _session_type() -> type[Session]:
    from service.dmn.session import Session  # noqa: PLC0415 (a session holds a model)

    return Session


@dataclass(frozen=True)
class DecisionModel:
    """The decisions of one file by id; `models` are business knowledge models, `services` decision
    services, `imports` other models, all by name; `inputs` are the types of inputs by name,
    `input_ids` their names by id.

    `problems` is not empty only when the file was read tolerantly; such a decision raises its problem.
    """

    path: str
    name: str
    namespace: str
    decisions: Mapping[str, Decision]
    models: Mapping[str, FunctionDefinition]
    services: Mapping[str, DecisionService] = field(default_factory=dict)
    imports: Mapping[str, DecisionModel] = field(default_factory=dict)
    inputs: Mapping[str, Type] = field(default_factory=dict)
    input_ids: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Type] = field(default_factory=dict)
    problems: tuple[DmnError, ...] = ()

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
        contradict the hit policy; FeelLimitExceeded.
        """
        if decision_id not in self.decisions:
            raise DmnError(f"没有决策 {decision_id}", path=self.path)
        run = Evaluation(now, types=self.types)
        session = _session_type()(self, inputs, run, functions)
        result = session.value(decision_id)
        return Outcome(result, run.rules, {n: session.inputs.get(n) for n in inputs})

    def evaluate_service(
        self, name: str, inputs: Mapping[str, Any], *, now: datetime
    ) -> Mapping[str, Any]:
        """Values of a decision service's outputs by the decisions' names. Raises as `evaluate`."""
        if name not in self.services:
            raise DmnError(f"没有决策服务 {name}", path=self.path)
        session = _session_type()(self, inputs, Evaluation(now, types=self.types), None)
        return session.service(self.services[name], inputs)
