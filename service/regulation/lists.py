"""Lists of options that the record itself gives: processes/lists.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from service.model.errors import BadInput


@dataclass(frozen=True)
class RecordedList:
    """Rows that were submitted at a task, the last time in each instance that has ended.

    `rows` is the key of the form's list; `value` and `label` are keys within a row.
    """

    name: str
    process_id: str
    element_id: str
    rows: str
    value: str
    label: tuple[str, ...]
    clauses: tuple[str, ...]


def parse_lists(source: bytes) -> Mapping[str, RecordedList]:
    """Read `lists: [{id, task: process/element, rows, value, label, clauses}]`. Raises BadInput."""
    try:
        made = [_list(row) for row in yaml.safe_load(source)["lists"]]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as wrong:
        raise BadInput(
            "lists.yaml 的写法不对，应为 lists: [{id, task, rows, value, label}]。"
        ) from wrong
    return {one.name: one for one in made}


def _list(row: Mapping[str, Any]) -> RecordedList:
    process_id, _, element_id = row["task"].partition("/")
    return RecordedList(
        row["id"],
        process_id,
        element_id,
        row["rows"],
        row["value"],
        tuple(row["label"]),
        tuple(str(c) for c in row.get("clauses") or ()),
    )
