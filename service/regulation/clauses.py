"""The register of clauses: id, article, text as it stands in the regulation."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from service.model.errors import BadInput


@dataclass(frozen=True)
class Clause:
    """A clause: `id` such as 19.1.14, its article's number, its words."""

    id: str
    article: int
    text: str


def parse_clauses(source: bytes) -> dict[str, Clause]:
    """Read `clauses: [{id, article, text}, …]` into clauses by id. Raises BadInput."""
    try:
        rows = yaml.load(source, Loader=yaml.CSafeLoader)["clauses"]
        return {str(r["id"]): Clause(str(r["id"]), int(r["article"]), r["text"]) for r in rows}
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as wrong:
        raise BadInput("clauses.yaml 的写法不对，应为 clauses: [{id, article, text}]。") from wrong
