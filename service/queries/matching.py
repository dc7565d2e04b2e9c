"""What a search finds: every word in the name, number, unit, amount or state of a project, or in the step."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from service.definitions import newest_definition
from service.engine import Definition
from service.store import tables as t
from service.store.register import units_of

LONGEST, MOST_WORDS = 60, 6
FEW = 200
_FEN_OF = {"万元": 1_000_000, "万": 1_000_000, "元": 100}


def words_of(text: str) -> list[str]:
    """The words of a search, each of which has to be found."""
    return text[:LONGEST].split()[:MOST_WORDS]


def projects_with(connection: Connection, text: str) -> list[ColumnElement[bool]]:
    """Conditions on `project`, one for each word."""
    definition = newest_definition(connection)
    return [_project_has(connection, definition, word) for word in words_of(text)]


def tasks_with(connection: Connection, text: str) -> list[ColumnElement[bool]]:
    """Conditions on `task`, one for each word: in its project, or in the name of its step or process."""
    definition = newest_definition(connection)
    return [
        or_(
            _in_project(t.task.c.project_key, connection, definition, word),
            *(
                and_(t.task.c.process_id == process, t.task.c.element_id.in_(elements))
                for process, elements in _steps(definition, word).items()
            ),
        )
        for word in words_of(text)
    ]


def instances_with(connection: Connection, text: str) -> list[ColumnElement[bool]]:
    """Conditions on `instance`, one for each word: in its project, or in the name of its process."""
    definition = newest_definition(connection)
    return [
        or_(
            _in_project(t.instance.c.project_key, connection, definition, word),
            t.instance.c.process_id.in_(
                [p.id for p in definition.processes.values() if word in p.name]
            ),
        )
        for word in words_of(text)
    ]


def amounts_meant(word: str) -> tuple[int, ...]:
    """Hundredths of a yuan that a word may mean: `18.5`, `18.5万元` 万元, `185000`, `185,000元` yuan."""
    unit = next((u for u in _FEN_OF if word.endswith(u)), "")
    try:
        number = Decimal(word.removesuffix(unit).replace(",", ""))
    except InvalidOperation:
        return ()
    if not number.is_finite() or not 0 <= number < 10**10:
        return ()
    meant = {number * times for name, times in _FEN_OF.items() if unit in ("", name)}
    return tuple(sorted(int(fen) for fen in meant if fen == int(fen)))


def _in_project(
    column: ColumnElement[Any], connection: Connection, definition: Definition, word: str
) -> ColumnElement[bool]:
    """In a project that has a word: by their keys where they are few, so that an index finds their tasks."""
    found = select(t.project.c.project_key).where(_project_has(connection, definition, word))
    few = list(connection.execute(found.limit(FEW + 1)).scalars())
    return column.in_(found if len(few) > FEW else few)  # one by one: SQLite then knows how few


def _project_has(connection: Connection, definition: Definition, word: str) -> ColumnElement[bool]:
    p = t.project.c
    found: list[ColumnElement[bool]] = [
        column.contains(word, autoescape=True) for column in (p.name, p.no, p.status)
    ]
    units = [
        unit.unit_id
        for unit in units_of(connection).values()
        if any(word in name for name in (unit.name, *unit.aliases))
    ]
    if units:
        found.append(p.unit_id.in_(units))
    fen = amounts_meant(word)
    if fen:
        amount = t.project_amount.c
        money = [fact.id for fact in definition.facts.values() if fact.kind == "money"]
        found.append(
            exists().where(
                amount.project_key == p.project_key, amount.name.in_(money), amount.fen.in_(fen)
            )
        )
    return or_(*found)


def _steps(definition: Definition, word: str) -> dict[str, list[str]]:
    """Process → its user tasks whose names, or whose process's name, have the word."""
    found = {
        process.id: [
            e.id
            for e in process.elements.values()
            if e.type == "userTask" and (word in process.name or word in e.name)
        ]
        for process in definition.processes.values()
    }
    return {process: elements for process, elements in found.items() if elements}
