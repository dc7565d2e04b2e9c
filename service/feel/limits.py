"""How much work one evaluation may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.feel.errors import FeelLimitExceeded

if TYPE_CHECKING:
    from service.feel.types import Type


@dataclass(frozen=True)
class Limits:
    """Upper bounds: iterations and calls, call depth, items of a list, characters of a string or text."""

    steps: int = 20_000
    depth: int = 40
    items: int = 10_000
    characters: int = 100_000
    text: int = 20_000
    nesting: int = 150


DEFAULT = Limits()


@dataclass
class Run:
    """One evaluation: its clock, what it has used up, why parts of it became null, named types."""

    now: datetime
    limits: Limits = DEFAULT
    steps: int = 0
    depth: int = 0
    warnings: list[str] = field(default_factory=list)
    types: Mapping[str, Type] = field(default_factory=dict)

    def tick(self, count: int = 1) -> None:
        """Count work. Raises FeelLimitExceeded."""
        self.steps += count
        if self.steps > self.limits.steps:
            raise FeelLimitExceeded(f"表达式的运算超过 {self.limits.steps} 步，请改写。")

    def sized(self, value: Any) -> Any:
        """The value itself, when it is not too large."""
        if isinstance(value, str) and len(value) > self.limits.characters:
            raise FeelLimitExceeded(f"文字超过 {self.limits.characters} 个字符，请改写。")
        if isinstance(value, list) and len(value) > self.limits.items:
            raise FeelLimitExceeded(f"列表超过 {self.limits.items} 项，请改写。")
        return value

    def null(self, why: str) -> None:
        """Note why a part became null, and be null."""
        if len(self.warnings) < 50:
            self.warnings.append(why)
