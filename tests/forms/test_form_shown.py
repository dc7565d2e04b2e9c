"""Values as people read them, typed values, and the controls of a page."""

from datetime import date
from decimal import Decimal

import pytest
from form_making import NOW, field, form

from service.forms import controls, shown_values, typed_values, wan

MADE = form(
    field("number", "amount", label="金额", decimalDigits=2, properties={"format": "money", "article": "7.1.4 7.1.12", "hint": "以元填写"}),
    field("radio", "q", label="是否", values=[{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]),
    field("select", "unit", label="单位", valuesKey="units"),
    {"type": "datetime", "key": "day", "dateLabel": "日期"},
    field("textfield", "use", label="用途", properties={"suggest": "uses"}, conditional={"hide": '=q = "no"'}),
    {"type": "group", "label": "附件", "components": [field("filepicker", "file", label="文件", validate={"required": True})]},
    {"type": "dynamiclist", "path": "rows", "label": "明细", "properties": {"minRows": "1"},
     "components": [field("textfield", "name", label="名称"), field("number", "n", label="数")]},
    field("expression", "total", label="合计", expression="=sum(rows.n)"),
)  # fmt: skip
VALUES = {
    "amount": "200000.01", "q": "yes", "unit": "drc", "day": "2026-03-01",
    "file": {"name": "甲.pdf", "digest": "0" * 64, "size": 1},
    "rows": [{"name": "甲", "n": "1"}, {"name": "乙", "n": "2"}], "total": "3",
}  # fmt: skip
CONTEXT = {"units": [{"value": "drc", "label": "县发改局"}], "uses": ["软件开发"]}


def test_labels_and_words():
    assert shown_values(MADE, VALUES, CONTEXT) == [
        ("金额", "20.000001 万元（200,000.01 元）"),
        ("是否", "是"),
        ("单位", "县发改局"),
        ("日期", "2026-03-01"),
        ("文件", "甲.pdf"),
        ("明细", "甲：1；乙：2"),
        ("合计", "3"),
    ]


def test_a_computed_unit_is_shown_by_its_name():
    """The key of a unit is nothing to read."""
    own = field(
        "expression",
        "own",
        label="监理单位",
        expression='="drc"',
        computeOn="change",
        valuesKey="units",
    )
    made = form(own)
    [control] = controls(made, {}, {}, context=CONTEXT, now=NOW)
    assert (control.value, control.beside) == ("drc", "县发改局")
    assert shown_values(made, {"own": "drc"}, CONTEXT) == [("监理单位", "县发改局")]


@pytest.mark.parametrize(
    ("yuan", "text"),
    [("200000", "20.00"), ("200000.01", "20.000001"), ("-5000", "-0.50"), ("0", "0.00"),
     ("12345678900", "1,234,567.89"), ("0.01", "0.000001")],
)  # fmt: skip
def test_ten_thousands_are_never_rounded(yuan, text):
    assert wan(Decimal(yuan)) == text


def test_typed_values_are_ready_for_feel():
    found = typed_values(MADE, VALUES)
    assert found["amount"] == Decimal("200000.01")
    assert found["day"] == date(2026, 3, 1)
    assert found["rows"] == [{"name": "甲", "n": Decimal(1)}, {"name": "乙", "n": Decimal(2)}]
    assert found["total"] == Decimal(3)
    assert found["use"] is None


def parts(values, errors=None):
    made = controls(MADE, values, errors or {}, context=CONTEXT, now=NOW)
    return {c.name or c.component.label: c for c in made}


def test_controls_hold_what_was_typed_with_errors_hints_and_clauses():
    found = parts({**VALUES, "amount": "abc"}, {"amount": "请填数字", "rows[1].n": "请填数字"})
    assert (found["amount"].value, found["amount"].error) == ("abc", "请填数字")
    assert found["amount"].component.hint == "以元填写"
    assert found["amount"].component.articles == ("7.1.4", "7.1.12")
    assert found["unit"].options == (("drc", "县发改局"),)
    assert found["use"].suggestions == ("软件开发",)
    assert found["附件"].inside[0].required
    assert found["rows"].required
    assert [[c.name for c in row] for row in found["rows"].rows] == [
        ["rows[0].name", "rows[0].n"], ["rows[1].name", "rows[1].n"], ["rows[2].name", "rows[2].n"],
    ]  # fmt: skip
    assert found["rows"].rows[1][1].error == "请填数字"
    assert (found["total"].value, found["total"].readonly) == ("3", True)


def test_controls_say_ten_thousands_and_leave_out_what_is_hidden():
    found = parts({**VALUES, "q": "no"})
    assert found["amount"].beside == "20.000001 万元（200,000.01 元）"
    assert "use" not in found


@pytest.mark.parametrize("junk", [{"rows": "x"}, {"rows": [1, {}]}, {"amount": []}, {"q": {}}])
def test_controls_stand_any_draft(junk):
    assert parts(junk)
