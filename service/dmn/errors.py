"""What can be wrong with a decision model, and where."""

from __future__ import annotations

from service.model.errors import BadInput


class DmnError(BadInput):
    """The message names file, line, decision, rule and column, as far as they apply."""

    def __init__(
        self,
        problem: str,
        *,
        path: str = "",
        line: int = 0,
        decision: str = "",
        rule: str = "",
        column: str = "",
    ) -> None:
        place = path + (f":{line}" if line else "")
        parts = [
            place,
            f"决策 {decision}" if decision else "",
            f"规则 {rule}" if rule else "",
            f"列 {column}" if column else "",
        ]
        super().__init__(" ".join(p for p in parts if p) + f"：{problem}")
