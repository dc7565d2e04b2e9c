"""A grammar of FEEL for Hypothesis: expressions of every type, mostly well typed, that shrink to their leaves."""

from __future__ import annotations

import functools
from collections.abc import Callable

from hypothesis import strategies as st

Text = st.SearchStrategy[str]


def _pick(*texts: str) -> Text:
    return st.sampled_from(texts)


def _form(template: str, *parts: Text) -> Text:
    return st.tuples(*parts).map(lambda found: template.format(*found))


ZONES = ("Z", "+08:00", "-03:30", "@Asia/Shanghai", "@Europe/Paris")
CHARACTERS = st.sampled_from("ab Z0政务é😀,.-")
NUMBERS = _pick("0", "1", "2", "3", "7", "10", "-1", "-4", "0.5", "2.25", "100", "12345", "1.10")
STRINGS = st.text(CHARACTERS, max_size=6).map(lambda text: f'"{text}"')
COMPARED = _pick("=", "!=", "<", "<=", ">", ">=")
DATES = _pick(
    "2026-02-28", "2024-02-29", "2025-12-31", "2025-11-30", "2026-03-01", "1999-01-01"
).map(lambda text: f'@"{text}"')
CLOCKS = _pick("00:00:00", "09:30:00", "23:59:59", "12:00:01")
TIMES = CLOCKS.map(lambda text: f'@"{text}"')
LISTS = st.lists(NUMBERS, min_size=3, max_size=4).map(lambda found: f"[{', '.join(found)}]")
RANGES = _pick("[1..7]", "[-4..10]", "[0.5..3]", "[3..10]")
OPEN = _pick("(0..3]", "[-4..10)", "(7..100)", "]3..7[")
DAY = _pick("2026-02-28", "2024-02-29", "2025-12-31")
MOMENTS = st.tuples(DAY, CLOCKS).map(lambda p: f'@"{p[0]}T{p[1]}"')
ZONED = st.tuples(DAY, CLOCKS, _pick(*ZONES)).map(lambda p: f'@"{p[0]}T{p[1]}{p[2]}"')
MONTHS = _pick("P1Y", "P3M", "P1Y6M", "-P2M", "P0M", "P12M").map(lambda text: f'@"{text}"')
WHOLE_DAYS = _pick("P1D", "-P3D", "P30D").map(lambda text: f'@"{text}"')
DAYS = _pick("P1D", "PT2H", "P1DT12H", "-P3D", "PT0S", "PT90M", "PT36H", "PT1.5S").map(
    lambda text: f'@"{text}"'
)


@functools.cache
def number(depth: int) -> Text:
    if depth <= 0:
        return NUMBERS
    n, ns, s = number(depth - 1), numbers(depth - 1), string(depth - 1)
    return st.one_of(
        NUMBERS,
        _form("({} {} {})", n, _pick("+", "-", "*", "/"), n),
        _form("({} ** {})", _pick("2", "3", "10", "0.5"), _pick("2", "3", "0", "-1")),
        _form("-({})", n),
        _form("(if {} then {} else {})", boolean(depth - 1), n, n),
        _form("{}({})", _pick("sum", "min", "max", "count", "mean", "product", "stddev"), ns),
        _form("{}({})", _pick("floor", "ceiling", "abs", "sqrt"), n),
        _form("{}({}, {})", _pick("decimal", "round half up", "round half down", "round up", "round down"),
              n, _pick("0", "1", "2")),
        _form("modulo({}, {})", n, _pick("2", "3", "7", "-4")),
        _form("string length({})", s),
        _form("{}[{}]", ns, _pick("1", "2", "-1", "9")),
        _form("{}.a", context(depth - 1)),
        _form("{}.{}", date(depth - 1), _pick("year", "month", "day", "weekday")),
        _form("{}.{}", st.one_of(moment(depth - 1), zoned(depth - 1)), _pick("year", "hour", "minute", "second")),
        _form("{}.{}", days(depth - 1), _pick("days", "hours", "minutes")),
        _form("{}.{}", months(depth - 1), _pick("years", "months")),
        _form("[{}..{}].{}", n, n, _pick("start", "end")),
        _form("(function(x, y) x - y)({}, {})", n, n),
        _form("number(string({}))", NUMBERS),
        _form("{}({})", _pick("day of year", "week of year"), date(depth - 1)),
        _form("(for i in 1..3 return i * {})[-1]", n),
    )  # fmt: skip


