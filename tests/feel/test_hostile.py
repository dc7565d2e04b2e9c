"""Two hundred texts thought of by people, that try to reach Python, to hang, or to eat memory.

Each is refused or bounded; `test_hostile_everything.py` adds those that are written by rule.
"""

from __future__ import annotations

import builtins

import pytest

from tests.feel.measuring import MEMORY, MOST, PLAIN, outcome, peak_memory, seconds, times_plain

CONTEXT = {"x": "甲" * 2000, "n": 7, "items": list(range(500)), "d": {"a": {"b": 1}}}

ATTRIBUTES = [
    f"{value}.{name}"
    for value in ("x", "n", "items", "d", "now()", "abs", "(function(a) a)", "[1..2]", '@"P1D"')
    for name in ("__class__", "__globals__", "__init__", "call", "mro")
]
PYTHON = [
    '__import__("os")', 'eval("1")', 'exec("1")', 'open("/etc/passwd")', "globals()", "lambda: 0",
    "x.format(n)", "x % n", "`ls`", "{}.__class__.__bases__", "[].append", '"{0.__class__}".format(1)',
    "getattr(x, 1)", "type(x)", "import os", "x;y", "os.system", "print(1)", "dir()", "vars()",
    "breakpoint()", "input()", "compile(x, x, x)", "f'{n}'", "n.real", "x.upper()", "self", "__builtins__",
    'function(a) external {java: {class: "java.lang.Runtime", "method signature": "exec(String)"}}',
]  # fmt: skip
POWERS = [
    "9 ** 9 ** 9", "9 ** 9999999", "10 ** 6144", "10 ** 6145", "(10 ** 3000) ** 3000", "2 ** -9999999",
    "exp(99999)", "exp(99999999999)", "sqrt(10 ** 6000)", "log(10 ** 6000)", "1e6144 * 10", "1e99999999",
    "decimal(1 / 3, 6176)", "decimal(1 / 3, 99999999)", "round up(1.5, 9999999)", "floor(1e6000)",
    "modulo(10 ** 6000, 7)", "10 ** 6000 + 0.1", "1e-6143 / 10", "odd(10 ** 6000)", "abs(-1e6000)",
    'string(1e6144)', 'number("1e999999")', "product(for i in 1..5000 return 1e6000)",
    "for i in 1..5000 return 9 ** 999", "stddev(for i in 1..5000 return i ** 99)",
]  # fmt: skip
NESTING = [opening * depth + core + closing * depth
    for depth in (200, 5000)
    for opening, core, closing in (
        ("(", "1", ")"), ("[", "1", "]"), ("{a: ", "1", "}"), ("-", "1", ""), ("not(", "true", ")"),
        ("if true then ", "1", " else 1"), ("for i in [1] return ", "1", ""),
        ("some i in [1] satisfies ", "true", ""), ("function(a) ", "1", ""), ("abs(", "1", ")"),
        ("1 + (", "1", ")"), ("x[", "1", "]"),
    )]  # fmt: skip
