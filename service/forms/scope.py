"""Evaluate the expressions of a form: what is hidden, what is computed, over one set of names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.feel import Expression, FeelLimitExceeded
from service.feel.host import host_functions
from service.forms.schema import Component
from service.forms.typed import typed
from service.regulation.calendar import Calendar

ROUNDS = 8
# Functions over working days need the county's calendar, which a form has not; periods do not.
FUNCTIONS = {
    name: function
    for name, function in host_functions(Calendar()).items()
    if not name.startswith("working days")
}


@dataclass(frozen=True)
class Scope:
    """Names of the surroundings (variables, facts, settings) and the clock."""

    context: Mapping[str, Any]
    now: datetime

    def of(self, expression: Expression, names: Mapping[str, Any]) -> Any:
        """The value over the form's names, which hide those of the surroundings.

        An expression that exceeds its limits is null: its rule does not hold, its field shows.
        """
        try:
            return expression.evaluate({**self.context, **names}, now=self.now, functions=FUNCTIONS)
        except FeelLimitExceeded:
            return None

    def holds(self, expression: Expression | None, names: Mapping[str, Any]) -> bool:
        """Whether there is an expression and it is true."""
        return expression is not None and self.of(expression, names) is True

    def is_required(self, component: Component, names: Mapping[str, Any]) -> bool:
        """Whether a value must be given."""
        return component.required or self.holds(component.required_if, names)

    def is_readonly(self, component: Component, names: Mapping[str, Any]) -> bool:
        """Whether a value from outside is ignored."""
        if isinstance(component.readonly, Expression):
            return self.holds(component.readonly, names)
        return component.readonly


def settle(
    components: tuple[Component, ...],
    fields: Mapping[str, Component],
    given: Mapping[str, Any],
    scope: Scope,
    around: Mapping[str, Any],
) -> tuple[dict[str, Any], set[str]]:
    """Typed names by key with computed ones, hidden ones null, and the keys that are hidden.

    A condition may read a computed field, an expression a hidden one, so both are repeated until
    nothing changes (at most ROUNDS times, for conditions that contradict each other).
    """
    entered = {k: typed(c, given.get(k)) for k, c in fields.items() if not c.computed}
    names, gone = dict(entered), set[str]()
    for _ in range(ROUNDS):
        before = (dict(names), gone)
        names = {k: None if k in gone else v for k, v in entered.items()}
        for key, component in fields.items():
            if component.computed:
                value = scope.of(component.computed, seen({**before[0], **names}, around))
                names[key] = None if key in gone else value
        gone = _hidden(components, seen(names, around), scope, False)
        if (names, gone) == before:
            break
    return names, gone


def seen(names: Mapping[str, Any], around: Mapping[str, Any]) -> dict[str, Any]:
    """What an expression reads: the level's names, also as `this`, and those around it."""
    return {**around, **names, "this": names}


def around_row(names: Mapping[str, Any], index: int) -> dict[str, Any]:
    """What surrounds a row: the form's names, also as `parent`, and the row's number in `i`."""
    return {**names, "parent": names.get("this"), "i": [Decimal(index + 1)]}


def _hidden(
    components: tuple[Component, ...], names: Mapping[str, Any], scope: Scope, off: bool
) -> set[str]:
    found: set[str] = set()
    for component in components:
        gone = off or scope.holds(component.hide, names)
        if component.is_input and gone:
            found.add(component.key)
        if component.type == "group":
            found |= _hidden(component.components, names, scope, gone)
    return found