@functools.cache
def amount(depth: int) -> Text:
    """Numbers that are never null, to be put in an order."""
    if depth <= 0:
        return NUMBERS
    a = amount(depth - 1)
    return st.one_of(
        NUMBERS,
        _form("({} {} {})", a, _pick("+", "-", "*"), a),
        _form("(if {} then {} else {})", boolean(depth - 1), a, a),
        _form("{}({})", _pick("floor", "ceiling", "abs"), a),
        _form("{}([{}, {}])", _pick("sum", "min", "max", "count", "mean"), a, a),
        _form("string length({})", string(depth - 1)),
        _form("count({})", numbers(depth - 1)),
    )


@functools.cache
def numbers(depth: int) -> Text:
    d = max(depth - 1, 0)
    items = st.lists(number(d), min_size=1, max_size=4).map(lambda found: f"[{', '.join(found)}]")
    if depth <= 0:
        return items
    ns, n = numbers(d), number(d)
    return st.one_of(
        items,
        _form("(for n in {} return n * 2)", ns),
        _form("(for i in {}..{} return i)", _pick("1", "3", "-1", "0"), _pick("1", "3", "-2")),
        _form("(for a in {}, b in [1, 2] return a + b)", ns),
        _form("{}[item {} {}]", LISTS, COMPARED, amount(d)),
        _form("[{{a: {}, b: 1}}, {{a: {}}}].a", n, n),
        _form("sublist({}, {}, {})", LISTS, _pick("1", "2", "-2"), _pick("1", "2")),
        _form("append({}, {})", ns, n),
        _form("concatenate({}, {})", ns, ns),
        _form("insert before({}, {}, {})", LISTS, _pick("1", "2", "3"), n),
        _form("remove({}, {})", LISTS, _pick("1", "2", "3")),
        _form("{}({})", _pick("reverse", "distinct values", "flatten"), ns),
        _form("union({}, {})", ns, ns),
        _form("index of({}, {})", ns, n),
        _form("list replace({}, {}, {})", LISTS, _pick("1", "2", "3"), n),
        _form("sort({}, function(a, b) a {} b)", ns, _pick("<", ">")),
        _form("flatten([{}, [{}]])", ns, ns),
    )


@functools.cache
def boolean(depth: int) -> Text:
    if depth <= 0:
        return _pick("true", "false", "null")
    d = depth - 1
    n, s, b, ns = amount(d), string(d), boolean(d), numbers(d)
    ordered = [date(d), time(d), moment(d), zoned(d), days(d), months(d), s, n]
    alike = [
        *ordered,
        st.lists(n, min_size=2, max_size=2).map(lambda x: f"[{x[0]}, {x[1]}]"),
        _form("{{a: {}, b: {}}}", n, s),
        b,
    ]
    return st.one_of(
        _pick("true", "false"),
        *[_form("({} {} {})", value, COMPARED, value) for value in ordered],
        *[_form("({} {} {})", value, _pick("=", "!="), value) for value in alike],
        _form("({} {} {})", b, _pick("and", "or"), b),
        _form("not({})", b),
        _form("({} between {} and {})", n, _pick("-5", "0", "1"), _pick("1", "10", "100")),
        _form("({} in {})", n, st.one_of(RANGES, OPEN)),
        _form("({} in ({}, {}, > {}))", n, n, RANGES, n),
        _form("({} in {})", n, ns),
        _form("({} n in {} satisfies n > {})", _pick("some", "every"), ns, n),
        _form("{}({}, {})", _pick("contains", "starts with", "ends with"), s, STRINGS),
        _form("matches({}, {})", s, _pick('"a"', '"^a+$"', '"[a-z]"', '"政."', '"\\\\d"', '"A", "i"')),
        _form("list contains({}, {})", ns, n),
        _form("({} instance of {})", _any(d), _pick("number", "string", "boolean", "date", "time",
              "date and time", "days and time duration", "years and months duration", "list<number>", "context<a: number>")),
        _form("{}({})", _pick("odd", "even"), _pick("1", "2", "-3", "0")),
        _form("{}([{}, {}])", _pick("all", "any"), b, b),
        _form("{}({}, {})", _pick("before", "after"), n, n),
        _form("{}({}, {})", _pick("before", "after", "meets", "met by", "overlaps", "includes"),
              RANGES, RANGES),
        _form("includes({}, {})", RANGES, n),
        *[_form("is({}, {})", value, value) for value in (n, s, b, date(d))],
    )  # fmt: skip


