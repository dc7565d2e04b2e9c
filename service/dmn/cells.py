"""FEEL texts of a DMN file become compiled expressions; what is wrong says where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.dmn.errors import DmnError
from service.dmn.itemtypes import named
from service.dmn.xml import type_ref
from service.feel import Expression, FeelSyntaxError, UnaryTests, parse, parse_unary_tests
from service.feel.types import Type


@dataclass
class Cells:
    """What the texts of a file know: its path, the names and types in scope, the decision at hand."""

    path: str
    names: set[str]
    types: Mapping[str, Type]
    decision: str = field(default="")

    def wrong(self, problem: str, node: Any, rule: str = "", column: str = "") -> DmnError:
        """An error at a place."""
        return DmnError(
            problem,
            path=self.path,
            line=node.sourceline,
            decision=self.decision,
            rule=rule,
            column=column,
        )

    def expression(self, text: str, node: Any, rule: str = "", column: str = "") -> Expression:
        """A compiled expression. Raises DmnError."""
        try:
            return parse(text, names=self.names)
        except FeelSyntaxError as wrong:
            raise self.wrong(f"{wrong.message}（{text}）", node, rule, column) from wrong

    def tests(self, text: str, node: Any, rule: str = "", column: str = "") -> UnaryTests:
        """Compiled unary tests; an empty cell accepts everything. Raises DmnError."""
        try:
            return parse_unary_tests(text or "-", names=self.names)
        except FeelSyntaxError as wrong:
            raise self.wrong(f"{wrong.message}（{text}）", node, rule, column) from wrong

    def listed(self, text: str, node: Any) -> tuple[Expression, ...]:
        """The items of a comma-separated list of expressions."""
        return tuple(self.expression(part, node) for part in _split(text) if part)

    def type_of(self, node: Any | None) -> Type | None:
        """The type that an element refers to, if it does and there is such a type."""
        return named(type_ref(node), self.types)


def _split(text: str) -> Iterable[str]:
    """Cut at commas that stand outside quotes and brackets."""
    part, depth, quoted = "", 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not quoted and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += letter
    yield part.strip()
