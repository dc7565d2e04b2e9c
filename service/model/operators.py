"""What service tasks may ask the system for: what each operator must be told, and what it answers.

The checks read this list; service/commands/_operators.py carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Operator:
    """`needs`: the parameters (`in.NAME`) without which the answer means nothing; `gives`: the names of its answer."""

    needs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


OPERATORS = {
    "count_projects": Operator((), ("unit_projects", "predecessor_status")),
    "missing_papers": Operator((), ("missing_papers",)),
    "is_listed": Operator(("process", "variable", "value"), ("listed", "lists")),
    "sum_notices": Operator(("name", "field", "from", "to"), ("notices", "total")),
    "set_setting": Operator(("setting_id", "new_value", "effective_on"), ("setting_was",)),
}
