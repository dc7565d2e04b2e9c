"""`python3 dev.py bench feel`: a compiled condition and a table of twelve rules, beside plain Python and feelin.

All ways run in one process run, interleaved in shuffled rounds; processor time is taken, not the clock on
the wall, and of a ratio the median over the rounds. Ours is a call of `Expression.evaluate` or
`DecisionModel.evaluate` with a fresh context, compiled before, as the engine calls them. feelin's API takes
text and parses on each call; what its parser alone takes is measured too and shown taken off, since a
caller could keep trees if feelin let it. Its table is a `unaryTest` for each rule, as it has no tables.

BANJIE_FEELIN names a folder whose node_modules hold feelin (`npm install feelin` in any folder); without it
only Python is compared.
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from service.dmn import parse_dmn
from service.feel import parse

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CONDITION = 'amount <= 500000 and route = "county" and not(classified)'
CONTEXT = {"amount": Decimal("360000.00"), "route": "county", "classified": False}
LIMITS = [Decimal(50_000 * i) for i in range(13)]
ROUNDS, REPEATS = 60, 400
NODE = """
const { evaluate, unaryTest, parseExpression, parseUnaryTests } = require('feelin');
const readline = require('readline').createInterface({ input: process.stdin });
const ways = {
  condition: ({ text, context }) => evaluate(text, context),
  'condition parse': ({ text, context }) => parseExpression(text, context),
  table: ({ rows, context }) => { for (const row of rows) unaryTest(row, { ...context, '?': context.amount }); },
  'table parse': ({ rows, context }) => {
    for (const row of rows) parseUnaryTests(row, { ...context, '?': context.amount });
  },
};
readline.on('line', line => {
  const question = JSON.parse(line);
  const begun = process.cpuUsage();
  for (let i = 0; i < question.repeats; i++) ways[question.what](question);
  const spent = process.cpuUsage(begun);
  console.log((spent.user + spent.system) / 1e6 / question.repeats);
});
"""


def table() -> Any:
    """A UNIQUE table of twelve bands of an amount."""
    rules = "".join(
        f"<rule><inputEntry><text>]{LIMITS[i]}..{LIMITS[i + 1]}]</text></inputEntry>"
        f"<outputEntry><text>{i}</text></outputEntry></rule>"
        for i in range(12)
    )
    return parse_dmn(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
        <decision id="x" name="x"><decisionTable><input><inputExpression><text>amount</text></inputExpression>
        </input><output name="o"/>{rules}</decisionTable></decision></definitions>""".encode(),
        "bands.dmn",
    )


def plain_condition(amount: Decimal, route: str, classified: bool) -> bool:
    """The condition in Python."""
    return amount <= 500000 and route == "county" and not classified


def plain_table(amount: Decimal) -> int | None:
    """The table in Python: every rule is tried, as UNIQUE wants it."""
    hits = [i for i in range(12) if LIMITS[i] < amount <= LIMITS[i + 1]]
    if len(hits) > 1:
        raise ValueError(hits)
    return hits[0] if hits else None


def timed(call: Callable[[], Any]) -> float:
    """Seconds of the processor a call, over REPEATS calls."""
    begun = time.process_time()
    for _ in range(REPEATS):
        call()
    return (time.process_time() - begun) / REPEATS


def feelin() -> Callable[[dict[str, Any]], float] | None:
    """Asks a node process for seconds a call; None without node or feelin."""
    folder, node = os.environ.get("BANJIE_FEELIN"), shutil.which("node")
    if not folder or not node:
        return None
    process = subprocess.Popen(
        [node, "-e", NODE], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(question: dict[str, Any]) -> float:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    return ask


def ways() -> dict[tuple[str, str], Callable[[], float]]:
    """What is measured: (condition or table, by whom) -> seconds a call."""
    condition, model = parse(CONDITION), table()
    assert condition.evaluate(CONTEXT, now=NOW) is plain_condition(**CONTEXT)
    assert model.evaluate("x", CONTEXT, now=NOW).result == plain_table(CONTEXT["amount"])
    found: dict[tuple[str, str], Callable[[], float]] = {
        ("condition", "FEEL"): lambda: timed(lambda: condition.evaluate(CONTEXT, now=NOW)),
        ("condition", "Python"): lambda: timed(lambda: plain_condition(**CONTEXT)),
        ("table", "FEEL"): lambda: timed(lambda: model.evaluate("x", CONTEXT, now=NOW)),
        ("table", "Python"): lambda: timed(lambda: plain_table(CONTEXT["amount"])),
    }
    ask = feelin()
    if ask is None:
        print("feelin not compared: give a folder with it in BANJIE_FEELIN", file=sys.stderr)
        return found
    rows = [f"]{LIMITS[i]}..{LIMITS[i + 1]}]" for i in range(12)]
    question = {"text": CONDITION, "rows": rows, "context": {**CONTEXT, "amount": 360000}}
    for what in ("condition", "table"):
        for part in ("", " parse"):
            asked = {**question, "repeats": 50, "what": what + part}
            found[what, "feelin" + part] = functools.partial(ask, asked)
    return found


def main() -> None:
    """Print medians in microseconds, and medians of the rounds' ratios."""
    measured = ways()
    rounds: list[dict[tuple[str, str], float]] = []
    order = list(measured)
    for _ in range(ROUNDS):
        random.shuffle(order)
        rounds.append({way: measured[way]() for way in order})
    for what in ("condition", "table"):
        ours = statistics.median(r[what, "FEEL"] for r in rounds)
        print(f"{what:10} FEEL {ours * 1e6:26.2f} µs")
        for other in ("Python", "feelin"):
            if (what, other) in measured:
                _line(what, other, [(r[what, "FEEL"], r[what, other]) for r in rounds])
        if (what, "feelin parse") in measured:
            parsed = [
                (r[what, "FEEL"], r[what, "feelin"] - r[what, "feelin parse"]) for r in rounds
            ]
            _line(what, "feelin, parsing left out", parsed)


def _line(what: str, other: str, pairs: list[tuple[float, float]]) -> None:
    found = statistics.median(theirs for _, theirs in pairs)
    ratio = statistics.median(ours / theirs for ours, theirs in pairs if theirs > 0)
    print(f"{'':10} {other:24} {found * 1e6:6.2f} µs   ratio {ratio:7.3f}")


if __name__ == "__main__":
    main()
