"""What a check of a diagram says."""

from __future__ import annotations

from dataclasses import dataclass

Problem = tuple[str, str]  # rule, sentence


@dataclass(frozen=True)
class Finding:
    """What is wrong where, and what to do."""

    path: str
    line: int
    element: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.element}：{self.text}"
