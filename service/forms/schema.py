"""Read a form-js schema (JSON); everything that our renderer does not know is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.feel import Expression, FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.model.errors import BadInput, TooLarge

INPUTS = {
    "textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "taglist",
    "datetime", "filepicker", "dynamiclist", "expression",
}  # fmt: skip
STATIC = {"group", "text", "separator", "spacer"}
CHOICES = {"select", "radio", "checklist", "taglist"}
MAX_BYTES = 500_000


@dataclass(frozen=True)
class Option:
    """A choice: value and the words shown."""

    value: str
    label: str


@dataclass(frozen=True, eq=False)
class Component:
    """A part of a form: an input with a key, or a group, text, line.

    `rules` of the component are form-js's `validate`; ours stand in `properties`: `article` (clause ids),
    `hint`, `rule` with `ruleMessage`, `requiredIf`, `format` (`money`), all but the words in FEEL.
    """

    type: str
    key: str
    label: str
    description: str
    required: bool
    rules: Mapping[str, Any]
    properties: Mapping[str, str]
    options: tuple[Option, ...]
    options_from: str | None
    hide: Expression | None
    rule: Expression | None
    required_if: Expression | None
    computed: Expression | None
    raw: Mapping[str, Any]
    components: tuple[Component, ...] = ()

    @property
    def articles(self) -> tuple[str, ...]:
        """Clause ids that the field rests on."""
        return tuple(self.properties.get("article", "").split())

    @property
    def is_input(self) -> bool:
        """Whether it holds a value."""
        return self.type in INPUTS


@dataclass(frozen=True, eq=False)
class Form:
    """A form with its components in order; `fields` are the inputs, those inside groups too."""

    id: str
    title: str
    path: str
    components: tuple[Component, ...]
    fields: Mapping[str, Component] = field(default_factory=dict)


def parse_form(source: bytes, path: str) -> Form:
    """The form of a file. Raises BadInput naming the file and the component."""
    if len(source) > MAX_BYTES:
        raise TooLarge(f"{path}：表单超过 500 KB。")
    try:
        data = json.loads(source)
    except ValueError as wrong:
        raise BadInput(f"{path}：不是合格的 JSON（{wrong}）。") from wrong
    if not isinstance(data, dict) or not isinstance(data.get("components"), list) or "id" not in data:
        raise BadInput(f"{path}：表单要有 id 和 components。")
    components = tuple(_component(item, path) for item in data["components"])
    fields: dict[str, Component] = {}
    for component in inputs_of(components):
        if component.key in fields:
            raise BadInput(f"{path}：字段 {component.key} 出现两次，请改名。")
        fields[component.key] = component
    title = data.get("title") or next(
        (c["text"].lstrip("# ") for c in data["components"] if c.get("type") == "text"), data["id"]
    )
    return Form(data["id"], title, path, components, fields)


def inputs_of(components: tuple[Component, ...]) -> Iterator[Component]:
    """The inputs among components, those inside groups too; rows of a list stay inside it."""
    for component in components:
        if component.is_input:
            yield component
        elif component.type == "group":
            yield from inputs_of(component.components)


def _component(data: Any, path: str) -> Component:
    if not isinstance(data, dict) or data.get("type") not in INPUTS | STATIC:
        kind = data.get("type") if isinstance(data, dict) else data
        raise BadInput(f"{path}：不支持的组件 {kind}，请换用文本、数字、选项、日期、附件等组件。")
    kind = data["type"]
    key = data.get("key") or data.get("path") or ""
    if kind in INPUTS and not key:
        raise BadInput(f"{path}：组件“{data.get('label', kind)}”没有 key。")
    properties = {str(k): str(v) for k, v in (data.get("properties") or {}).items()}
    where = f"{path} 字段 {key or kind}"
    rules = data.get("validate") or {}
    return Component(
        type=kind,
        key=key,
        label=data.get("label") or data.get("dateLabel") or data.get("text") or "",
        description=data.get("description") or "",
        required=bool(rules.get("required")),
        rules=rules,
        properties=properties,
        options=tuple(Option(str(v["value"]), str(v["label"])) for v in data.get("values") or ()),
        options_from=data.get("valuesKey"),
        hide=_feel((data.get("conditional") or {}).get("hide"), where),
        rule=_feel(properties.get("rule"), where),
        required_if=_feel(properties.get("requiredIf"), where),
        computed=_feel(data.get("expression"), where) if kind == "expression" else None,
        raw=data,
        components=tuple(_component(c, path) for c in data.get("components") or ()),
    )


def _feel(text: Any, where: str) -> Expression | None:
    if not text:
        return None
    try:
        return parse(str(text).lstrip("=").strip(), names=HOST_NAMES)
    except FeelSyntaxError as wrong:
        raise BadInput(f"{where}：{wrong.message}（{text}）") from wrong
