"""One evaluation of a model: values of decisions, each found once, in the scope that they require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.dmn.errors import DmnError
from service.dmn.model import DecisionModel, DecisionService, Evaluation
from service.feel import Function
from service.feel.compile import Scope
from service.feel.expression import incoming, outermost
from service.feel.limits import Run
from service.feel.tokens import normal_name
from service.feel.types import Type, fitted


class Session:
    """A model with its inputs; imported models have sessions of their own with the same inputs."""

    def __init__(
        self,
        model: DecisionModel,
        inputs: Mapping[str, Any],
        run: Evaluation,
        functions: Mapping[str, Function] | None,
    ) -> None:
        self.model = model
        self.run = run
        self.functions = functions
        self.inputs = {
            name: self._fitted(incoming(value), model.inputs.get(name), name)
            for name, value in inputs.items()
        }
        self.imports = {
            name: Session(imported, inputs, run, functions)
            for name, imported in model.imports.items()
        }
        self._values: dict[str, Any] = {}
        self._open: list[str] = []
        self._scope = self._base()

    def value(self, decision_id: str) -> Any:
        """The value of a decision. Raises DmnError, also for decisions that require each other."""
        if decision_id in self._values:
            return self._values[decision_id]
        decision = self.model.decisions[decision_id]
        if decision_id in self._open:
            raise DmnError("决策之间互相依赖成环", path=self.model.path, decision=decision_id)
        self._open.append(decision_id)
        try:
            scope = self.scope_of(decision_id)
            self.run.rules = ()
            found = decision.logic.evaluate(scope)
        except RecursionError as wrong:
            raise DmnError("嵌套过深", path=self.model.path, decision=decision_id) from wrong
        finally:
            self._open.pop()
        self._values[decision_id] = self._fitted(found, decision.type, decision.name)
        return self._values[decision_id]

    def scope_of(self, decision_id: str) -> Scope:
        """The names that a decision's logic sees: inputs, and what it requires, evaluated."""
        return self._scope.inner(self._required(decision_id))

    def service(self, service: DecisionService, given: Mapping[str, Any]) -> dict[str, Any]:
        """Outputs of a decision service by the decisions' names, for parameters by name."""
        self.run.tick(1 + len(self.inputs) + len(given))
        inner = Session(self.model, {**self.inputs, **given}, self.run, self.functions)
        for decision_id in service.given:
            decision = self.model.decisions[decision_id]
            value = incoming(given.get(normal_name(decision.name)))
            inner._values[decision_id] = self._fitted(value, decision.type, decision.name)
        return {
            normal_name(self.model.decisions[output].name): inner.value(output)
            for output in service.outputs
        }

    def known(self) -> dict[str, Any]:
        """Functions and inputs of the model by name, for a model that imports it."""
        return dict(self._scope.names)

    def _base(self) -> Scope:
        names: dict[str, Any] = dict(self.inputs)
        scope = outermost(self.run, self.functions).inner(names)
        for name, session in self.imports.items():
            if name:
                names[name] = session.known()
            else:
                names.update(session.known())
        for name, definition in self.model.models.items():
            names[name] = definition.evaluate(scope)
        for name, service in self.model.services.items():
            names[name] = self._function(service)
        return scope

    def _required(self, decision_id: str) -> dict[str, Any]:
        names: dict[str, Any] = {}
        for need in self.model.decisions[decision_id].requires:
            if need.model not in self.imports:
                if need.decision_id:
                    names[need.name] = self.value(need.decision_id)
                continue
            session = self.imports[need.model]
            value = (
                session.value(need.decision_id)
                if need.decision_id
                else session.inputs.get(need.name)
            )
            if need.model:
                inner = names.setdefault(need.model, dict(self._scope.names[need.model]))
                inner[need.name] = value
            else:
                names[need.name] = value
        return names

    def _function(self, service: DecisionService) -> Function:
        types = {
            normal_name(self.model.decisions[d].name): self.model.decisions[d].type
            for d in service.given
        } | dict(self.model.inputs)

        def call(run: Run, *arguments: Any) -> Any:
            given = dict(zip(service.parameters, arguments, strict=True))
            try:
                for name, value in given.items():
                    wanted = types.get(name)
                    given[name] = value if wanted is None else fitted(value, wanted, run.types, run)
            except TypeError as wrong:
                return run.null(f"{service.name} 的参数类型不符：{wrong}")
            outputs = self.service(service, given)
            return outputs if len(outputs) > 1 else next(iter(outputs.values()))

        return Function(
            service.parameters, call, required=len(service.parameters), name=service.name
        )

    def _fitted(self, value: Any, wanted: Type | None, name: str) -> Any:
        if wanted is None:
            return value
        try:
            return fitted(value, wanted, self.model.types, self.run)
        except TypeError as wrong:
            return self.run.null(f"{name}：{wrong}")
