"""A YAML file as items: each entry of its lists and maps, with its fields as facts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from service.difference.items import Fact, Item, Reading
from service.model.errors import BadInput
from service.regulation.settings import SHARE, percent

IDS = ("id", "number", "key")
NAMES = ("name", "meaning", "title", "label", "text")
WORDS = {
    "default": "默认值",
    "floor": "下限",
    "ceiling": "上限",
    "meaning": "含义",
    "unit": "单位",
    "clauses": "依据条款",
    "groups": "候选组",
    "lawful": "下限由办法规定",
    "gap": "办法未规定",
    "text": "文字",
    "formal": "式子",
    "when": "条件",
    "source": "依据文件",
    "type": "类型",
    "aliases": "别名",
    "acts_for": "代办的组",
    "by": "行为人",
    "good": "肯定值",
    "table": "判定表",
    "var": "结果变量",
    "reason": "理由",
    "kept_by": "由谁保证",
    "act": "行为",
    "article": "依据条款",
    "due": "办理期限",
    "duty": "职责",
    "form": "表单",
    "gate": "准入表",
    "kind": "种类",
    "lane": "泳道",
    "outputs": "输出变量",
    "sets": "赋值",
    "choices": "选项",
    "required": "必填",
    "after": "紧接在哪些环节之后",
    "changed_by": "由哪个流程变更",
    "title": "标题",
    "holidays": "放假",
    "workdays": "上班",
}


SECTIONS = {
    "promises": "约定",
    "ways": "走法",
    "forms": "表单",
    "tables": "决策表",
    "years": "年份",
}


class _Exact(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Numbers stay as they are written; 0.10 and 0.1 are equal, a year and a text of digits are not."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    try:
        return Decimal(node.value.replace("_", ""))
    except InvalidOperation:
        return node.value


for _tag in ("int", "float"):
    _Exact.add_constructor(f"tag:yaml.org,2002:{_tag}", _number)


def read_data(source: bytes, path: str) -> Reading:
    """The items of a list of settings, groups, days … Raises BadInput naming the line."""
    try:
        _refuse_aliases(source, path)
        data = yaml.load(source, Loader=_Exact)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        raise BadInput(
            f"{path}:{mark.line + 1 if mark else 1}：不是合格的 YAML，请改正。"
        ) from wrong
    reading = Reading()
    whole = reading.add(Item("", "file", "文件", ""))
    for section, value in (data if isinstance(data, dict) else {"": data}).items():
        _section(reading, whole, str(section), value)
    return reading


def _refuse_aliases(source: bytes, path: str) -> None:
    """Anchors could make a small file very large; none of ours needs them."""
    if b"*" not in source or b"&" not in source:
        return
    for token in yaml.scan(source):
        if isinstance(token, yaml.AliasToken):
            raise BadInput(f"{path}:{token.start_mark.line + 1}：不接受 YAML 别名，请写出全文。")


def _section(reading: Reading, whole: Item, section: str, value: Any) -> None:
    if isinstance(value, dict) and any(isinstance(v, dict) for v in value.values()):
        for own, entry in value.items():
            _entry(reading, f"{section}/{own}", section, entry)
    elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
        names = _ids(value)
        order = [
            _entry(reading, f"{section}/{n}", section, v) for n, v in zip(names, value, strict=True)
        ]
        reading.orders["", f"{section} 次序"] = tuple(order)
    else:
        whole.facts.update(_facts(value, section))


def _ids(listed: list[Any]) -> list[str]:
    """The id of each entry; entries without one are known by their content."""
    for key in IDS:
        found = [v.get(key) if isinstance(v, dict) else None for v in listed]
        if None not in found and max(Counter(map(str, found)).values()) == 1:
            return [str(f) for f in found]
    return [_said(v) for v in listed]


def _entry(reading: Reading, own: str, section: str, entry: Any) -> str:
    fields = entry if isinstance(entry, dict) else {"": entry}
    name = next((str(fields[n]) for n in NAMES if isinstance(fields.get(n), str)), "")
    label = f"{SECTIONS[section]} {own.rpartition('/')[2]}" if section in SECTIONS else ""
    item = reading.add(Item(own, section, section, name, named="name" in fields, label=label))
    rest = {k: v for k, v in fields.items() if k not in ("id", "name")}
    if name and "name" not in fields:
        item.name = name[:30]
    item.facts.update(_facts(rest, "", share=rest.get("unit") == SHARE))
    return item.id


def _facts(value: Any, key: str, *, share: bool = False) -> Iterator[tuple[str, Fact]]:
    if isinstance(value, Mapping) and value:
        for name, inside in value.items():
            yield from _facts(inside, f"{key}.{name}" if key else str(name), share=share)
        return
    what = _word(key)
    if isinstance(value, Decimal):
        said = percent(value) if share else str(value)
        yield key, Fact(what, f"number {value.normalize()}", said)
    else:
        yield key, Fact(what, f"{type(value).__name__} {_said(value)}", _said(value))


def _word(key: str) -> str:
    first, dot, rest = key.partition(".")
    if dot and first in WORDS:
        return f"{WORDS[first]} {rest}"
    inside, dot, last = key.rpartition(".")
    return f"{inside} {WORDS[last]}" if dot and last in WORDS else WORDS.get(key, key)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(v, str | Decimal) for v in value):
        return "、".join(map(str, value))
    if isinstance(value, list | Mapping):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)
