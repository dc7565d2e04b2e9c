"""The `decisionTable` element becomes a Table."""

from __future__ import annotations

from typing import Any

from service.dmn.cells import Cells
from service.dmn.table import Input, Output, Rule, Table
from service.dmn.xml import child, children, text
from service.feel.tokens import normal_name


def read_table(node: Any, cells: Cells) -> Table:
    """The table with its columns and rules. Raises DmnError naming decision, rule and column."""
    inputs = tuple(_input(n, cells) for n in children(node, "input"))
    outputs = tuple(_output(n, cells) for n in children(node, "output"))
    labels = [a.get("name") or "" for a in children(node, "annotation")]
    rules = tuple(
        _rule(n, i, cells, labels, inputs, outputs) for i, n in enumerate(children(node, "rule"), 1)
    )
    return Table(
        cells.path,
        cells.decision,
        node.get("hitPolicy") or "UNIQUE",
        node.get("aggregation"),
        inputs,
        outputs,
        rules,
    )


def _input(node: Any, cells: Cells) -> Input:
    expression = child(node, "inputExpression")
    written = text(expression)
    allowed = text(child(node, "inputValues"))
    label = node.get("label") or written
    return Input(
        label,
        cells.expression(written, node, column=label),
        cells.tests(allowed, node, column=label) if allowed else None,
    )


def _output(node: Any, cells: Cells) -> Output:
    values = child(node, "outputValues")
    default = text(child(node, "defaultOutputEntry"))
    listed = cells.listed(text(values), node) if values is not None else ()
    name = normal_name(node.get("name") or "")
    return Output(name, listed, cells.expression(default, node) if default else None)


def _rule(
    node: Any,
    number: int,
    cells: Cells,
    labels: list[str],
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
) -> Rule:
    rule_id = node.get("id") or str(number)
    tests, results = children(node, "inputEntry"), children(node, "outputEntry")
    if len(tests) != len(inputs) or len(results) != len(outputs):
        raise cells.wrong("单元格的个数与列数不同", node, rule_id)
    notes = [text(n) for n in children(node, "annotationEntry")]
    return Rule(
        rule_id,
        tuple(
            cells.tests(text(n), n, rule_id, column.label)
            for n, column in zip(tests, inputs, strict=True)
        ),
        tuple(
            cells.expression(text(n) or "null", n, rule_id, column.name)
            for n, column in zip(results, outputs, strict=True)
        ),
        dict(zip(labels, notes, strict=False)),
        node.sourceline,
    )