LONG = [
    " + ".join(["1"] * 4000), " and ".join(["true"] * 3000), "[" + ", ".join(["1"] * 9000) + "]",
    "d" + ".a" * 5000, "x" + "[1]" * 3000, '"' + "a" * 50_000 + '"', "a" * 30_000, "1" * 20_000,
    "{" + ", ".join(f"k{i}: {i}" for i in range(3000)) + "}", "(" * 20_000, "/*" * 9000, "-" * 19_000,
    '"' + "\\u0041" * 3000 + '"', "a b " * 5000, "." * 20_000, "=" * 20_000, "\u0000", "\ud800", "@" * 9999,
]  # fmt: skip
ENDLESS = [
    "for i in 1..4999 return items instance of list<number>",
    "for i in 1..4999 return i in items",
    "for i in 1..4999 return i ** 0.5",
    "for i in 1..4999 return (1 / 3) ** (1 / i)",
    "for i in 1..4999 return items in items",
    "for i in 1..4999 return items.a",
    "for i in 1..1000000000 return i", "for i in 1..10000000000000000000000 return 1",
    "for i in 1..9999, j in 1..9999 return i", "for i in 1..300, j in 1..300, k in 1..300 return 1",
    "some i in 1..99999999 satisfies i < 0", "every i in 1..99999999 satisfies i > 0",
    "some a in items, b in items, c in items satisfies a + b + c < 0", "count(for i in 1..9999 return items)",
    'for d in @"0001-01-01"..@"9999-12-31" return d', "for i in 1..9999 return for j in 1..9999 return j",
    "{f: function(n) f(n)}.f(1)", "{f: function(n) f(n + 1) + f(n + 2)}.f(1)",
    "{f: function(g) g(g)}.f({f: function(g) g(g)}.f)", "(function(g) g(g))(function(g) g(g))",
    "{f: function(n) if n = 0 then 0 else f(n - 1)}.f(100000)",
    "sort(for i in 1..9000 return -i, function(a, b) count(items[item < a]) < 0)",
    "sort(items, function(a, b) (for i in 1..9999 return i) = null)",
    "list replace(items, function(a, b) (for i in 1..9999 return i) = null, 1)",
    "for i in 1..20000 return partial", "for i in 1..9999 return concatenate(partial, partial)",
    "distinct values(for i in 1..9999 return i)", "union(items, for i in 1..9000 return i)",
    "index of(for i in 1..9999 return 1, 1)", "items[some j in items satisfies j < 0]",
    "items[items[items[item = 1] = item] = item]", "for i in 1..9999 return sort(items)",
    "for i in 1..9999 return distinct values(items)", "for i in 1..9999 return string(items)",
    "for i in 1..9999 return items = items", "for i in 1..9999 return flatten([items, items])",
]  # fmt: skip
MEMORY_EATERS = [
    "{a: x + x, b: a + a, c: b + b, e: c + c, f: e + e, g: f + f, h: g + g, i: h + h}.i",
    "string join(for i in 1..9999 return x)", 'string join(for i in 1..4999 return "a", x + x + x)', "for i in 1..9999 return x + string(i)",
    "concatenate(" + ", ".join(["items"] * 100) + ")", "flatten(for i in 1..9999 return items)",
    "append(items, " + ", ".join(["items"] * 500) + ")", 'replace(x, "甲", x)', 'replace(x, "", x)',
    'split(x, "")', "for i in 1..9999 return {a: x, b: x + x}",
    "{a: for i in 1..9999 return i, b: for i in 1..9999 return a}.b",
    "for i in 1..500 return for j in 1..500 return x + x", "context merge(for i in 1..9999 return d)",
    "for i in 1..9999 return context put(d, string(i), x + x)", "[items, items, items][1..99999999]",
    "string(for i in 1..9999 return x)", "for a in [x + x], b in [a + a], c in [b + b] return c + c",
    "upper case(x + x + x) + lower case(x + x + x)", "sublist(items, 1, 1e30)", "insert before(items, 1e30, 1)",
    "reverse(for i in 1..9999 return reverse(items))", "for i in 1..9999 return get entries(d)",
    "substring(x, 1e30)", "substring(x, -1e30, 1e30)", "mode(for i in 1..9999 return x + string(i))",
]  # fmt: skip
PATTERNS = [
    f'matches("{"a" * length}!", "{pattern}")'
    for length in (40, 5000)
    for pattern in ("(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}$", "([a-zA-Z]+)*$", "(a*)*b", "a{1,9999}b")
] + [
    'matches(x, "(甲|甲甲)+!")', 'replace(x, "(甲+)+!", "b")', 'split(x, "(甲+)+!")', 'matches("a", "' + "(" * 900 + '")',
    'matches("a", "' + "a?" * 499 + "a" * 499 + '")', 'matches("a", "(?P<n>a)(?P=n)")', 'matches("a", "(?{1})")',
    'matches("a", "a{999999999}")', 'matches("aaa", "(?:(?:a{0,99}){0,99}){0,99}b")', 'matches(x, x)',
]  # fmt: skip
DATES = [
    'date("999999999-12-31")', "date(1e30, 1, 1)", "date(-1e9, 1, 1)", 'duration("P99999999999Y")',
    'duration("P' + "9" * 4000 + 'D")', '@"2026-01-01" + duration("P99999999D")',
    '@"2026-01-01" + duration("P999999999Y")', 'duration("P1D") * 1e30', 'duration("P1Y") * 1e30',
    "time(1e30, 0, 0)", 'date and time("2026-01-01T00:00:00@../../etc/passwd")',
    'time("00:00:00@/etc/passwd")', '@"2026-01-01T00:00:00@Nowhere/Land"', "last day of period(today(), 1e30)",
    'years and months duration(@"0001-01-01", @"9999-12-31")', '@"9999-12-31" + @"P1D"', '@"0001-01-01" - @"P1D"',
]  # fmt: skip
# each call is short, but costs many times what a plain step does
COSTLY = [
    "for i in 1..4999 return log(i)", "for i in 1..4999 return exp(i)",
    'for i in 1..2000 return matches("a", "a" + string(i))', 'for i in 1..2000 return split("a", string(i))',
    'for i in 1..2000 return replace("a", string(i), "b")',
    'for i in 1..2000 return range("[" + string(i) + ".." + string(i + 1) + "]")',
]  # fmt: skip
HOSTILE = [
    *ATTRIBUTES, *PYTHON, *POWERS, *NESTING, *LONG, *ENDLESS, *MEMORY_EATERS, *PATTERNS, *DATES, *COSTLY,
]  # fmt: skip


def test_there_are_two_hundred() -> None:
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_bounded_in_memory(text: str) -> None:
    outcome("1", CONTEXT)
    assert peak_memory(text, CONTEXT) < MEMORY


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_bounded_in_time(text: str) -> None:
    outcome("1", CONTEXT)
    assert times_plain(text, CONTEXT) < MOST


def test_a_whole_budget_is_counted_and_quick() -> None:
    """What the others are measured by: all steps are used up, in a moment even on a slow machine."""
    assert outcome(PLAIN, CONTEXT) == "refused"
    assert outcome(PLAIN.replace("4999", "3000"), CONTEXT) == "list"
    assert seconds(PLAIN, CONTEXT) < 0.25


@pytest.mark.parametrize("text", COSTLY)
def test_costly_calls_count_for_what_they_cost(text: str) -> None:
    assert outcome(text, CONTEXT) == "refused"


def test_nothing_reaches_python(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome('matches("a", "a")', CONTEXT)  # what is imported late is there now

    def caught(*_: object) -> None:
        raise AssertionError("an expression reached Python")

    with monkeypatch.context() as patched:
        for name in ("eval", "exec", "open"):
            patched.setattr(builtins, name, caught)
        kinds = [outcome(text, CONTEXT) for text in (*ATTRIBUTES, *PYTHON)]
    assert set(kinds) <= {"refused", "NoneType", "list", "Function", "bool"}
