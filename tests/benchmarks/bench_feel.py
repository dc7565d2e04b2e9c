"""`python3 dev.py bench feel`: a compiled condition and a table of twelve rules, beside plain Python and feelin.

Rounds are shuffled and interleaved in one run. BANJIE_FEELIN names a folder whose node_modules hold feelin
(`npm install feelin` in any folder); without it only Python is compared.
"""

from __future__ import annotations

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
ROUNDS, REPEATS = 40, 500
NODE = """
const { evaluate, unaryTest } = require('feelin');
const readline = require('readline').createInterface({ input: process.stdin });
readline.on('line', line => {
  const { what, text, rows, context, repeats } = JSON.parse(line);
  const begun = process.hrtime.bigint();
  for (let i = 0; i < repeats; i++) {
    if (what === 'condition') evaluate(text, context);
    else for (const row of rows) { unaryTest(row, { ...context, '?': context.amount }); }
  }
  console.log(Number(process.hrtime.bigint() - begun) / 1e9 / repeats);
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
    """Seconds a call, over REPEATS calls."""
    begun = time.perf_counter()
    for _ in range(REPEATS):
        call()
    return (time.perf_counter() - begun) / REPEATS


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


def main() -> None:
    """Print medians in microseconds, and ratios."""
    condition, model = parse(CONDITION), table()
    plain = {**CONTEXT, "amount": 360000}
    rows = [f"]{LIMITS[i]}..{LIMITS[i + 1]}]" for i in range(12)]
    ways: dict[tuple[str, str], Callable[[], float]] = {
        ("condition", "FEEL"): lambda: timed(lambda: condition.evaluate(CONTEXT, now=NOW)),
        ("condition", "Python"): lambda: timed(lambda: plain_condition(**CONTEXT)),
        ("table", "FEEL"): lambda: timed(lambda: model.evaluate("x", CONTEXT, now=NOW)),
        ("table", "Python"): lambda: timed(lambda: plain_table(CONTEXT["amount"])),
    }
    ask = feelin()
    if ask:
        question = {"text": CONDITION, "rows": rows, "context": plain, "repeats": 50}
        ways["condition", "feelin"] = lambda: ask({**question, "what": "condition"})
        ways["table", "feelin"] = lambda: ask({**question, "what": "table"})
    assert condition.evaluate(CONTEXT, now=NOW) is plain_condition(**CONTEXT)
    assert model.evaluate("x", CONTEXT, now=NOW).result == plain_table(CONTEXT["amount"])
    spent: dict[tuple[str, str], list[float]] = {way: [] for way in ways}
    order = list(ways)
    for _ in range(ROUNDS):
        random.shuffle(order)
        for way in order:
            spent[way].append(ways[way]())
    medians = {way: statistics.median(seconds) * 1e6 for way, seconds in spent.items()}
    for what in ("condition", "table"):
        ours = medians[what, "FEEL"]
        print(f"{what:10} FEEL {ours:8.1f} µs")
        for other in ("Python", "feelin"):
            if (what, other) in medians:
                found = medians[what, other]
                print(f"{'':10} {other:6} {found:8.2f} µs   ratio {ours / found:6.2f}")
    if ask is None:
        print("feelin not compared: give a folder with it in BANJIE_FEELIN", file=sys.stderr)


if __name__ == "__main__":
    main()
