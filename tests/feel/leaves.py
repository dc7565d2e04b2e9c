"""What the grammar of grammar.py ends in: literals of every type, and how productions are put together."""

from __future__ import annotations

from hypothesis import strategies as st

Text = st.SearchStrategy[str]


def pick(*texts: str) -> Text:
    return st.sampled_from(texts)


def form(template: str, *parts: Text) -> Text:
    return st.tuples(*parts).map(lambda found: template.format(*found))


ZONES = ("Z", "+08:00", "-03:30", "@Asia/Shanghai", "@Europe/Paris")
CHARACTERS = st.sampled_from("ab Z0政务é😀,.-")
NUMBERS = pick("0", "1", "2", "3", "7", "10", "-1", "-4", "0.5", "2.25", "100", "12345", "1.10")
STRINGS = st.text(CHARACTERS, max_size=6).map(lambda text: f'"{text}"')
COMPARED = pick("=", "!=", "<", "<=", ">", ">=")
DATES = pick(
    "2026-02-28", "2024-02-29", "2025-12-31", "2025-11-30", "2026-03-01", "1999-01-01"
).map(lambda text: f'@"{text}"')
CLOCKS = pick("00:00:00", "09:30:00", "23:59:59", "12:00:01")
TIMES = CLOCKS.map(lambda text: f'@"{text}"')
LISTS = st.lists(NUMBERS, min_size=3, max_size=4).map(lambda found: f"[{', '.join(found)}]")
RANGES = pick("[1..7]", "[-4..10]", "[0.5..3]", "[3..10]")
OPEN = pick("(0..3]", "[-4..10)", "(7..100)", "]3..7[")
DAY = pick("2026-02-28", "2024-02-29", "2025-12-31")
MOMENTS = st.tuples(DAY, CLOCKS).map(lambda p: f'@"{p[0]}T{p[1]}"')
ZONED = st.tuples(DAY, CLOCKS, pick(*ZONES)).map(lambda p: f'@"{p[0]}T{p[1]}{p[2]}"')
MONTHS = pick("P1Y", "P3M", "P1Y6M", "-P2M", "P0M", "P12M").map(lambda text: f'@"{text}"')
WHOLE_DAYS = pick("P1D", "-P3D", "P30D").map(lambda text: f'@"{text}"')
DAYS = pick("P1D", "PT2H", "P1DT12H", "-P3D", "PT0S", "PT90M", "PT36H", "PT1.5S").map(
    lambda text: f'@"{text}"'
)
