"""A year's holidays from the library `holidays`: as published, else reckoned from the statutory days (暂定)."""

from __future__ import annotations

import re
from datetime import date

from holidays.countries.china import China, ChinaStaticHolidays

from service.regulation.calendar import Day, Year, made_year

FIRST, LAST = 2008, 2100
_SWAPPED = re.compile(r"由 (\d{4}-\d\d-\d\d) 调休")


def statutory_year(year: int) -> Year:
    """The exceptions of a year from 2008 to 2100.

    A year for which the library knows the State Council's notice has its make-up days; any other has only
    the statutory days (全国年节及纪念日放假办法) with their substitutes, and is provisional.
    """
    published = year in ChinaStaticHolidays.special_public_holidays
    made = China(years=year, language="zh_CN")  # type: ignore[no-untyped-call]
    off = {day: words for day, words in made.items() if day.weekday() < 5 and day.year == year}
    days = [Day(day, False, words) for day, words in off.items()]
    days += [Day(day, True, _swap(day, off)) for day in made.weekend_workdays if day.year == year]
    source = (
        f"国务院办公厅关于{year}年部分节假日安排的通知"
        if published
        else "按《全国年节及纪念日放假办法》推算，调休安排公布后更新"
    )
    return made_year(year, days, source=source, provisional=not published)


def _swap(worked: date, off: dict[date, str]) -> str:
    """Which free day a make-up day stands for."""
    for day, words in off.items():
        found = _SWAPPED.search(words)
        if found and found.group(1) == worked.isoformat():
            return f"调休上班（换 {day}）"
    return "调休上班"
