"""Read a form-js schema (JSON); everything that our renderer does not know is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import regex

from service.feel import Expression, FeelSyntaxError, parse
from service.forms.schema import INPUTS, STATIC, Component, Form, Option, inputs_of
from service.forms.scope import FUNCTIONS
from service.forms.sound import misshapen, unsound
from service.model.errors import BadInput, TooLarge

MAX_BYTES = 500_000
MAX_COMPONENTS = 500
MAX_DEPTH = 8
SCHEMA_FROM = 16
LIMITS = ("min", "max", "minLength", "maxLength")
RULES = {*LIMITS, "required", "pattern", "patternErrorMessage", "validationType"}
OURS = {
    "article",
    "hint",
    "rule",
    "ruleMessage",
    "requiredIf",
    "format",
    "suggest",
    "template",
    "purge",
    "public",
}
PROPERTIES = OURS | {"minRows", "maxRows"}


def parse_form(source: bytes, path: str) -> Form:
    """The form of a file. Raises BadInput naming the file and the component, TooLarge."""
    if len(source) > MAX_BYTES:
        raise TooLarge(f"{path}：表单超过 500 KB，请拆分。")
    try:
        data = json.loads(source, parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        raise BadInput(f"{path}：不是合格的 JSON（{wrong}）。") from wrong
    if not isinstance(data, dict) or not isinstance(data.get("components"), list):
        raise BadInput(f"{path}：表单要有 components。")
    if not isinstance(data.get("id"), str) or not data["id"]:
        raise BadInput(f"{path}：表单要有 id。")
    version = data.get("schemaVersion")
    if not isinstance(version, int) or version < SCHEMA_FROM:
        raise BadInput(f"{path}：schemaVersion 要在 {SCHEMA_FROM} 以上，请用新版编辑器另存。")
    reader = _Reader(path, data["id"])
    components = reader.components(data["components"], 0)
    for key in sorted(reader.keys & reader.called):
        raise reader.refuse(f"字段 {key} ", "与表达式里用的函数同名，会盖住函数，请改名。")
    return Form(
        data["id"],
        str(data.get("title") or data["id"]),
        path,
        components,
        reader.by_key(components),
    )


class _Reader:
    """Reads the components of one file, counting them."""

    def __init__(self, path: str, form_id: str) -> None:
        self.path = path
        self.ids = {form_id}
        self.count = 0
        self.keys: set[str] = set()
        self.called: set[str] = set()

    def refuse(self, where: str, problem: str) -> BadInput:
        return BadInput(f"{self.path}：{where}{problem}")

    def by_key(self, components: tuple[Component, ...]) -> dict[str, Component]:
        found: dict[str, Component] = {}
        for component in inputs_of(components):
            if component.key in found:
                raise self.refuse(f"字段 {component.key} ", "出现两次，请改名。")
            found[component.key] = component
        return found

    def components(self, items: Any, depth: int) -> tuple[Component, ...]:
        if not isinstance(items, list) or depth > MAX_DEPTH:
            raise self.refuse("", "组件的嵌套不对。")
        return tuple(self.component(item, depth) for item in items)

    def component(self, data: Any, depth: int) -> Component:
        kind = data.get("type") if isinstance(data, dict) else data
        if not isinstance(kind, str) or kind not in INPUTS | STATIC:
            raise self.refuse(
                "", f"不支持的组件 {kind}，请换用文本、数字、选项、日期、附件等组件。"
            )
        self.count += 1
        if self.count > MAX_COMPONENTS:
            raise self.refuse("", f"组件超过 {MAX_COMPONENTS} 个，请拆成几张表单。")
        key = str(data.get("path" if kind == "dynamiclist" else "key") or data.get("key") or "")
        where = f"字段 {key or data.get('label') or kind} "
        if wrong := misshapen(data):
            raise self.refuse(where, f"的 {wrong} 写法不对。")
        if kind in INPUTS and not regex.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,79}", key):
            raise self.refuse(where, "的 key 要用英文字母、数字和下划线。")
        self.keys.add(key)
        identity = str(data.get("id") or "")
        if identity in self.ids:
            raise self.refuse(where, f"的 id {identity} 已用过，请改名。")
        self.ids |= {identity} - {""}
        properties = self.mapping(data, "properties", where, PROPERTIES)
        rules = self.mapping(data, "validate", where, RULES)
        inner = self.components(data.get("components") or [], depth + 1)
        made = Component(
            type=kind,
            key=key,
            label=str(data.get("label") or data.get("dateLabel") or data.get("text") or ""),
            description=str(data.get("description") or ""),
            required=rules.get("required") is True,
            rules=rules,
            limits={k: self.limit(rules[k], where) for k in LIMITS if rules.get(k) is not None},
            properties={k: str(v) for k, v in properties.items()},
            options=self.options(data, where),
            options_from=data.get("valuesKey"),
            hide=self.feel((data.get("conditional") or {}).get("hide"), where),
            readonly=self.readonly(data, where),
            rule=self.feel(properties.get("rule"), where),
            required_if=self.feel(properties.get("requiredIf"), where),
            computed=self.feel(data.get("expression"), where) if kind == "expression" else None,
            raw=data,
            components=inner,
        )
        if wrong := unsound(made):
            raise self.refuse(where, wrong)
        if kind == "dynamiclist":
            self.by_key(inner)
        return made

    def mapping(
        self, data: Mapping[str, Any], name: str, where: str, known: Iterable[str]
    ) -> dict[str, Any]:
        found: dict[str, Any] = data.get(name) or {}
        unknown = set(found) - set(known)
        if unknown:
            raise self.refuse(where, f"有不认识的 {name}：{'、'.join(sorted(unknown))}。")
        return found

    def options(self, data: Mapping[str, Any], where: str) -> tuple[Option, ...]:
        values = data.get("values") or ()
        try:
            made = tuple(Option(str(v["value"]), str(v["label"])) for v in values)
        except (KeyError, TypeError) as wrong:
            raise self.refuse(where, "的选项要有 value 和 label。") from wrong
        if len({option.value for option in made}) < len(made):
            raise self.refuse(where, "有重复的选项。")
        return made

    def readonly(self, data: Mapping[str, Any], where: str) -> bool | Expression:
        value = data.get("readonly")
        if isinstance(value, str):
            return self.feel(value, where) or False
        return value is True or data.get("disabled") is True

    def limit(self, value: Any, where: str) -> Decimal | Expression:
        if isinstance(value, str) and value.startswith("="):
            found = self.feel(value, where)
            assert found is not None
            return found
        try:
            return Decimal(str(value))
        except InvalidOperation as wrong:
            raise self.refuse(where, f"的限值 {value} 不是数字。") from wrong

    def feel(self, text: Any, where: str) -> Expression | None:
        if not text:
            return None
        self.called |= set(regex.findall(r"([A-Za-z_]\w*)\s*\(", str(text)))
        try:
            return parse(str(text).removeprefix("=").strip(), names=FUNCTIONS)
        except FeelSyntaxError as wrong:
            raise self.refuse(where, f"的{wrong.message}（{text}）") from wrong
