"""What can be wrong with an expression: its text, or the work it asks for."""

from __future__ import annotations

from service.model.errors import BadInput


class FeelSyntaxError(BadInput):
    """The text is not FEEL. `line` and `column` count from 1."""

    def __init__(self, problem: str, text: str, line: int, column: int) -> None:
        super().__init__(f"表达式第 {line} 行第 {column} 列：{problem}。")
        self.text = text
        self.line = line
        self.column = column


class FeelLimitExceeded(BadInput):
    """The expression asks for more work or memory than is allowed."""
