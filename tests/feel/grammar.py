"""A grammar of FEEL for Hypothesis: expressions of every type, mostly well typed, that shrink to their leaves.

One file, since the productions of the types refer to one another. What feelin is known to do otherwise is left
out; docs/reference/feel-differences.md argues it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from hypothesis import strategies as st

from tests.feel.leaves import (
    COMPARED,
    DATES,
    DAYS,
    LISTS,
    MOMENTS,
    MONTHS,
    NUMBERS,
    OPEN,
    RANGES,
    STRINGS,
    TIMES,
    WHOLE_DAYS,
    ZONED,
    Text,
    form,
    pick,
)


@functools.cache
def number(depth: int) -> Text:
    if depth <= 0:
        return NUMBERS
    n, ns, s = number(depth - 1), numbers(depth - 1), string(depth - 1)
    return st.one_of(
        NUMBERS,
        form("({} {} {})", n, pick("+", "-", "*", "/"), n),
        form("({} ** {})", pick("2", "3", "10", "0.5"), pick("2", "3", "0", "-1")),
        form("-({})", n),
        form("(if {} then {} else {})", boolean(depth - 1), n, n),
        form("{}({})", pick("sum", "min", "max", "count", "mean", "product", "stddev"), ns),
        form("{}({})", pick("floor", "ceiling", "abs", "sqrt"), n),
        form("{}({}, {})", pick("decimal", "round half up", "round half down", "round up", "round down"),
              n, pick("0", "1", "2")),
        form("modulo({}, {})", n, pick("2", "3", "7", "-4")),
        form("string length({})", s),
        form("{}[{}]", ns, pick("1", "2", "-1", "9")),
        form("{}.a", context(depth - 1)),
        form("{}.{}", date(depth - 1), pick("year", "month", "day", "weekday")),
        form("{}.{}", st.one_of(moment(depth - 1), zoned(depth - 1)), pick("year", "hour", "minute", "second")),
        form("{}.{}", days(depth - 1), pick("days", "hours", "minutes")),
        form("{}.{}", months(depth - 1), pick("years", "months")),
        form("[{}..{}].{}", n, n, pick("start", "end")),
        form("(function(x, y) x - y)({}, {})", n, n),
        form("number(string({}))", NUMBERS),
        form("{}({})", pick("day of year", "week of year"), date(depth - 1)),
        form("(for i in 1..3 return i * {})[-1]", n),
    )  # fmt: skip


@functools.cache
def amount(depth: int) -> Text:
    """Numbers that are never null, to be put in an order."""
    if depth <= 0:
        return NUMBERS
    a = amount(depth - 1)
    return st.one_of(
        NUMBERS,
        form("({} {} {})", a, pick("+", "-", "*"), a),
        form("(if {} then {} else {})", boolean(depth - 1), a, a),
        form("{}({})", pick("floor", "ceiling", "abs"), a),
        form("{}([{}, {}])", pick("sum", "min", "max", "count", "mean"), a, a),
        form("string length({})", string(depth - 1)),
        form("count({})", numbers(depth - 1)),
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
        form("(for n in {} return n * 2)", ns),
        form("(for i in {}..{} return i)", pick("1", "3", "-1", "0"), pick("1", "3", "-2")),
        form("(for a in {}, b in [1, 2] return a + b)", ns),
        form("{}[item {} {}]", LISTS, COMPARED, amount(d)),
        form("[{{a: {}, b: 1}}, {{a: {}}}].a", n, n),
        form("sublist({}, {}, {})", LISTS, pick("1", "2", "-2"), pick("1", "2")),
        form("append({}, {})", ns, n),
        form("concatenate({}, {})", ns, ns),
        form("insert before({}, {}, {})", LISTS, pick("1", "2", "3"), n),
        form("remove({}, {})", LISTS, pick("1", "2", "3")),
        form("{}({})", pick("reverse", "distinct values", "flatten"), ns),
        form("union({}, {})", ns, ns),
        form("index of({}, {})", ns, n),
        form("list replace({}, {}, {})", LISTS, pick("1", "2", "3"), n),
        form("sort({}, function(a, b) a {} b)", ns, pick("<", ">")),
        form("flatten([{}, [{}]])", ns, ns),
    )


@functools.cache
def boolean(depth: int) -> Text:
    if depth <= 0:
        return pick("true", "false", "null")
    d = depth - 1
    n, s, b, ns = amount(d), string(d), boolean(d), numbers(d)
    ordered = [date(d), time(d), moment(d), zoned(d), days(d), months(d), s, n]
    alike = [
        *ordered,
        st.lists(n, min_size=2, max_size=2).map(lambda x: f"[{x[0]}, {x[1]}]"),
        form("{{a: {}, b: {}}}", n, s),
        b,
    ]
    return st.one_of(
        pick("true", "false"),
        *[form("({} {} {})", value, COMPARED, value) for value in ordered],
        *[form("({} {} {})", value, pick("=", "!="), value) for value in alike],
        form("({} {} {})", b, pick("and", "or"), b),
        form("not({})", b),
        form("({} between {} and {})", n, pick("-5", "0", "1"), pick("1", "10", "100")),
        form("({} in {})", n, st.one_of(RANGES, OPEN)),
        form("({} in ({}, {}, > {}))", n, n, RANGES, n),
        form("({} in {})", n, ns),
        form("({} n in {} satisfies n > {})", pick("some", "every"), ns, n),
        form("{}({}, {})", pick("contains", "starts with", "ends with"), s, STRINGS),
        form("matches({}, {})", s, pick('"a"', '"^a+$"', '"[a-z]"', '"政."', '"\\\\d"', '"A", "i"')),
        form("list contains({}, {})", ns, n),
        form("({} instance of {})", _any(d), pick("number", "string", "boolean", "date", "time",
              "date and time", "days and time duration", "years and months duration", "list<number>", "context<a: number>")),
        form("{}({})", pick("odd", "even"), pick("1", "2", "-3", "0")),
        form("{}([{}, {}])", pick("all", "any"), b, b),
        form("{}({}, {})", pick("before", "after"), n, n),
        form("{}({}, {})", pick("before", "after", "meets", "met by", "overlaps", "includes"),
              RANGES, RANGES),
        form("includes({}, {})", RANGES, n),
        *[form("is({}, {})", value, value) for value in (n, s, b, date(d))],
    )  # fmt: skip


@functools.cache
def string(depth: int) -> Text:
    if depth <= 0:
        return STRINGS
    d = depth - 1
    s = string(d)
    return st.one_of(
        STRINGS,
        form("({} + {})", s, s),
        form("{}({})", pick("upper case", "lower case"), s),
        form("substring({}, {}, {})", pick('"政务信息化"', '"abcdé"', '"a b-c"'), pick("1", "2", "-2"),
              pick("1", "2", "9")),
        form("substring {}({}, {})", pick("before", "after"), s, STRINGS),
        form("(if {} then {} else {})", boolean(d), s, s),
        form("string join([{}, {}], {})", s, s, STRINGS),
        form("string({})", st.one_of(date(d), time(d), days(d), months(d), boolean(d))),
        form("replace({}, {}, {})", s, pick('"a"', '"[ab]"', '"政"', '"(a)(b)"'), pick('"x"', '""', '"[$0]"')),
        form("{}.b", context(d)),
        form("split({}, {})[1]", s, pick('","', '" "', '"a"', '"[-.]"')),
        form("day of week({})", date(d)),
        form("month of year({})", date(d)),
        form("get value({}, \"b\")", context(d)),
        form("string({})", pick("1", "0.5", "-2.25", "1.10", "12345", "0")),
    )  # fmt: skip


@functools.cache
def date(depth: int) -> Text:
    if depth <= 0:
        return DATES
    d = depth - 1
    return st.one_of(
        DATES,
        form("({} {} {})", date(d), pick("+", "-"), st.one_of(MONTHS, WHOLE_DAYS)),
        form("date({})", st.one_of(moment(d), zoned(d))),
        form("date({}, {}, {})", pick("2026", "2024"), pick("1", "2", "12", "13"), pick("1", "29", "31")),
    )  # fmt: skip


@functools.cache
def time(depth: int) -> Text:
    if depth <= 0:
        return TIMES
    d = depth - 1
    return st.one_of(
        TIMES,
        form("({} {} {})", time(d), pick("+", "-"), days(d)),
        form("time({})", moment(d)),
        form("time({}, {}, 0)", pick("0", "9", "23", "24"), pick("0", "30", "60")),
    )


@functools.cache
def moment(depth: int) -> Text:
    if depth <= 0:
        return MOMENTS
    d = depth - 1
    return st.one_of(
        MOMENTS,
        form("({} {} {})", moment(d), pick("+", "-"), st.one_of(months(d), days(d))),
        form("date and time({}, {})", date(d), time(d)),
    )


@functools.cache
def zoned(depth: int) -> Text:
    if depth <= 0:
        return ZONED
    d = depth - 1
    return st.one_of(
        ZONED,
        form("({} {} {})", zoned(d), pick("+", "-"), st.one_of(months(d), days(d))),
    )


@functools.cache
def days(depth: int) -> Text:
    if depth <= 0:
        return DAYS
    d = depth - 1
    return st.one_of(
        DAYS,
        form("({} {} {})", days(d), pick("+", "-"), days(d)),
        form("({} - {})", date(d), date(d)),
        form("({} - {})", moment(d), moment(d)),
        form("({} - {})", time(d), time(d)),
        form("abs({})", days(d)),
    )


@functools.cache
def months(depth: int) -> Text:
    if depth <= 0:
        return MONTHS
    d = depth - 1
    return st.one_of(
        MONTHS,
        form("({} {} {})", months(d), pick("+", "-"), months(d)),
    )


@functools.cache
def context(depth: int) -> Text:
    d = max(depth - 1, 0)
    plain = form("{{a: {}, b: {}}}", amount(d), string(d))
    if depth <= 0:
        return plain
    return st.one_of(
        plain,
        form('{{a: {}, b: "政", c: a + 1}}', number(d)),
        form('{{a: 1, b: "x", c: {{d: {}}}}}', _any(d)),
        form("context put({}, {}, {})", context(d), pick('"a"', '"c"'), number(d)),
        form("context merge([{}, {{c: {}}}])", context(d), number(d)),
        form("context([{{key: {}, value: {}}}])", pick('"a"', '"政"'), number(d)),
        form("[{}, {}][a > {}][1]", plain, plain, amount(d)),
    )


KINDS: tuple[Callable[[int], Text], ...] = (
    number, boolean, string, numbers, date, time, moment, zoned, days, months, context,
)  # fmt: skip


def _any(depth: int) -> Text:
    return st.one_of(*[kind(depth) for kind in KINDS], st.just("null"))


def _mixed(depth: int) -> Text:
    """Operators on values of any types: mostly null."""
    return form("({} {} {})", _any(depth), pick("+", "-", "*", "="), _any(depth))


def expressions() -> Text:
    """Expressions of all kinds, up to three operators deep."""
    return st.one_of(*[kind(depth) for depth in (1, 2, 3) for kind in KINDS], _mixed(0), _mixed(1))
