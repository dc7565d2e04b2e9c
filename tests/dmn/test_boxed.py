"""Boxed expressions, types, functions and services: what comes of a decision written in a few lines of XML."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from service.dmn import DmnError, parse_dmn
from service.feel import evaluate_text
from service.feel.text import text_of_value

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TYPES = """
<itemDefinition name="tNums" isCollection="true"><typeRef>number</typeRef></itemDefinition>
<itemDefinition name="tPos"><typeRef>number</typeRef><allowedValues><text>[1..10]</text></allowedValues>
</itemDefinition>
<itemDefinition name="tPosList" isCollection="true"><typeRef>number</typeRef>
<allowedValues><text>[1..10]</text></allowedValues></itemDefinition>
<itemDefinition name="tFew" isCollection="true"><typeRef>tPos</typeRef>
<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
<itemDefinition name="tColour"><typeRef>string</typeRef><allowedValues><text>"red","green"</text></allowedValues>
</itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef></itemComponent>
<itemComponent name="age"><typeRef>tPos</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>
<inputData id="i" name="i"><variable name="i" typeRef="tPos"/></inputData>
<businessKnowledgeModel id="f" name="f"><variable name="f"/><encapsulatedLogic>
<formalParameter name="a" typeRef="number"/>
<literalExpression><text>if a = 0 then 0 else a + f(a - 1)</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
<businessKnowledgeModel id="g" name="g"><variable name="g" typeRef="string"/><encapsulatedLogic>
<formalParameter name="a"/><literalExpression><text>a</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
<decision id="given" name="given"><variable name="given" typeRef="number"/>
<literalExpression><text>99</text></literalExpression></decision>
<decision id="o1" name="o1"><variable name="o1"/>
<informationRequirement><requiredDecision href="#given"/></informationRequirement>
<informationRequirement><requiredInput href="#i"/></informationRequirement>
<literalExpression><text>given + i</text></literalExpression></decision>
<decision id="o2" name="o2"><variable name="o2"/>
<informationRequirement><requiredDecision href="#given"/></informationRequirement>
<informationRequirement><requiredInput href="#i"/></informationRequirement>
<literalExpression><text>given - i</text></literalExpression></decision>
<decisionService id="s" name="one"><variable name="one"/><outputDecision href="#o1"/>
<inputDecision href="#given"/><inputData href="#i"/></decisionService>
<decisionService id="s2" name="both"><variable name="both"/><outputDecision href="#o1"/>
<outputDecision href="#o2"/><inputDecision href="#given"/><inputData href="#i"/></decisionService>
"""


def decided(logic: str, type_ref: str = "", **inputs: Any) -> Any:
    """The value of a decision with that logic, and of that type."""
    kind = f'typeRef="{type_ref}"' if type_ref else ""
    model = parse_dmn(
        f"""<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="n">
        {TYPES}<decision id="d" name="d"><variable name="d" {kind}/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        {logic}</decision></definitions>""".encode(),
        "m.dmn",
    )
    return model.evaluate("d", inputs, now=NOW).result


def box(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<literalExpression><text>{escaped}</text></literalExpression>"


def same(found: Any, wanted: str) -> None:
    expected = evaluate_text(wanted, {}, now=NOW)
    assert text_of_value(found, inside=True) == text_of_value(expected, inside=True)


@pytest.mark.parametrize(
    ("type_ref", "text", "wanted"),
    [
        ("number", "[1]", "1"),
        ("number", '"a"', "null"),
        ("number", "null", "null"),
        ("feel:number", "1", "1"),
        ("tNums", "1", "[1]"),
        ("tNums", '[1, "a"]', "null"),
        ("tNums", "[[1]]", "null"),
        ("tNums", "[null]", "[null]"),
        ("string", "1", "null"),
        ("boolean", "1", "null"),
        ("dateTime", '@"2020-01-01"', 'date and time("2020-01-01T00:00:00Z")'),
        ("date", '@"2020-01-01T00:00:00"', "null"),
        ("days and time duration", '@"P1Y"', "null"),
        ("tPos", "5", "5"),
        ("tPos", "[5]", "5"),
        ("tPos", "50", "null"),
        ("tPosList", "[1, 2]", "[1, 2]"),
        ("tPosList", "[1, 20]", "null"),
        ("tFew", "[1, 2]", "[1, 2]"),
        ("tFew", "[1, 2, 3]", "null"),
        ("tFew", "[20]", "null"),
        ("tColour", '"red"', '"red"'),
        ("tColour", '"blue"', "null"),
        ("tPerson", '{name: "a", age: 1}', '{name: "a", age: 1}'),
        ("tPerson", '{name: "a", age: 100}', "null"),
        ("tPerson", '{name: "a"}', "null"),
        ("tPerson", '{name: "a", age: 1, x: 2}', '{name: "a", age: 1, x: 2}'),
        ("tPeople", '{name: "a", age: 1}', '[{name: "a", age: 1}]'),
        ("tPerson", '[{name: "a", age: 1}]', '{name: "a", age: 1}'),
    ],
)
def test_a_value_is_fitted_to_its_type(type_ref: str, text: str, wanted: str) -> None:
    same(decided(box(text), type_ref), wanted)


def test_an_input_outside_its_allowed_values_is_null() -> None:
    assert decided(box("i"), i=100) is None
    assert decided(box("i"), i=[5]) == 5


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("f(5)", "15"),
        ("f([5])", "15"),
        ("f(a: 5)", "15"),
        ('f("a")', "null"),
        ("f()", "null"),
        ("g(1)", "null"),
        ('g("a")', '"a"'),
        ("one(2, 1)", "3"),
        ("one(given: 1, i: 2)", "3"),
        ('one(2, "a")', "null"),
        ("one(200, 1)", "null"),
        ("one(1)", "null"),
        ("both(5, 2)", "{o1: 7, o2: -3}"),
        ("one instance of function<number, number> -> number", "true"),
    ],
)
def test_knowledge_models_and_services_are_functions(text: str, wanted: str) -> None:
    same(decided(box(text)), wanted)


def iteration(kind: str, domain: str, body: str, variable: str = "x") -> str:
    inner = {"for": "return", "filter": "match"}.get(kind, "satisfies")
    return f'<{kind} iteratorVariable="{variable}"><in>{box(domain)}</in><{inner}>{box(body)}</{inner}></{kind}>'


@pytest.mark.parametrize(
    ("kind", "domain", "body", "wanted"),
    [
        ("for", "[1, 2]", "x * 2", "[2, 4]"),
        ("for", "[1..3]", "x * 2", "[2, 4, 6]"),
        ("for", "null", "x * 2", "null"),
        ("for", "5", "x * 2", "[10]"),
        ("for", "[1, 2, 3]", "count(partial)", "[0, 1, 2]"),
        ("some", "[1, 2]", "x > 1", "true"),
        ("some", "[1, 2]", "x", "null"),
        ("every", "[]", "x", "true"),
        ("every", "[1, null]", "x > 0", "null"),
        ("filter", "[1, 2, 3]", "item > 1", "[2, 3]"),
        ("filter", "[{a: 1}, {a: 2}]", "a > 1", "[{a: 2}]"),
        ("filter", "[{item: 1}, {item: 2}]", "item > 1", "[{item: 2}]"),
        ("filter", "[5, 6, 7]", "2", "6"),
        ("filter", "5", "item = 5", "[5]"),
        ("filter", "null", "true", "[]"),
        ("filter", "[1, 2]", '"a"', "[]"),
    ],
)
def test_boxed_iterations_are_those_of_the_text(
    kind: str, domain: str, body: str, wanted: str
) -> None:
    same(decided(iteration(kind, domain, body)), wanted)


FUNCTION = f'<functionDefinition><formalParameter name="x" typeRef="number"/>{box("x + 1")}</functionDefinition>'


@pytest.mark.parametrize(
    ("logic", "wanted"),
    [
        (f"<list>{box('1')}{box('2')}</list>", "[1, 2]"),
        (
            f'<relation><column name="a"/><column name="b c"/><row>{box("1")}{box("2")}</row></relation>',
            "[{a: 1, b c: 2}]",
        ),
        (
            f'<context><contextEntry><variable name="a b"/>{box("1")}</contextEntry>'
            f'<contextEntry><variable name="c"/>{box("a b + 1")}</contextEntry></context>',
            "{a b: 1, c: 2}",
        ),
        (
            f'<context><contextEntry><variable name="f"/>{FUNCTION}</contextEntry>'
            f"<contextEntry>{box('f(1)')}</contextEntry></context>",
            "2",
        ),
        (
            f'<context><contextEntry><variable name="a" typeRef="string"/>{box("1")}</contextEntry></context>',
            "{a: null}",
        ),
        (
            f"<conditional><if>{box('true')}</if><then>{box('1')}</then><else>{box('2')}</else></conditional>",
            "1",
        ),
        (
            f"<conditional><if>{box('null')}</if><then>{box('1')}</then><else>{box('2')}</else></conditional>",
            "2",
        ),
        (
            f'<invocation>{box("f")}<binding><parameter name="a"/>{box("3")}</binding></invocation>',
            "6",
        ),
        (
            f'<invocation>{box("f")}<binding><parameter name="z"/>{box("3")}</binding></invocation>',
            "null",
        ),
        (f"<invocation>{box('nobody')}</invocation>", "null"),
        ("", "null"),
    ],
)
def test_boxes(logic: str, wanted: str) -> None:
    same(decided(logic), wanted)


def test_a_constraint_that_is_not_feel_is_an_error() -> None:
    with pytest.raises(DmnError, match="1 \\+"):
        parse_dmn(
            b"""<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="n">
            <itemDefinition name="t"><typeRef>number</typeRef><allowedValues><text>1 +</text></allowedValues>
            </itemDefinition></definitions>""",
            "m.dmn",
        )
