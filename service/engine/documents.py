"""Which documents a user task asks for: the decision named by its property `documents`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.dmn import literal_outputs
from service.engine.context import names_for
from service.engine.decide import decide
from service.engine.definition import Definition
from service.engine.elements import Element
from service.engine.reading import variables
from service.model.values import Value


@dataclass(frozen=True)
class Listed:
    """A document that has to be given, with the clauses of the rule that asks for it."""

    name: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class DocumentList:
    """What is asked for as things stand, and all that the table could ask for."""

    listed: tuple[Listed, ...]
    possible: frozenset[str]


def documents_of(
    definition: Definition,
    element: Element,
    state: bytes,
    values: Mapping[str, Value],
    *,
    facts: Mapping[str, Value],
    now: datetime,
) -> DocumentList | None:
    """The documents for a submission with these values; None when the task names no table.

    The table's inputs are bound by `document.NAME`, as those of a gate by `in.NAME`; the fields of the
    submission are visible beside the variables.
    """
    decision_id = element.properties.get("documents")
    if not decision_id:
        return None
    names = names_for(definition, variables(state), facts, values)
    outcome = decide(definition, element, decision_id, names, now, family="document")
    clauses = [tuple(rule.annotations.get("条款", "").split()) for rule in outcome.rules]
    listed = (Listed(str(n), c) for n, c in zip(outcome.result, clauses, strict=True))
    once = {document.name: document for document in listed}
    possible = literal_outputs(definition.decisions[decision_id].decisions[decision_id])
    return DocumentList(tuple(once.values()), possible)
