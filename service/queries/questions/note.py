"""A row of the answer to a question, as one matter gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from service.model.values import Value
from service.queries.questions.declared import Question
from service.queries.questions.trail import Handled, Trail
from service.regulation.dates import local_date


@dataclass(frozen=True)
class Note:
    """The event, where, which unit, on which day, who; `cells` as the question's columns have them.

    `sort` and `amount` (in fen) are for questions that add rows up; `marked` rows deserve a second look.
    """

    seq: int
    place: str
    unit: str
    day: date
    who: str
    cells: tuple[Value, ...] = ()
    marked: bool = False
    sort: str | None = None
    amount: int | None = None


Kind = Callable[[Question, Trail], Iterator[Note]]


def noted_at(handled: Handled, *cells: Value, marked: bool = False) -> Note:
    """A row about a task that somebody has done."""
    done = handled.done
    return Note(
        done.seq, handled.place, handled.unit, local_date(done.at), done.name, cells, marked
    )
