"""Usual pieces of a drawing that owners insert as they stand in another: processes/patterns.yaml."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from service.model.errors import BadInput


@dataclass(frozen=True)
class Pattern:
    """`elements` of process `process_id`, in a row; `sign` is its one character among the tools.

    `back`: the last of them, a gateway whose default way leads back to where the pattern was inserted.
    """

    id: str
    name: str
    sign: str
    process_id: str
    elements: tuple[str, ...]
    back: str = ""


def parse_patterns(source: bytes) -> tuple[Pattern, ...]:
    """Read `patterns: [{id, name, sign, from, elements, back}]`. Raises BadInput."""
    try:
        return tuple(
            Pattern(
                str(row["id"]),
                str(row["name"]),
                str(row["sign"])[:1],
                str(row["from"]),
                tuple(map(str, row["elements"])),
                str(row.get("back") or ""),
            )
            for row in yaml.safe_load(source)["patterns"]
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as wrong:
        raise BadInput(
            "patterns.yaml 的写法不对，应为 patterns: [{id, name, sign, from, elements}]。"
        ) from wrong
