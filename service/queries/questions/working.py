"""Counting working days over and over: each day is looked at once."""

from __future__ import annotations

from datetime import date, timedelta

from service.regulation.calendar import Calendar


class Working:
    """Working days of a calendar, as a running number of each day."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._numbers: list[int] = [0]
        self._first: date | None = None

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        return self._number(end) - self._number(start)

    def _number(self, day: date) -> int:
        if self._first is None:
            self._first = day - timedelta(days=3660)
        place = (day - self._first).days
        if place < 0:  # before all known days: counted anew from there
            self._first, self._numbers = day - timedelta(days=3660), [0]
            return self._number(day)
        while len(self._numbers) <= place:
            next_day = self._first + timedelta(days=len(self._numbers))
            self._numbers.append(self._numbers[-1] + self.calendar.is_working_day(next_day))
        return self._numbers[place]
