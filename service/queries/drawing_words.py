"""What who draws may choose from: clauses, acts, forms, groups, decisions, processes, variables of a draft."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from service.engine import Definition
from service.model.errors import BadInput
from service.model.properties import FAMILIES, PROPERTIES
from service.proof.statement import read_acts
from service.regulation.patterns import parse_patterns


def drawing_words(definition: Definition) -> dict[str, Any]:
    """Lists of {id, name, …} by kind, in the order in which they are offered; `properties` is the vocabulary itself."""
    return {
        "properties": [asdict(p) for p in PROPERTIES.values()],
        "families": [asdict(p) for p in FAMILIES.values()],
        "clauses": [
            {"id": c.id, "article": c.article, "name": c.text} for c in definition.clauses.values()
        ],
        "articles": {a.number: a.text for a in definition.register.articles.values()},
        "acts": _acts(definition),
        "forms": [{"id": f.id, "name": f.title} for f in definition.forms.values()],
        "groups": [{"id": g.id, "name": g.name} for g in definition.groups.groups.values()],
        "decisions": [
            {"id": own, "name": model.decisions[own].name or own, "path": model.path}
            for own, model in definition.decisions.items()
        ],
        "processes": [
            {"id": p.id, "name": p.name, "path": p.path} for p in definition.processes.values()
        ],
        "patterns": _patterns(definition),
        "settings": [{"id": s.name, "name": s.meaning} for s in definition.settings.values()],
    }


def _patterns(definition: Definition) -> list[dict[str, Any]]:
    """Those whose elements are all there; `path` is the file from which they are copied."""
    try:
        read = parse_patterns(definition.bundle.files["processes/patterns.yaml"])
    except (KeyError, BadInput):
        return []
    return [
        {**asdict(one), "path": definition.processes[one.process_id].path}
        for one in read
        if one.process_id in definition.processes
        and set(one.elements) <= set(definition.processes[one.process_id].elements)
    ]


def _acts(definition: Definition) -> list[dict[str, Any]]:
    try:
        acts = read_acts(definition.bundle)
    except BadInput:
        return []  # a draft may be wrong here and still be drawn
    return [{"id": a.name, "name": a.clause, "values": list(a.good)} for a in acts.values()]
