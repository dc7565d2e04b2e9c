"""The State Council's yearly notice on holidays, read from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from service.model.errors import BadInput
from service.regulation.calendar import Day

_DATE = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日"
_SPAN = re.compile(f"{_DATE}(?:至{_DATE})?")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]")
_HEAD = re.compile(r"^\s*(?:[一二三四五六七八九十]+、)?\s*([^：:0-9]{2,20})[：:]")
_TOTAL = re.compile(r"共(\d+)天|放假(\d+)天")


def read_holiday_notice(text: str, year: int) -> list[Day]:
    """The exceptions to the week that a notice makes in `year`, in order of date.

    Understands sentences such as 「春节：2月15日（…）至23日（…）放假调休，共9天。2月14日（周六）上班。」.
    Raises BadInput when a date does not exist, a count of days is wrong or nothing is found.
    """
    found: dict[date, Day] = {}
    for name, sentence in _sentences(text):
        for day, working in _days(sentence, year):
            if day.year == year and working is (day.weekday() >= 5):
                found[day] = Day(day, working, f"{name}调休上班" if working else name)
    if not any(not d.working for d in found.values()):
        raise BadInput("没有读到放假日期，请粘贴国务院办公厅通知中逐条写明日期的正文。")
    return [found[day] for day in sorted(found)]


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence with the holiday that its paragraph is about; asides in brackets are left out."""
    name = ""
    for line in text.splitlines():
        plain = _ASIDE.sub("", line).strip()
        head = _HEAD.match(plain)
        if head:
            name, plain = head.group(1).strip(), plain[head.end() :]
        for sentence in plain.split("。"):
            if name and not sentence.startswith("鼓励"):
                yield name, sentence


def _days(sentence: str, year: int) -> Iterator[tuple[date, bool]]:
    if "上班" in sentence:
        for day in _spans(sentence, year):
            yield day, True
    elif "放假" in sentence or "休息" in sentence:
        days = _spans(sentence.split("放假", maxsplit=1)[0], year)
        total = _TOTAL.search(sentence)
        if total and int(total.group(1) or total.group(2)) != len(days):
            raise BadInput(f"“{sentence[:40]}”写明的天数与日期不符，请核对后重新粘贴。")
        for day in days:
            yield day, False


def _spans(text: str, year: int) -> list[date]:
    found: list[date] = []
    month: int | None = None
    for match in _SPAN.finditer(text):
        first_year, first_month, first, last_year, last_month, last = match.groups()
        begin = _made(text, first_year or year, first_month or month, first)
        month = begin.month
        end = begin
        if last:
            end = _made(text, last_year or begin.year, last_month or month, last)
            month = end.month
        if not timedelta() <= end - begin <= timedelta(days=31):
            raise BadInput(f"“{text[:40]}”的起止日期不对，请核对后重新粘贴。")
        found += [begin + timedelta(days=i) for i in range((end - begin).days + 1)]
    return found


def _made(text: str, year: str | int, month: str | int | None, day: str) -> date:
    try:
        return date(int(year), int(month or 0), int(day))
    except ValueError as wrong:
        raise BadInput(f"“{text[:40]}”里的日期不存在，请核对后重新粘贴。") from wrong
