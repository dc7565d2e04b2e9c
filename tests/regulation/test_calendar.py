"""Working days against the announced days of 2024, 2025 and 2026; the yearly notice as text and as sheet."""

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.model.errors import BadInput, TooLarge
from service.regulation.calendar import Calendar, Day, made_year
from service.regulation.calendar_sheet import read_calendar_sheet
from service.regulation.holiday_notice import read_holiday_notice
from service.regulation.statutory import statutory_year

ROOT = Path(__file__).parents[2]
CALENDAR = Calendar.from_yaml((ROOT / "processes/calendar.yaml").read_bytes())

# The operative paragraphs of 国办发明电〔2023〕7号, 国办发明电〔2024〕12号, 国办发明电〔2025〕7号 (State Council
# General Office, holidays of 2024, 2025, 2026), as published on www.gov.cn.
NOTICES = {
    2024: """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}


@pytest.mark.parametrize("year", sorted(CALENDAR.years))
def test_the_shipped_calendar_is_the_library_s(year: int) -> None:
    assert CALENDAR.years[year] == statutory_year(year)


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_the_notice_says_what_the_calendar_says(year: int) -> None:
    """Two sources that know nothing of each other: the notice's text and the library."""
    read = {(d.day, d.working) for d in read_holiday_notice(NOTICES[year], year)}
    assert read == {(d.day, d.working) for d in CALENDAR.years[year].days}


# from, working days, the day: counted on the printed calendars of the notices above
AFTER = """
2023-12-29 1 2024-01-02 across the year, 元旦 on Monday
2024-02-02 1 2024-02-04 make-up Sunday before 春节
2024-02-09 1 2024-02-18 nine days of 春节
2024-02-28 2 2024-03-01 leap day is a working Thursday
2024-04-03 1 2024-04-07 清明 with a make-up Sunday
2024-04-30 6 2024-05-11 劳动节 with a make-up Saturday
2024-09-13 2 2024-09-18 make-up Saturday, then 中秋
2024-09-30 5 2024-10-12 国庆 with a make-up Saturday
2024-12-31 1 2025-01-02 across the year, one day off
2025-01-24 1 2025-01-26 make-up Sunday before 春节
2025-01-26 1 2025-01-27 the last day before 春节
2025-01-27 4 2025-02-08 make-up Saturday after 春节
2025-02-28 1 2025-03-03 month's end, no leap day
2025-04-30 1 2025-05-06 劳动节
2025-09-26 2 2025-09-29 make-up Sunday
2025-09-30 3 2025-10-11 国庆与中秋, make-up Saturday
2025-12-31 1 2026-01-04 across the year, make-up Sunday
2026-02-13 1 2026-02-14 make-up Saturday before 春节
2026-02-14 5 2026-02-28 春节, make-up Saturday
2026-04-30 4 2026-05-09 劳动节, make-up Saturday
2026-09-18 1 2026-09-20 make-up Sunday
2026-09-28 5 2026-10-10 29, 30, 8, 9 and the make-up Saturday 10
2026-12-31 1 2027-01-04 across the year into a provisional one
"""
ROWS = [tuple(line.split()[:3]) for line in AFTER.strip().splitlines()]


@pytest.mark.parametrize(("start", "count", "day"), ROWS)
def test_working_days_after(start: str, count: str, day: str) -> None:
    found = CALENDAR.working_days_after(date.fromisoformat(start), int(count))
    assert found == date.fromisoformat(day)
    assert CALENDAR.working_days_between(date.fromisoformat(start), found) == int(count)


def test_provisional_years_are_marked() -> None:
    assert [CALENDAR.is_provisional(date(y, 6, 1)) for y in (2026, 2027, 2040)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("一、元旦：1月1日至3日放假调休，共4天。", "天数与日期不符"),
        ("一、元旦：2月30日放假。", "日期不存在"),
        ("一、元旦：1月9日至3日放假。", "起止日期不对"),
        ("各省、自治区、直辖市人民政府：", "没有读到放假日期"),
        ("", "没有读到放假日期"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_holiday_notice(text, 2027)


@given(st.text(alphabet="一二、：。（）年月日至0123456789放假上班共天元旦\n", max_size=300))
def test_no_text_brings_the_reader_down(text: str) -> None:
    try:
        days = read_holiday_notice(text, 2027)
    except BadInput:
        return
    assert all(day.day.year == 2027 for day in days)


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in (("日期", "安排", "名称"), *rows):
        book.worksheets[0].append(row)
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def test_a_sheet_is_read() -> None:
    source = sheet(
        (date(2027, 1, 1), "放假", "元旦"), ("2027-01-03", "上班", None), (None, None, None)
    )
    assert read_calendar_sheet(source) == [
        Day(date(2027, 1, 1), False, "元旦"),
        Day(date(2027, 1, 3), True, ""),
    ]


def test_a_wrong_sheet_names_its_row() -> None:
    with pytest.raises(BadInput, match="第 3 行"):
        read_calendar_sheet(sheet(("2027-01-01", "放假", ""), ("一月二日", "放假", "")))
    with pytest.raises(BadInput, match="xlsx"):
        read_calendar_sheet(b"not a sheet")
    with pytest.raises(TooLarge):
        read_calendar_sheet(b"0" * 500_001)


@given(st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40))
def test_differences_are_what_changes(days: set[date]) -> None:
    year = made_year(
        2027, [Day(d, d.weekday() >= 5, "") for d in days], source="x", provisional=False
    )
    changed = {day for day, _, _ in CALENDAR.differences(year)}
    after = CALENDAR.with_years([year])
    every = [date(2027, 1, 1) + timedelta(days=i) for i in range(365)]
    wanted = {d for d in every if CALENDAR.is_working_day(d) is not after.is_working_day(d)}
    assert changed == wanted