@functools.cache
def string(depth: int) -> Text:
    if depth <= 0:
        return STRINGS
    d = depth - 1
    s = string(d)
    return st.one_of(
        STRINGS,
        _form("({} + {})", s, s),
        _form("{}({})", _pick("upper case", "lower case"), s),
        _form("substring({}, {}, {})", _pick('"政务信息化"', '"abcdé"', '"a b-c"'), _pick("1", "2", "-2"),
              _pick("1", "2", "9")),
        _form("substring {}({}, {})", _pick("before", "after"), s, STRINGS),
        _form("(if {} then {} else {})", boolean(d), s, s),
        _form("string join([{}, {}], {})", s, s, STRINGS),
        _form("string({})", st.one_of(date(d), time(d), days(d), months(d), boolean(d))),
        _form("replace({}, {}, {})", s, _pick('"a"', '"[ab]"', '"政"', '"(a)(b)"'), _pick('"x"', '""', '"[$0]"')),
        _form("{}.b", context(d)),
        _form("split({}, {})[1]", s, _pick('","', '" "', '"a"', '"[-.]"')),
        _form("day of week({})", date(d)),
        _form("month of year({})", date(d)),
        _form("get value({}, \"b\")", context(d)),
        _form("string({})", _pick("1", "0.5", "-2.25", "1.10", "12345", "0")),
    )  # fmt: skip


@functools.cache
def date(depth: int) -> Text:
    if depth <= 0:
        return DATES
    d = depth - 1
    return st.one_of(
        DATES,
        _form("({} {} {})", date(d), _pick("+", "-"), st.one_of(MONTHS, WHOLE_DAYS)),
        _form("date({})", st.one_of(moment(d), zoned(d))),
        _form("date({}, {}, {})", _pick("2026", "2024"), _pick("1", "2", "12", "13"), _pick("1", "29", "31")),
    )  # fmt: skip


@functools.cache
def time(depth: int) -> Text:
    if depth <= 0:
        return TIMES
    d = depth - 1
    return st.one_of(
        TIMES,
        _form("({} {} {})", time(d), _pick("+", "-"), days(d)),
        _form("time({})", moment(d)),
        _form("time({}, {}, 0)", _pick("0", "9", "23", "24"), _pick("0", "30", "60")),
    )


@functools.cache
def moment(depth: int) -> Text:
    if depth <= 0:
        return MOMENTS
    d = depth - 1
    return st.one_of(
        MOMENTS,
        _form("({} {} {})", moment(d), _pick("+", "-"), st.one_of(months(d), days(d))),
        _form("date and time({}, {})", date(d), time(d)),
    )


@functools.cache
def zoned(depth: int) -> Text:
    if depth <= 0:
        return ZONED
    d = depth - 1
    return st.one_of(
        ZONED,
        _form("({} {} {})", zoned(d), _pick("+", "-"), st.one_of(months(d), days(d))),
    )


@functools.cache
def days(depth: int) -> Text:
    if depth <= 0:
        return DAYS
    d = depth - 1
    return st.one_of(
        DAYS,
        _form("({} {} {})", days(d), _pick("+", "-"), days(d)),
        _form("({} - {})", date(d), date(d)),
        _form("({} - {})", moment(d), moment(d)),
        _form("({} - {})", time(d), time(d)),
        _form("abs({})", days(d)),
    )


@functools.cache
def months(depth: int) -> Text:
    if depth <= 0:
        return MONTHS
    d = depth - 1
    return st.one_of(
        MONTHS,
        _form("({} {} {})", months(d), _pick("+", "-"), months(d)),
    )


@functools.cache
def context(depth: int) -> Text:
    d = max(depth - 1, 0)
    plain = _form("{{a: {}, b: {}}}", amount(d), string(d))
    if depth <= 0:
        return plain
    return st.one_of(
        plain,
        _form('{{a: {}, b: "政", c: a + 1}}', number(d)),
        _form('{{a: 1, b: "x", c: {{d: {}}}}}', _any(d)),
        _form("context put({}, {}, {})", context(d), _pick('"a"', '"c"'), number(d)),
        _form("context merge([{}, {{c: {}}}])", context(d), number(d)),
        _form("context([{{key: {}, value: {}}}])", _pick('"a"', '"政"'), number(d)),
        _form("[{}, {}][a > {}][1]", plain, plain, amount(d)),
    )


KINDS: tuple[Callable[[int], Text], ...] = (
    number, boolean, string, numbers, date, time, moment, zoned, days, months, context,
)  # fmt: skip


def _any(depth: int) -> Text:
    return st.one_of(*[kind(depth) for kind in KINDS], st.just("null"))


def _mixed(depth: int) -> Text:
    """Operators on values of any types: mostly null."""
    return _form("({} {} {})", _any(depth), _pick("+", "-", "*", "="), _any(depth))


def expressions() -> Text:
    """Expressions of all kinds, up to three operators deep."""
    return st.one_of(*[kind(depth) for depth in (1, 2, 3) for kind in KINDS], _mixed(0), _mixed(1))
