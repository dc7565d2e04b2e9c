"""The compiled definition of a deployed digest, read from the database at most once.

Between the store, which has the bytes, and the engine, which compiles them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from service.engine import Definition, compile_bundle, with_rules
from service.model.errors import Refused
from service.papers.sheet import Sheet
from service.papers.sheet_reader import Known, read_sheets
from service.regulation.dates import local_date
from service.store import deployments, rules
from service.store.session import reading

_known: dict[str, Definition] = {}
_sheets: dict[str, dict[str, Sheet]] = {}
LIMIT = 8


def definition_of(connection: Connection, digest: str) -> Definition:
    """The definition of a digest."""
    if digest not in _known:
        if len(_known) >= LIMIT:
            _known.pop(next(iter(_known)))
        _known[digest] = compile_bundle(deployments.read_back(connection, digest))
    return _known[digest]


def learn(engine: Engine) -> None:
    """Know the newest definition before a transaction that writes begins.

    To compile it takes a second of processor time, and a writer of SQLite holds the whole database: four
    new processes on a busy machine held it longer than a fifth one waits.
    """
    with reading(engine) as connection:
        digest = deployments.newest(connection)
        if digest is not None:
            definition_of(connection, digest)


def newest_definition(connection: Connection) -> Definition:
    """The definition of the newest deployment. Raises Refused when nothing is deployed yet."""
    digest = deployments.newest(connection)
    if digest is None:
        raise Refused("还没有部署流程，请先运行 banjie deploy。")
    return definition_of(connection, digest)


def in_force(connection: Connection, definition: Definition, now: datetime) -> Definition:
    """`definition` under the settings and the calendar that are in force at a moment (ADR 0007)."""
    deployed = definition.as_deployed or definition
    values = rules.values_on(connection, local_date(now))
    calendar = rules.calendar_with(connection, deployed.calendar)
    if not values and calendar is deployed.calendar:
        return deployed
    return with_rules(deployed, values, calendar)


def sheets_of(definition: Definition) -> dict[str, Sheet]:
    """The printable sheets of a definition by id, read once. Raises BadInput naming file and key."""
    if definition.digest not in _sheets:
        if len(_sheets) >= LIMIT:
            _sheets.pop(next(iter(_sheets)))
        known = Known(
            definition.forms,
            tasks_of(definition),
            frozenset(definition.processes),
            frozenset(definition.decisions),
            frozenset(definition.clauses),
        )
        _sheets[definition.digest] = read_sheets(definition.bundle.files, known)
    return _sheets[definition.digest]


def tasks_of(definition: Definition) -> dict[str, str]:
    """The form of each user task, by its path `process/element`."""
    return {
        f"{process.id}/{element.id}": element.form_id
        for process in definition.processes.values()
        for element in process.elements.values()
        if element.type == "userTask" and element.form_id
    }
