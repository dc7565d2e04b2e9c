"""What is known of a project, as facts.yaml names it: amounts with their source, dates, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.engine import Definition
from service.forms import shown, wan
from service.forms.schema import Component
from service.regulation.facts import Fact
from service.store import history as log


@dataclass(frozen=True)
class Known:
    """A fact to show: its name, its words, where it comes from (unit, day), its clauses.

    `share`: percent of the largest amount, for a bar; None for what is no amount.
    """

    label: str
    text: str
    unit: str
    at: datetime | None
    clauses: tuple[str, ...]
    share: Decimal | None = None


def facts_shown(
    definition: Definition, events: Iterable[log.StoredEvent], facts: Mapping[str, Any]
) -> dict[str, list[Known]]:
    """Kind (money, date, choice) → what is known, in the order of facts.yaml. `events`: the project's log."""
    sources = _sources(events)
    amounts = [
        facts[f.id]
        for f in definition.facts.values()
        if f.kind == "money" and isinstance(facts.get(f.id), Decimal)
    ]
    most = max(amounts, default=Decimal(0))
    made: dict[str, list[Known]] = {"money": [], "date": [], "choice": []}
    for fact in definition.facts.values():
        value = facts.get(fact.id)
        text = _words(definition, fact, value)
        if not text:
            continue
        unit, at = sources.get(fact.id, ("", None))
        share = round(value / most * 100, 1) if isinstance(value, Decimal) and most else None
        made[fact.kind].append(Known(fact.label, text, unit, at, fact.clauses, share))
    return made


def _words(definition: Definition, fact: Fact, value: Any) -> str:
    if fact.kind == "money":
        return wan(value) if isinstance(value, Decimal) else ""
    if fact.kind == "date":
        return value.isoformat() if isinstance(value, date) else ""
    if value is None:
        return ""
    field = _field(definition, fact.id)
    return shown(field, value, {}) if field else str(value)


def fact_name(definition: Definition, name: str) -> str:
    """A fact as people call it: in facts.yaml, else the label of the form's field of the same name."""
    known, field = definition.facts.get(name), _field(definition, name)
    return known.label if known else field.label if field else name


def fact_text(definition: Definition, name: str, value: Any) -> str:
    """A value of a fact to read; 未定 for none."""
    if value is None:
        return "未定"
    if isinstance(value, Decimal):
        return f"{wan(value)} 万元" if name.endswith("_yuan") else str(value)
    if isinstance(value, date):
        return value.isoformat()
    field = _field(definition, name)
    return (shown(field, value, {}) if field else "") or str(value)


def _field(definition: Definition, name: str) -> Component | None:
    return next((f.fields[name] for f in definition.forms.values() if name in f.fields), None)


def _sources(events: Iterable[log.StoredEvent]) -> dict[str, tuple[str, datetime]]:
    """Fact → (unit that last set it, when)."""
    found: dict[str, tuple[str, datetime]] = {}
    for event in events:
        for name, fields in event.body.get("effects", ()):
            if name == "FactsSet":
                unit = event.body["actor"]["unit_name"]
                found.update(dict.fromkeys(fields["facts"], (unit, event.at)))
    return found


def choices_of(definition: Definition) -> list[tuple[Fact, list[tuple[str, str]]]]:
    """The facts that are choices, each with its values and their words."""
    found = []
    for fact in definition.facts.values():
        forms = (f.fields[fact.id] for f in definition.forms.values() if fact.id in f.fields)
        field = next(forms, None)
        if fact.kind == "choice" and field is not None:
            found.append((fact, [(option.value, option.label) for option in field.options]))
    return found
