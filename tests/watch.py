"""Watches every transaction of a test: an act writes exactly one event of its own, or it changes nothing of the record.

An act is the outermost call of a function of `service/commands`. What follows from it inside the same transaction names
it as `cause`. Commands of `WITHOUT_EVENT` may write without an event, each for the reason that stands beside it; tables
of `UNRECORDED` hold nothing of the record. Whatever breaks this fails in the middle of the test that did it.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

from service.store.prepared import Prepared

COMMANDS = str(Path(__file__).parents[1] / "service" / "commands")
WITHOUT_EVENT = {
    "explain_not_open": "only reads",
    "record_refusal": "the security log is its log",
    "record_incident": "of the worker; the act itself did not happen",
    "record_upload": "a file counts when it is submitted",
    "forget_uploads": "what nobody has submitted",
    "forget_answers": "rows that guard against repetition",
    "set_contact": "how a person wants to be told; nothing of a project",
    "queue_deliveries": "letters about what the log holds already",
    "settle_delivery": "letters about what the log holds already",
    "keep_answers": "rows that are found from the log, and may be found again",
    "read_notices": "a mark for oneself; what counts, that the notice was there, is in the log",
    "follow_project": "one's own list",
    "set_phrases": "one's own list",
    "keep_filter": "one's own list",
    "log_in": "a session; failures go to the security log",
    "log_out": "a session",
    "open_draft": "a draft is nobody's rule; its release is the event",
    "save_draft_file": "a draft is nobody's rule; its release is the event",
    "discard_draft": "a draft is nobody's rule; its release is the event",
    "propose_release": "a proposal; the event of its release names author, reason and changes",
    "record_check": "what was found in a proposal; the event of its release carries it",
}
UNRECORDED = {
    "session": "who is logged in",
    "draft": "what was typed and not submitted",
    "idempotency": "guards against repetition",
    "security_log": "a log of its own",
    "second_factor": "a secret is in force only with the event that confirms it",
    "bundle_release": "a proposal; the event of its release carries it",
    "tree_node": "a cache",
    "incident": "of the worker; the act did not happen",
}


class Act:
    """The outermost call of a command in a transaction: its events without a cause, tables that it has changed."""

    def __init__(self, frame: FrameType) -> None:
        self.frame = frame  # held, so that no other call is taken for it
        self.module = Path(frame.f_code.co_filename).stem
        self.name = f"{self.module}.{frame.f_code.co_name}"
        self.own: list[str] = []
        self.following = 0
        self.changed: set[str] = set()

    def check(self) -> None:
        """Raise AssertionError when it is not recorded as it should be."""
        assert len(self.own) <= 1, f"{self.name} writes several events of its own: {self.own}"
        if self.module in WITHOUT_EVENT:
            assert not self.own, f"{self.name} says that it writes no event: {self.own}"
        elif self.changed and not self.own:
            assert self.following, f"{self.name} changes {sorted(self.changed)} without an event"


_open: dict[int, list[Act]] = {}  # by the connection whose transaction it is


def _act(connection: Connection) -> Act | None:
    """The one whose statement is being run."""
    frame, found = sys._getframe(2), None
    while frame is not None:
        if frame.f_code.co_filename.startswith(COMMANDS):
            found = frame
        frame = frame.f_back  # type: ignore[assignment]
    if found is None:
        return None
    acts = _open.setdefault(id(connection), [])
    if not acts or acts[-1].frame is not found:
        acts.append(Act(found))
    return acts[-1]


def _note(connection: Connection, statement: Any, parameters: Any) -> None:
    """One statement that writes."""
    table = statement.table.name
    if table in UNRECORDED or (act := _act(connection)) is None:
        return
    if table != "event":
        act.changed.add(table)
        return
    body = json.loads(parameters["body"])
    if "cause" in body:
        act.following += 1
    else:
        act.own.append(body["act"])


def _ended(connection: Connection, *, kept: bool) -> None:
    acts = _open.pop(id(connection), [])
    for act in acts if kept else ():
        act.check()


@contextmanager
def watched() -> Iterator[None]:
    """All transactions of this process, as long as it lasts."""
    composed = (Engine, "before_execute", _composed)
    ends = [(Engine, "commit", _committed), (Engine, "rollback", _rolled_back)]
    run = Prepared.run

    def prepared(self: Prepared, connection: Connection, parameters: Any) -> Any:
        if getattr(self._statement, "is_dml", False):
            _note(connection, self._statement, parameters)
        return run(self, connection, parameters)

    for one in (composed, *ends):
        event.listen(*one)
    Prepared.run = prepared  # type: ignore[method-assign]
    try:
        yield
    finally:
        Prepared.run = run  # type: ignore[method-assign]
        for one in (composed, *ends):
            event.remove(*one)


def _composed(connection: Any, statement: Any, many: Any, values: Any, _options: Any) -> None:
    if getattr(statement, "is_dml", False):
        _note(connection, statement, many or values)


def _committed(connection: Connection) -> None:
    _ended(connection, kept=True)


def _rolled_back(connection: Connection) -> None:
    _ended(connection, kept=False)
