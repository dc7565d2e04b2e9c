"""`banjie tck DIR`: run a copy of the DMN Technology Compatibility Kit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from lxml import etree

from service.dmn import DecisionModel, namespace_of, parse_dmn
from service.feel.operators import equal
from service.feel.temporal import read_date, read_datetime, read_duration, read_time
from service.feel.tokens import normal_name
from service.model.errors import Refused

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEAR = Decimal("0.00000001")
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True)
class Case:
    """The outcome of one test case."""

    folder: str
    file: str
    id: str
    passed: bool
    why: str


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--failures", is_flag=True, help="Print each case that is not passed, with the reason."
)
def tck(folder: Path, as_json: bool, failures: bool) -> None:
    """Run every *-test-*.xml below FOLDER; one line a folder and a total. Status 1 when one fails."""
    cases = list(run_kit(folder))
    folders = sorted({c.folder for c in cases})
    table = {
        f: (sum(c.passed for c in cases if c.folder == f), sum(c.folder == f for c in cases))
        for f in folders
    }
    if as_json:
        total = {"passed": sum(c.passed for c in cases), "cases": len(cases)}
        click.echo(json.dumps({"folders": table, "total": total}))
    else:
        for name, (passed, count) in table.items():
            click.echo(f"{passed:5} / {count:<5} {name}")
        for case in cases if failures else ():
            if not case.passed:
                click.echo(f"  {case.file} {case.id}: {case.why[:200]}")
        click.echo(
            f"{sum(c.passed for c in cases)} passed, {sum(not c.passed for c in cases)} failed"
        )
    sys.exit(0 if all(c.passed for c in cases) else 1)


def run_kit(folder: Path) -> Iterator[Case]:
    """The outcome of every case below a folder."""
    for path in sorted(folder.rglob("*-test-*.xml")):
        root = etree.parse(str(path)).getroot()
        model_name = _child_text(root, "modelName")
        model, problem = _model(path.parent / model_name)
        for node in root.iter("{*}testCase"):
            yield _case(path, node, model, problem, path.parent.relative_to(folder).as_posix())


def _model(path: Path) -> tuple[DecisionModel | None, str]:
    try:
        beside = {
            namespace_of(p.read_bytes(), p.name): p.read_bytes() for p in path.parent.glob("*.dmn")
        }
        return parse_dmn(path.read_bytes(), path.name, imports=beside, tolerant=True), ""
    except (Refused, OSError) as wrong:
        return None, str(wrong)


def _case(path: Path, node: Any, model: DecisionModel | None, problem: str, folder: str) -> Case:
    why = problem
    if model is not None:
        why = "; ".join(
            filter(None, (_result(model, node, r) for r in node.findall("{*}resultNode")))
        )
    return Case(folder, path.name, node.get("id") or "", not why, why)


def _result(model: DecisionModel, case: Any, node: Any) -> str:
    inputs = {normal_name(n.get("name")): _value(n) for n in case.findall("{*}inputNode")}
    name = normal_name(node.get("name"))
    expected_node = node.find("{*}expected")
    expected = _value(expected_node) if expected_node is not None else None
    try:
        found = _found(model, case, name, inputs)
    except Refused as refused:
        found = None
        if node.get("errorResult") != "true" and expected is not None:
            return refused.message
    return "" if _same(found, expected) else f"{name}: {found!r} instead of {expected!r}"


def _found(model: DecisionModel, case: Any, name: str, inputs: dict[str, Any]) -> Any:
    if case.get("type") == "decisionService":
        service = normal_name(case.get("invocableName"))
        outputs = model.evaluate_service(service, inputs, now=NOW)
        return outputs.get(name, outputs)
    known = {normal_name(d.name): d.id for d in model.decisions.values()}
    return model.evaluate(known.get(name, name), inputs, now=NOW).result


def _child_text(node: Any, name: str) -> str:
    found = node.find(f"{{*}}{name}")
    return "" if found is None else (found.text or "")


def _value(node: Any) -> Any:
    """A value as the kit writes it: value, list or components."""
    items = node.find("{*}list")
    if items is not None and items.get(f"{XSI}nil") != "true":
        return [_value(item) for item in items.findall("{*}item")]
    components = node.findall("{*}component")
    if components:
        return {normal_name(c.get("name")): _value(c) for c in components}
    value = node.find("{*}value")
    if value is None or value.get(f"{XSI}nil") == "true":
        return None
    return _scalar(value.text or "", (value.get(f"{XSI}type") or "").rpartition(":")[2])


def _scalar(text: str, kind: str) -> Any:
    readers = {
        "date": read_date,
        "dateTime": read_datetime,
        "time": read_time,
        "duration": read_duration,
    }
    if kind in ("decimal", "double", "integer", "int", "long", "float"):
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    if kind == "boolean":
        return text.strip() in ("true", "1")
    return readers[kind](text) if kind in readers else text


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= max(NEAR, abs(expected) * NEAR)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(_same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(_same(found[k], expected[k]) for k in found)
    return equal(found, expected) is True
