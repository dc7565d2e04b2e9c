"""Refusals: each is one sentence in Chinese that says what was wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why a request was refused: a sentence and the clauses (ids of the register) that it rests on."""

    text: str
    clauses: tuple[str, ...] = ()


class Refused(Exception):
    """The request cannot be carried out; nothing was written.

    `message` is one Chinese sentence for a person. `reasons` quote clauses, one each, where rules
    of the regulation refuse. `fields` maps a form field's key to the sentence to show beside it.
    """

    status = 422

    def __init__(
        self,
        message: str,
        *,
        reasons: tuple[Reason, ...] = (),
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reasons = reasons
        self.fields = dict(fields or {})

    @property
    def clauses(self) -> tuple[str, ...]:
        """All clauses named by the reasons, in order, each once."""
        return tuple(dict.fromkeys(c for r in self.reasons for c in r.clauses))


class BadInput(Refused):
    """The input itself is malformed (a broken file, an unknown key, a wrong type)."""

    status = 400


class NotFound(Refused):
    """The thing does not exist, or the person may not know that it does."""

    status = 404


class NotAllowed(Refused):
    """The person has no right to do this."""

    status = 403


class Conflict(Refused):
    """Somebody else was faster; the sentence says who and when."""

    status = 409


class TooLarge(Refused):
    """The input exceeds a limit."""

    status = 413


class ClockJumped(Refused):
    """The machine's clock was put forward or back: until it is right again nothing is done."""

    status = 503
