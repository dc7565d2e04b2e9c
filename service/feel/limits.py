"""How much work one evaluation may do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.feel.errors import FeelLimitExceeded
from service.feel.values import NESTED, SIZED

if TYPE_CHECKING:
    from service.feel.types import Type


@dataclass(frozen=True)
class Limits:
    """Upper bounds: steps (iterations, calls, and what they handle by size), call depth, items of a list,
    characters of a string, of the text, levels of nesting, of scopes within one
    another, seconds for all patterns of an evaluation, items at all depths of a result.
    """

    steps: int = 7_500
    depth: int = 40
    items: int = 5_000
    characters: int = 50_000
    text: int = 4_000
    nesting: int = 150
    scopes: int = 20
    pattern_seconds: float = 0.02
    result: int = 50_000


DEFAULT = Limits()


def weight(value: Any, most: int) -> int:
    """Items and, by sixteens, characters in a value, at all depths; counting ends at `most`.

    A list or context weighs four items by itself, as much as it takes to look into it.
    """
    found, pending = 0, [value]
    while pending and found < most:
        item = pending.pop()
        if isinstance(item, str):
            found += 1 + len(item) // 16
        elif isinstance(item, dict):
            found += 4 + len(item)
            pending += [inner for inner in item.values() if isinstance(inner, SIZED)]
        elif isinstance(item, list):
            found += 4 + len(item)
            pending += [inner for inner in item if isinstance(inner, SIZED)]
    return found


def refuse_vast(value: Any, limits: Limits) -> Any:
    """The value, when what it holds at all depths can be handled by a caller. Raises FeelLimitExceeded."""
    pending, found = [(value, 1)], 0
    while pending:
        item, depth = pending.pop()
        inner = item.values() if isinstance(item, dict) else item
        found += len(item)
        if found > limits.result or depth > limits.nesting:
            raise FeelLimitExceeded("结果太大或嵌套太深，请改写。")
        pending += [(i, depth + 1) for i in inner if isinstance(i, NESTED)]
    return value


class Run:
    """One evaluation: its clock, what it has used up, why parts of it became null, named types."""

    __slots__ = ("depth", "limits", "now", "pattern_seconds", "steps", "types", "warnings")

    def __init__(
        self, now: datetime, limits: Limits = DEFAULT, types: Mapping[str, Type] | None = None
    ) -> None:
        self.now = now
        self.limits = limits
        self.types: Mapping[str, Type] = {} if types is None else types
        self.steps = 0
        self.depth = 0
        self.pattern_seconds = 0.0
        self.warnings: list[str] = []

    def tick(self, count: int = 1) -> None:
        """Count work. Raises FeelLimitExceeded."""
        self.steps += count
        if self.steps > self.limits.steps:
            raise FeelLimitExceeded(f"表达式的运算超过 {self.limits.steps} 步，请改写。")

    def charge(self, *values: Any) -> None:
        """Count the work of handling values, by their size. Raises FeelLimitExceeded."""
        for value in values:
            if isinstance(value, SIZED):
                self.tick(weight(value, 8 * self.limits.steps) // 8)

    def timed(self, search: Callable[[float], Any]) -> Any:
        """What a search for a pattern gives, which takes the seconds of the processor that it may use.

        Raises FeelLimitExceeded when the evaluation has used up its time for patterns.
        """
        left = self.limits.pattern_seconds - self.pattern_seconds
        begun = time.thread_time()
        try:
            if left > 0:
                return search(left)
        except TimeoutError:
            pass
        finally:
            self.pattern_seconds += time.thread_time() - begun
        raise FeelLimitExceeded("正则表达式匹配用时过长，请改写。")

    def bounded(self, piece: Callable[[Any], str]) -> Callable[[Any], str]:
        """The function that makes pieces of a text, refusing when they become too long together."""
        left = self.limits.characters

        def made(found: Any) -> str:
            nonlocal left
            text = piece(found)
            left -= len(text)
            if left < 0:
                raise FeelLimitExceeded(f"文字超过 {self.limits.characters} 个字符，请改写。")
            return text

        return made

    def room(self, characters: int) -> None:
        """Refuse a text that would be too long before it is made. Raises FeelLimitExceeded."""
        if characters > self.limits.characters:
            raise FeelLimitExceeded(f"文字超过 {self.limits.characters} 个字符，请改写。")

    def sized(self, value: Any) -> Any:
        """A text, list or context itself, when it is not too large. Raises FeelLimitExceeded."""
        if not isinstance(value, dict):
            self.tick(len(value) // 64)
        if isinstance(value, str):
            self.room(len(value))
        if isinstance(value, list) and len(value) > self.limits.items:
            raise FeelLimitExceeded(f"列表超过 {self.limits.items} 项，请改写。")
        return value

    def null(self, why: str) -> None:
        """Note why a part became null, and be null."""
        if len(self.warnings) < 50:
            self.warnings.append(why)
