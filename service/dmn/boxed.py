"""Boxed expressions other than tables (DMN 1.5, chapter 10.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.dmn.errors import DmnError
from service.dmn.model import Logic
from service.feel import Expression
from service.feel.calling import invoke_named
from service.feel.compile import (
    Scope,
    each,
    filtered,
    fitted_arguments,
    looped,
    quantified,
)
from service.feel.limits import Run
from service.feel.types import Type, fitted
from service.feel.values import Function

CHARACTERS_A_STEP = 16


def _as(value: Any, wanted: Type | None, scope: Scope) -> Any:
    if wanted is None:
        return value
    try:
        return fitted(value, wanted, scope.run.types, scope.run)
    except TypeError as wrong:
        return scope.run.null(str(wrong))


def _free(*parts: Logic | Expression) -> frozenset[str]:
    return frozenset().union(*(p.free_names for p in parts)) if parts else frozenset()


@dataclass(frozen=True)
class Literal:
    """A literal expression."""

    expression: Expression

    @property
    def free_names(self) -> frozenset[str]:
        """Names that it reads."""
        return self.expression.free_names

    def evaluate(self, scope: Scope) -> Any:
        """Its value; a text counts for its length, as it may stand in a function that is called often."""
        scope.run.tick(len(self.expression.text) // CHARACTERS_A_STEP)
        return self.expression.code(scope)


@dataclass(frozen=True)
class BoxedContext:
    """A context: entries in order, each seeing the earlier ones; a last one without name is the result."""

    entries: tuple[tuple[str | None, Logic, Type | None], ...]

    @property
    def free_names(self) -> frozenset[str]:
        """Names that entries read and no entry gives."""
        given = {name for name, _, _ in self.entries if name}
        return _free(*(logic for _, logic, _ in self.entries)) - given

    def evaluate(self, scope: Scope) -> Any:
        """The context, or the result entry."""
        made: dict[str, Any] = {}
        inner = scope.inner(made)
        for name, logic, wanted in self.entries:
            value = logic.evaluate(inner)
            if name is None:
                return value
            made[name] = _as(value, wanted, scope)
        return made


@dataclass(frozen=True)
class BoxedList:
    """A list, or a relation whose rows are contexts."""

    items: tuple[Logic, ...]

    @property
    def free_names(self) -> frozenset[str]:
        """Names that items read."""
        return _free(*self.items)

    def evaluate(self, scope: Scope) -> Any:
        """The list."""
        return [item.evaluate(scope) for item in self.items]


@dataclass(frozen=True)
class FunctionDefinition:
    """A function: parameters with the types they have to have, a body, the type of the result."""

    parameters: tuple[str, ...]
    body: Logic
    name: str = "function"
    types: tuple[Type | None, ...] = ()
    result: Type | None = None

    @property
    def free_names(self) -> frozenset[str]:
        """Names that the body reads beside its parameters."""
        return self.body.free_names - set(self.parameters)

    def evaluate(self, scope: Scope) -> Any:
        """The function as a value."""

        def call(run: Run, *arguments: Any) -> Any:
            given = fitted_arguments(arguments, self.types, run)
            if given is None:
                return None
            inner = scope.inner(dict(zip(self.parameters, given, strict=True)))
            return _as(self.body.evaluate(inner), self.result, scope)

        return Function(self.parameters, call, required=len(self.parameters), name=self.name)


@dataclass(frozen=True)
class Invocation:
    """A call of a named function with bindings."""

    function: Logic
    bindings: tuple[tuple[str, Logic], ...]

    @property
    def free_names(self) -> frozenset[str]:
        """Names that function and bindings read."""
        return _free(self.function, *(logic for _, logic in self.bindings))

    def evaluate(self, scope: Scope) -> Any:
        """What the function gives."""
        function = self.function.evaluate(scope)
        given = {name: logic.evaluate(scope) for name, logic in self.bindings}
        return invoke_named(function, given, scope.run)


@dataclass(frozen=True)
class Conditional:
    """if, then, else as boxes (DMN 1.4)."""

    test: Logic
    yes: Logic
    no: Logic

    @property
    def free_names(self) -> frozenset[str]:
        """Names that the three parts read."""
        return _free(self.test, self.yes, self.no)

    def evaluate(self, scope: Scope) -> Any:
        """The part that the test chooses; null chooses the last, a test that is no truth value nothing."""
        test = self.test.evaluate(scope)
        if not isinstance(test, bool | None):
            return scope.run.null("条件不是真假值")
        return (self.yes if test is True else self.no).evaluate(scope)


@dataclass(frozen=True)
class Iteration:
    """for, some, every and filter as boxes (DMN 1.4): `kind` says which; values as in the text form."""

    kind: str
    variable: str
    domain: Logic
    body: Logic

    @property
    def free_names(self) -> frozenset[str]:
        """Names that domain and body read beside the variable."""
        return _free(self.domain, self.body) - {self.variable, "item", "partial"}

    def evaluate(self, scope: Scope) -> Any:
        """A list for `for` and `filter`, a truth value for `some` and `every`."""
        body = self.body.evaluate
        domain = self.domain.evaluate(scope)
        if self.kind == "filter":
            return filtered(domain, body, scope)
        rows = each(self.variable, domain, scope)
        if self.kind == "for":
            return looped(rows, body, scope)
        return quantified(rows, body, some=self.kind == "some")


@dataclass(frozen=True)
class Nothing:
    """The logic of a decision that has none: null (DMN 1.5, 7.3.1)."""

    @property
    def free_names(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def evaluate(self, scope: Scope) -> Any:
        """Null."""
        return scope.run.null("没有决策逻辑")


@dataclass(frozen=True)
class Broken:
    """Logic that could not be read."""

    problem: DmnError

    @property
    def free_names(self) -> frozenset[str]:
        """None."""
        return frozenset()

    def evaluate(self, scope: Scope) -> Any:
        """Raises the problem."""
        raise self.problem
