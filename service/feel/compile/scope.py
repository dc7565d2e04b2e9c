"""Where names are looked up while an expression runs; behind all scopes stand the built-in functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.feel.functions.declare import FUNCTIONS
from service.feel.limits import Run


class Scope:
    """Names visible at a place: a mapping, the scope around it, and the run."""

    __slots__ = ("around", "names", "run")

    def __init__(self, names: Any, around: Scope | None, run: Run) -> None:
        self.names = names
        self.around = around
        self.run = run

    def find(self, name: str) -> Any:
        """The value of a name; null when nobody has set it."""
        scope: Scope | None = self
        while scope is not None:
            names = scope.names
            if name in names:
                return names[name]
            scope = scope.around
        found = FUNCTIONS.get(name)
        return self.run.null(f"{name} 未定义") if found is None else found

    def knows(self, name: str) -> bool:
        """Whether a scope, and not only the built-in functions, knows the name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return True
            scope = scope.around
        return False

    def inner(self, names: Any) -> Scope:
        """A scope inside this one."""
        return Scope(names, self, self.run)


Code = Callable[[Scope], Any]
