"""What one matter (a project, or an instance of none) adds to the answers to auditors' questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MatterRows:
    """Rows of the tables `deed`, `passage`, `noted` and `rule_tested`."""

    matter_key: str
    deeds: Sequence[Mapping[str, Any]]
    passages: Sequence[Mapping[str, Any]]
    noted: Sequence[Mapping[str, Any]]
    tested: Sequence[Mapping[str, Any]]
