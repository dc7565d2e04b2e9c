"""Boxed expressions other than tables (DMN 1.5, chapter 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.dmn.model import Evaluation, Logic
from service.feel import Expression
from service.feel.compile import invoke_named
from service.feel.limits import Run
from service.feel.values import Function


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

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """Its value."""
        return self.expression.evaluate(
            names, now=run.now, functions=run.functions, warnings=run.warnings
        )


@dataclass(frozen=True)
class BoxedContext:
    """A context: entries in order, each seeing the earlier ones; a last one without name is the result."""

    entries: tuple[tuple[str | None, Logic], ...]

    @property
    def free_names(self) -> frozenset[str]:
        """Names that entries read and no entry gives."""
        return _free(*(logic for _, logic in self.entries)) - {n for n, _ in self.entries if n}

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """The context, or the result entry."""
        made: dict[str, Any] = {}
        for name, logic in self.entries:
            value = logic.evaluate({**names, **made}, run)
            if name is None:
                return value
            made[name] = value
        return made


@dataclass(frozen=True)
class BoxedList:
    """A list, or a relation whose rows are contexts."""

    items: tuple[Logic, ...]

    @property
    def free_names(self) -> frozenset[str]:
        """Names that items read."""
        return _free(*self.items)

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """The list."""
        return [item.evaluate(names, run) for item in self.items]


@dataclass(frozen=True)
class FunctionDefinition:
    """A function: parameters and a body."""

    parameters: tuple[str, ...]
    body: Logic
    name: str = "function"

    @property
    def free_names(self) -> frozenset[str]:
        """Names that the body reads beside its parameters."""
        return self.body.free_names - set(self.parameters)

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """The function as a value."""

        def call(_run: Run, *arguments: Any) -> Any:
            given = dict(zip(self.parameters, arguments, strict=True))
            return self.body.evaluate({**names, **given}, run)

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

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """What the function gives."""
        function = self.function.evaluate(names, run)
        given = {name: logic.evaluate(names, run) for name, logic in self.bindings}
        return invoke_named(function, given, Run(run.now))


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

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """The part that the test chooses; what is not true chooses the last."""
        chosen = self.yes if self.test.evaluate(names, run) is True else self.no
        return chosen.evaluate(names, run)


@dataclass(frozen=True)
class Iteration:
    """for, some, every and filter as boxes (DMN 1.4): `kind` says which."""

    kind: str
    variable: str
    domain: Logic
    body: Logic

    @property
    def free_names(self) -> frozenset[str]:
        """Names that domain and body read beside the variable."""
        return _free(self.domain, self.body) - {self.variable, "item", "partial"}

    def evaluate(self, names: Mapping[str, Any], run: Evaluation) -> Any:
        """A list for `for` and `filter`, a truth value for `some` and `every`; null without a list."""
        items = self.domain.evaluate(names, run)
        if not isinstance(items, list):
            return None
        found: list[Any] = []
        for item in items:
            inner = {**names, **(item if isinstance(item, dict) and self.kind == "filter" else {})}
            inner |= {self.variable: item, "partial": found}
            found.append(self.body.evaluate(inner, run))
        if self.kind == "for":
            return found
        if self.kind == "filter":
            return [item for item, keep in zip(items, found, strict=True) if keep is True]
        if self.kind == "some":
            return True if True in found else None if None in found else False
        return False if False in found else None if None in found else True
