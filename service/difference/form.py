"""A form as items: the form itself and each of its components, those in groups too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from service.difference.items import Fact, Item, Reading, fact
from service.model.errors import BadInput

WORDS = {
    "key": "键",
    "type": "类型",
    "subtype": "日期类型",
    "description": "填写说明",
    "text": "文字",
    "defaultValue": "默认值",
    "validate.required": "必填",
    "validate.minLength": "最少字数",
    "validate.maxLength": "最多字数",
    "validate.min": "最小值",
    "validate.max": "最大值",
    "validate.pattern": "格式",
    "conditional.hide": "隐藏条件",
    "readonly": "只读",
    "disabled": "停用",
    "valuesKey": "选项来源",
    "valuesExpression": "选项来源",
    "expression": "算式",
    "decimalDigits": "小数位数",
    "properties.article": "依据条款",
    "parent": "所在的分组",
    "title": "标题",
    "id": "表单 id",
    "schemaVersion": "表单版本",
    "dateLabel": "日期标签",
    "appearance.suffixAdorner": "单位",
}
# who wrote the file, and where a field stands in the grid: nothing that is asked changes
NO_MEANING = frozenset({"exporter", "executionPlatform", "executionPlatformVersion", "generated"})
DEPTH = 50
KINDS = {
    "textfield": "单行文字栏目",
    "textarea": "多行文字栏目",
    "number": "数字栏目",
    "datetime": "日期栏目",
    "select": "下拉选择栏目",
    "radio": "单选栏目",
    "checkbox": "勾选栏目",
    "checklist": "多选栏目",
    "taglist": "多选标签栏目",
    "filepicker": "附件栏目",
    "dynamiclist": "列表",
    "group": "分组",
    "text": "说明文字",
    "expression": "算式",
    "button": "按钮",
}


def read_form(source: bytes, path: str) -> Reading:
    """The items of a form. Raises BadInput naming the line."""
    try:
        data = json.loads(source)
    except (ValueError, RecursionError) as wrong:
        line = getattr(wrong, "lineno", 1)
        raise BadInput(f"{path}:{line}：不是合格的 JSON，请改正。") from wrong
    if not isinstance(data, dict):
        raise BadInput(f"{path}:1：表单应是一个 JSON 对象。")
    reading = Reading()
    form = reading.add(Item("", "form", "表单", str(data.get("title") or data.get("id") or "")))
    form.facts.update(_facts(data, besides={"components", "title", *NO_MEANING}))
    _components(reading, data.get("components"), "", 0)
    return reading


def _components(reading: Reading, listed: Any, parent: str, depth: int) -> None:
    if not isinstance(listed, list) or depth > DEPTH:
        return
    order = []
    entries = [e if isinstance(e, dict) else {"value": e} for e in listed]
    for number, entry in enumerate(entries, 1):
        own = str(entry.get("id") or entry.get("key") or f"{parent}[{number}]")
        label = str(entry.get("label") or entry.get("dateLabel") or entry.get("key") or "")
        kind = str(entry.get("type"))
        item = reading.add(Item(own, kind, KINDS.get(kind, "栏目"), label))
        item.named = "label" in entry
        besides = {"components", "id", "type", "label", "values", "layout"}
        item.facts.update(_facts(entry, besides=besides))
        if parent:
            item.facts["parent"] = fact(WORDS["parent"], parent)
        _options(reading, item, entry.get("values"))
        reading.layout += json.dumps([own, entry.get("layout")], sort_keys=True)
        order.append(item.id)
        _components(reading, entry.get("components"), item.id, depth + 1)
    reading.orders[parent, "栏目次序"] = tuple(order)


def _options(reading: Reading, item: Item, values: Any) -> None:
    if not isinstance(values, list):
        return
    order = []
    for option in values:
        value = str(option.get("value")) if isinstance(option, dict) else str(option)
        label = str(option.get("label", value)) if isinstance(option, dict) else value
        rest = (
            {k: v for k, v in option.items() if k not in ("value", "label")}
            if isinstance(option, dict)
            else {}
        )
        said = label + (f" {json.dumps(rest, ensure_ascii=False, sort_keys=True)}" if rest else "")
        item.facts[f"option:{value}"] = fact(f"选项 {value}", said)
        order.append(f"{value}")
    reading.orders[item.id, "选项次序"] = tuple(order)


def _facts(
    entry: Mapping[str, Any], besides: set[str], prefix: str = ""
) -> Iterator[tuple[str, Fact]]:
    for name, value in entry.items():
        if not prefix and name in besides:
            continue
        key = f"{prefix}{name}"
        if isinstance(value, dict) and value:
            yield from _facts(value, besides, f"{key}.")
        else:
            said = (
                value
                if isinstance(value, str)
                else json.dumps(value, ensure_ascii=False, sort_keys=True)
            )
            shown = {"true": "是", "false": "否"}.get(said) if isinstance(value, bool) else None
            yield key, fact(WORDS.get(key, key), said, shown)
