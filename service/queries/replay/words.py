"""Values of a decision as people read them: in the words of the forms, of the settings, of facts.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.engine import Definition
from service.forms import shown, wan
from service.model.errors import BadInput
from service.regulation.facts import parse_words


def words(definition: Definition, name: str, value: Any) -> str:
    """A value of the variable `name`; a text that nothing names stands as it is."""
    if value is None:
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(words(definition, name, item) for item in value) or "无"
    if isinstance(value, dict):
        return "，".join(f"{key} {words(definition, key, item)}" for key, item in value.items())
    if isinstance(value, Decimal) and name.endswith("_yuan"):
        return f"{wan(value)} 万元"
    return _named(definition, name, value) if isinstance(value, str) else str(value)


def _named(definition: Definition, name: str, value: str) -> str:
    """Of the option of a field, of the field itself, of a setting, of facts.yaml."""
    own = _own_words(definition.bundle.files.get("processes/facts.yaml", b"")).get(name, {})
    if value in own:
        return own[value]
    if value in definition.settings:
        return definition.settings[value].meaning
    for form in definition.forms.values():
        if value in form.fields:
            return form.fields[value].label
        field = form.fields.get(name)
        if field is not None and any(option.value == value for option in field.options):
            return shown(field, value, {})
    return value


@functools.lru_cache(maxsize=8)
def _own_words(source: bytes) -> Mapping[str, Mapping[str, str]]:
    try:
        return parse_words(source) if source else {}
    except BadInput:
        return {}  # of an old version; the newest one is linted
