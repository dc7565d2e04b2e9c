"""The rules of form-js and ours, on one component at a time."""

import pytest
from form_making import check, error, field, form

PICK = {"values": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]}
FILE = {"name": "纪要.pdf", "digest": "0" * 64, "size": 10}


@pytest.mark.parametrize(
    ("component", "value", "said"),
    [
        (field("textfield", validate={"required": True}), "", "请填写“名称”。"),
        (field("textfield", validate={"required": True}), "   ", "请填写“名称”。"),
        (field("textfield", validate={"minLength": 3}), "两字", "至少 3 个字，现在是 2 个，请补充。"),
        (field("textfield", validate={"maxLength": 3}), "四个字呢", "最多 3 个字，现在是 4 个，请删减。"),
        (field("textfield", validate={"pattern": "^[A-Z]+$", "patternErrorMessage": "只填大写字母"}), "a", "只填大写字母，现在填的是 a。"),
        (field("textfield", validate={"validationType": "email"}), "a@", "请填邮箱地址，如 name@example.cn，现在填的是 a@。"),
        (field("textfield"), "a\x00b", "文字里有看不见的控制字符，请重新输入。"),
        (field("textfield"), "\ud800", "文字里有看不见的控制字符，请重新输入。"),
        (field("textfield"), ["a"], "请填写文字。"),
        (field("textarea"), "长" * 20_001, "最多 20000 个字，现在是 20001 个，请删减。"),
        (field("number"), "十", "请填数字，现在填的是 十。"),
        (field("number"), True, "请填数字，现在填的是 True。"),
        (field("number"), "NaN", "请填数字，现在填的是 NaN。"),
        (field("number"), "1_000", "请填数字，现在填的是 1_000。"),
        (field("number"), "1e400", "请填数字，现在填的是 1e400。"),
        (field("number"), "1" * 16, "数字太大，请核对，现在填的是 1111111111111111。"),
        (field("number", decimalDigits=0), "1.5", "请填整数，现在填的是 1.5。"),
        (field("number", decimalDigits=2), "1.005", "最多 2 位小数，现在填的是 1.005。"),
        (field("number", increment="0.5"), "0.7", "请填 0.5 的整倍数，现在填的是 0.7。"),
        (field("number", validate={"min": 0.1}), "0.09", "不能小于 0.1，现在填的是 0.09。"),
        (field("number", validate={"max": 100}, appearance={"suffixAdorner": "%"}), "100.01", "不能大于 100 %，现在填的是 100.01。"),
        (field("radio", validate={"required": True}, **PICK), None, "请选择“名称”。"),
        (field("select", **PICK), "c", "请从给出的选项中选择“名称”。"),
        (field("checklist", **PICK), "a", "请从给出的选项中选择“名称”。"),
        (field("checklist", **PICK), ["a", "c"], "请从给出的选项中选择“名称”。"),
        (field("taglist", **PICK), ["a", "a"], "同一个选项只选一次。"),
        (field("checklist", validate={"required": True}, **PICK), [], "请选择“名称”。"),
        (field("checkbox", validate={"required": True}), False, "请确认并勾选“名称”。"),
        (field("checkbox"), "yes", "请勾选或不勾选“名称”。"),
        (field("datetime"), "2026-02-30", "请填日期，如 2026-03-01，现在填的是 2026-02-30。"),
        (field("datetime"), "2026-03-01T00:00", "请填日期，如 2026-03-01，现在填的是 2026-03-01T00:00。"),
        (field("datetime"), "0026-03-01", "请填日期，如 2026-03-01，现在填的是 0026-03-01。"),
        (field("datetime", disallowPassedDates=True), "2026-11-22", "“名称”不能早于今天，现在填的是 2026-11-22。"),
        (field("datetime", subtype="time"), "25:00", "请填时间，如 09:30，现在填的是 25:00。"),
        (field("datetime", subtype="datetime"), "2026-03-01", "请填日期和时间，如 2026-03-01T09:30，现在填的是 2026-03-01。"),
        (field("filepicker", validate={"required": True}), None, "请上传“名称”。"),
        (field("filepicker"), [FILE, FILE], "这里只能传一个文件，请去掉其余的。"),
        (field("filepicker"), {**FILE, "path": "/etc/passwd"}, "“名称”没有传好，请重新上传。"),
        (field("filepicker"), {**FILE, "digest": "zz"}, "“名称”没有传好，请重新上传。"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(component, value, said):
    assert error(component, value) == said


@pytest.mark.parametrize(
    ("component", "value", "kept"),
    [
        (field("textfield"), " 眉县 ", "眉县"),
        (field("number", decimalDigits=2), "200000.01", "200000.01"),
        (field("number", decimalDigits=2), "200000", "200000.00"),
        (field("number", decimalDigits=2), 7, "7.00"),
        (field("number", decimalDigits=2), "-0", "0.00"),
        (
            field("number"),
            "999999999999999.000000000000000001",
            "999999999999999.000000000000000001",
        ),
        (field("select", **PICK), "a", "a"),
        (field("taglist", **PICK), ["b", "a"], ["b", "a"]),
        (field("checkbox"), None, False),
        (field("checkbox"), True, True),
        (field("datetime"), "2028-02-29", "2028-02-29"),
        (field("datetime", subtype="time"), "09:30", "09:30"),
        (field("datetime", subtype="datetime"), "2026-03-01T09:30+08:00", "2026-03-01T09:30+08:00"),
        (field("filepicker"), FILE, FILE),
        (field("filepicker"), [FILE], FILE),
        (field("filepicker", multiple=True), FILE, [FILE]),
    ],
)
def test_what_is_right_is_kept(component, value, kept):
    found = check(form(component), {"it": value})
    assert (found.errors, found.values["it"]) == ({}, kept)


def test_empty_values_are_left_out():
    made = form(field("textfield"), field("number", "n"), field("checklist", "c", **PICK))
    assert check(made, {"it": "", "n": None, "c": []}).values == {}


def test_money_is_never_a_binary_float():
    money = field("number", decimalDigits=2, properties={"format": "money"})
    assert error(money, 0.1 + 0.2) == '金额要以文字提交，如 "200000.00"，以免丢失角分。'
    assert error(money, "0.30") is None


def test_unknown_keys_are_named_and_nothing_of_them_is_kept():
    found = check(form(field("textfield")), {"it": "x", "decision": "approved", "__builtins__": {}})
    assert set(found.errors) == {"decision", "__builtins__"}
    assert found.values == {"it": "x"}


def test_a_computed_field_is_never_taken_from_outside():
    made = form(field("number"), field("expression", "double", expression="=it * 2"))
    assert check(made, {"it": "1.1", "double": "9"}).values == {"it": "1.1", "double": "2.2"}


@pytest.mark.parametrize("off", [{"disabled": True}, {"readonly": True}, {"readonly": "=locked"}])
def test_readonly_and_disabled_are_dropped(off):
    made = form(field("textfield", validate={"required": True}, **off))
    assert check(made, {"it": "x"}, locked=True).values == {}
    assert check(made, {}, locked=True).errors == {}


def test_hidden_fields_are_dropped_and_count_as_null():
    made = form(
        field("radio", "q", **PICK),
        field("textfield", conditional={"hide": '=q != "a"'}, validate={"required": True}),
        field("textfield", "after", conditional={"hide": "=it = null"}),
    )
    assert check(made, {"q": "b", "it": "x", "after": "y"}).values == {"q": "b"}
    assert check(made, {"q": "a"}).errors == {"it": "请填写“名称”。"}
    assert check(made, {"q": "a", "it": "x", "after": "y"}).values["after"] == "y"


def test_a_hidden_group_hides_what_is_in_it():
    group = {
        "type": "group",
        "conditional": {"hide": "=secret"},
        "components": [field("textfield")],
    }
    assert check(form(group), {"it": "x"}, secret=True).values == {}
    assert check(form(group), {"it": "x"}, secret=False).values == {"it": "x"}


def test_a_condition_may_read_a_computed_field():
    made = form(
        field("number", "n"),
        field("expression", "double", expression="=n * 2"),
        field("textfield", conditional={"hide": "=double < 10"}, validate={"required": True}),
    )
    assert check(made, {"n": "4"}).errors == {}
    assert set(check(made, {"n": "5"}).errors) == {"it"}


def test_conditions_that_contradict_each_other_come_to_an_end():
    made = form(
        field("textfield", "a", conditional={"hide": '=b = "x"'}),
        field("textfield", "b", conditional={"hide": "=a = null"}),
    )
    assert check(made, {"a": "y", "b": "x"}).errors == {}


def test_required_if_and_rule_with_its_message():
    made = form(
        field("radio", "q", **PICK),
        field("textarea", properties={"requiredIf": 'q = "b"'}),
        {"type": "datetime", "key": "day", "dateLabel": "抽查日期",
         "properties": {"rule": "day <= today()", "ruleMessage": "抽查日期不能晚于今天"}},
    )  # fmt: skip
    assert check(made, {"q": "a"}).errors == {}
    found = check(made, {"q": "b", "day": "2026-11-26"}).errors
    assert found == {"it": "请填写“名称”。", "day": "抽查日期不能晚于今天，现在填的是 2026-11-26。"}


def test_today_is_the_day_in_the_county():
    late = field("datetime", properties={"rule": "it <= today()", "ruleMessage": "x"})
    assert error(late, "2026-11-23") is None


def test_limits_may_be_feel():
    made = field("number", validate={"max": "=budget"})
    from decimal import Decimal

    assert error(made, "11", budget=Decimal(10)) == "不能大于 10，现在填的是 11。"
    assert error(made, "11") is None


def test_options_given_by_the_page():
    unit = field("select", valuesKey="units")
    units = [{"value": "drc", "label": "县发改局"}]
    assert error(unit, "drc", units=units) is None
    assert error(unit, "nobody", units=units) == "请从给出的选项中选择“名称”。"
    assert error(unit, "nobody") is None
    assert error(unit, "预付款", units=["预付款", "尾款"]) is None


ITEMS = field(
    "dynamiclist",
    properties={
        "minRows": "1",
        "maxRows": "3",
        "rule": "sum(it.n) = 100",
        "ruleMessage": "合计要等于 100%",
    },
    components=[
        field("number", "n", decimalDigits=2, validate={"required": True, "min": 0}),
        field("textfield", "why", conditional={"hide": "=n < 50"}, validate={"required": True}),
        field("expression", "double", expression="=n * 2"),
    ],
)


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ([], {"it": "“名称”至少填 1 行。"}),
        (None, {"it": "“名称”至少填 1 行。"}),
        ("text", {"it": "“名称”没有填好，请逐行填写。"}),
        ([1], {"it": "“名称”没有填好，请逐行填写。"}),
        ([{"n": "1"}] * 4, {"it": "“名称”最多填 3 行，现在是 4 行，请删减。"}),
        (
            [{"n": "-1"}, {}],
            {
                "it[0].n": "不能小于 0，现在填的是 -1。",
                "it[1].n": "请填写“名称”。",
                "it[1].why": "请填写“名称”。",
            },
        ),
        ([{"n": "1", "x": 1}], {"it[0].x": "表单里没有这一项，请去掉后再提交。"}),
        ([{"n": "60"}, {"n": "40"}], {"it[0].why": "请填写“名称”。"}),
        ([{"n": "40"}, {"n": "40"}], {"it": "合计要等于 100%。"}),
    ],
)
def test_rows_are_checked_one_by_one_and_together(rows, errors):
    assert check(form(ITEMS), {"it": rows}).errors == errors


def test_rows_are_kept_with_computed_columns_and_without_hidden_ones():
    found = check(form(ITEMS), {"it": [{"n": "60", "why": "多"}, {"n": "40", "why": "少"}]})
    assert found.values["it"] == [
        {"n": "60.00", "why": "多", "double": "120"},
        {"n": "40.00", "double": "80"},
    ]


def test_a_row_knows_itself_the_form_and_its_number():
    rows = {
        "type": "dynamiclist",
        "path": "rows",
        "label": "表",
        "components": [
            field("textfield", "x"),
            field("expression", "y", expression="=this.x + parent.it + string(i[1])"),
        ],
    }
    found = check(form(field("textfield"), rows), {"it": "-", "rows": [{"x": "a"}, {"x": "b"}]})
    assert [row["y"] for row in found.values["rows"]] == ["a-1", "b-2"]


def test_ten_thousand_rows_are_refused_quickly():
    assert "最多填 3 行" in check(form(ITEMS), {"it": [{"n": "1"}] * 10_000}).errors["it"]


def test_a_pattern_cannot_hang():
    slow = field("textfield", validate={"pattern": "^(a+)+$", "maxLength": 5000})
    assert error(slow, "a" * 4000 + "!").startswith("格式不对")
