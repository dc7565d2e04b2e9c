"""What SpiffWorkflow takes for its script engine: whatever it wants evaluated is FEEL.

Nothing reaches Python's own evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.engine.decide import decide, variables_of
from service.engine.moment import Moment
from service.engine.skeleton import names_of
from service.model.errors import BadInput
from service.model.events import DecisionEvaluated


class Script:
    """Answers to SpiffWorkflow's questions within one step."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        """A condition of a sequence flow."""
        element = self.moment.definition.element_of(task)
        assert element
        return self.moment.value(expression, element) is True

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        """A business rule task: its script is the element's name."""
        element = self.moment.definition.element(*names_of(script))
        assert element.decision_id
        self.moment.enter(task, element)
        moment = self.moment
        outcome = decide(
            moment.definition, element, element.decision_id, moment.names(), moment.now
        )
        self.moment.events.append(
            DecisionEvaluated(
                task.id,
                element.id,
                element.decision_id,
                dict(outcome.inputs),
                tuple(rule.rule_id for rule in outcome.rules),
                outcome.result,
            )
        )
        found = variables_of(self.moment.definition, element, outcome)
        self.moment.given[task.id] = {
            n: v
            for n, v in found.items()
            if n in element.outputs or n == element.properties.get("result")
        }
        return True

    def members(self, task: Any, variable: str) -> list[Any]:
        """Members of a multi-instance; its collecting variable begins empty."""
        element = self.moment.definition.element_of(task)
        assert element and element.loop
        found = self.moment.names().get(variable)
        if not isinstance(found, list):
            raise BadInput(f"{element.process_id}/{element.id}：{variable} 应是一个列表。")
        if element.loop.collects:
            self.moment.loaded.variables[element.loop.collects] = {}
        return list(found)

    def count(self, task: Any, expression: str) -> int:
        """Cardinality of a multi-instance."""
        element = self.moment.definition.element_of(task)
        assert element
        found = self.moment.value(expression, element)
        if not isinstance(found, Decimal) or not 0 <= found <= 1000:
            raise BadInput(f"{element.process_id}/{element.id}：个数应在 0 到 1000 之间。")
        return int(found)

    def holds(self, task: Any, expression: str, counts: Mapping[str, int]) -> bool:
        """Completion condition of a multi-instance."""
        element = self.moment.definition.element_of(task)
        assert element
        return self.moment.value(expression, element, counts) is True
