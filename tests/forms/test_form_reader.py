"""What a form file may hold, and how the rest is refused."""

import json

import pytest
from form_making import field, form, schema

from service.forms import parse_form
from service.model.errors import BadInput, TooLarge


@pytest.mark.parametrize(
    "kind", ["html", "iframe", "button", "image", "table", "documentPreview", "x", None, 7]
)
def test_other_components_are_refused(kind):
    with pytest.raises(BadInput, match="不支持的组件"):
        form({"type": kind, "key": "it"})


def test_a_component_inside_a_group_is_refused_too():
    with pytest.raises(BadInput, match="不支持的组件 html"):
        form({"type": "group", "components": [{"type": "html", "content": "<script>"}]})


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (field("textfield", ""), "key"),
        (field("textfield", "a b"), "key"),
        (field("textfield", "__class__"), "key"),
        (field("number", "sum", properties={"rule": "sum([1]) > 0"}), "盖住函数"),
        (field("textfield", validate={"needed": True}), "不认识的 validate：needed"),
        (field("textfield", properties={"artikel": "7.1.1"}), "不认识的 properties：artikel"),
        (field("textfield", properties={"rule": "it >"}), "没有写完"),
        (field("textfield", conditional={"hide": "=it =="}), "表达式"),
        (field("textfield", validate={"pattern": "("}), "pattern"),
        (field("textfield", validate={"validationType": "phone"}), "phone|email"),
        (field("textfield", validate={"maxLength": "many"}), "限值 many"),
        (field("number", properties={"format": "euro"}), "format"),
        (field("number", decimalDigits=True), "decimalDigits"),
        (field("number", decimalDigits=11), "decimalDigits"),
        (field("number", increment="-1"), "increment"),
        (field("textfield", conditional=["x"]), "conditional"),
        (field("filepicker", multiple="=many"), "multiple"),
        (field("select"), "没有选项"),
        (field("radio", values=[{"value": "a"}]), "value 和 label"),
        (field("radio", values=[{"value": "a", "label": "甲"}] * 2), "重复的选项"),
        (field("datetime", subtype="week"), "subtype"),
        (field("expression"), "没有 expression"),
        (field("dynamiclist", components=[]), "没有列"),
        (
            field(
                "dynamiclist", components=[field("dynamiclist", components=[field("textfield")])]
            ),
            "再放列表",
        ),
        (
            field("dynamiclist", components=[field("textfield")], properties={"minRows": "two"}),
            "minRows",
        ),
    ],
)
def test_a_broken_component_is_named(component, words):
    with pytest.raises(BadInput, match=words) as refusal:
        form(component)
    assert refusal.value.message.startswith("forms/sample.form：")


def test_ids_are_unique_and_not_the_form_s_own():
    # The viewer keeps forms and fields in one register and opens no form that breaks this.
    for taken in ("sample", "Field_1"):
        with pytest.raises(BadInput, match="已用过"):
            form(field("textfield", "a", id="Field_1"), field("textfield", "b", id=taken))


def test_keys_are_unique_over_groups():
    with pytest.raises(BadInput, match="字段 it 出现两次"):
        form(field("textfield"), {"type": "group", "components": [field("number")]})


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"id": "x"}',
        b'{"components": []}',
        b"[" * 100_000,
        schema(schemaVersion=15),
        schema(id=""),
    ],
)
def test_what_is_no_form_is_refused(source):
    with pytest.raises(BadInput):
        parse_form(source, "x.form")


def test_size_depth_and_number_are_bounded():
    with pytest.raises(TooLarge):
        parse_form(b" " * 500_001, "x.form")
    with pytest.raises(BadInput, match="超过 500 个"):
        form(*({"type": "spacer"} for _ in range(501)))
    deep = {"type": "group", "components": []}
    for _ in range(12):
        deep = {"type": "group", "components": [deep]}
    with pytest.raises(BadInput, match="嵌套"):
        form(deep)


def test_limits_written_as_json_numbers_stay_exact():
    made = form(field("number", validate={"min": 0.1}))
    assert format(made.fields["it"].limits["min"], "f") == "0.1"
    assert json.loads(schema())["id"] == made.id
