"""A definition under the settings and the calendar that the county has put in force."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

from service.engine.definition import Definition
from service.feel.host import host_functions
from service.model.values import Value
from service.regulation.calendar import Calendar

LIMIT = 32


def with_rules(
    definition: Definition, values: Mapping[str, Value], calendar: Calendar
) -> Definition:
    """`definition` with these values of settings (names that it does not know are left out) and this calendar.

    Diagrams, tables and forms stay those of the digest. The same rules give the same object, as long as
    it is remembered.
    """
    key = tuple(sorted((name, _frozen(value)) for name, value in values.items()))
    return _made(definition, key, calendar)


def _frozen(value: Value) -> tuple[str, ...] | Value:
    return ("list", *value) if isinstance(value, list) else value


@functools.lru_cache(maxsize=LIMIT)
def _made(
    definition: Definition, values: tuple[tuple[str, object], ...], calendar: Calendar
) -> Definition:
    known = dict(definition.settings)
    for name, frozen in values:
        if name in known:
            value: Value = list(frozen[1:]) if isinstance(frozen, tuple) else frozen  # type: ignore[assignment]
            known[name] = dataclasses.replace(known[name], value=value)
    return dataclasses.replace(
        definition,
        settings=known,
        calendar=calendar,
        functions=host_functions(calendar, known),
        as_deployed=definition,
    )
