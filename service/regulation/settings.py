"""Settings of the regulation: processes/settings.yaml, and what a value of one must keep to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from service.model.errors import BadInput
from service.model.values import Value

_NUMBERS = (-12, 15)  # powers of ten that a setting may have
SHARE = "%"  # the unit of a share: 0.15 is read and written as 15%
YES_NO = {"是": True, "否": False, "true": True, "false": False}


@dataclass(frozen=True)
class Setting:
    """A setting: its value, and where it comes from. `gap`: the regulation is silent, this is our default.

    `lawful`: the floor is the regulation's own. `optional`: it may be left unset (null). `choices`: the
    words that it may be (of a list: that its items may be), with what they mean. `unit`: % for a share.
    """

    name: str
    value: Value
    type: str
    meaning: str
    clauses: tuple[str, ...]
    default: Value
    floor: Value = None
    ceiling: Value = None
    gap: bool = False
    lawful: bool = False
    optional: bool = False
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fixed:
    """What nobody can set: the regulation says it, with its clauses."""

    name: str
    meaning: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """Settings by name, what is fixed, and the process by which a setting is changed (None: by none)."""

    settings: Mapping[str, Setting] = field(default_factory=dict)
    fixed: tuple[Fixed, ...] = ()
    changed_by: str | None = None


def parse_settings(source: bytes) -> Settings:
    """Read `changed_by`, `settings: [{id, type, default, meaning, clauses, …}]`, `fixed: [{id, meaning, clauses}]`.

    Raises BadInput, also for a default that its own bounds forbid.
    """
    try:
        data = yaml.load(source, Loader=yaml.CSafeLoader)
        rows = [_setting(row) for row in data["settings"]]
        found = {setting.name: setting for setting in rows}
        fixed = tuple(
            Fixed(row["id"], row["meaning"], _clauses(row)) for row in data.get("fixed") or ()
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, InvalidOperation) as wrong:
        raise BadInput("settings.yaml 的写法不对，每项要有 id、type、default、meaning。") from wrong
    if len(found) != len(rows):
        raise BadInput("settings.yaml：同一个设置写了两次，请删去一个。")
    for setting in found.values():
        words = unfit(setting, setting.default)
        if words:
            raise BadInput(f"settings.yaml：{setting.name} 的默认值{words}。")
    return Settings(found, fixed, data.get("changed_by"))


def fault(setting: Setting, value: Value) -> str | None:
    """Why a setting cannot have a value: `empty`, `choice`, `below` or `above`; None when it can."""
    if value is None:
        return None if setting.optional else "empty"
    if setting.choices:
        items = value if isinstance(value, list) else [value]
        if not all(item in setting.choices for item in items):
            return "choice"
    if isinstance(value, Decimal):
        if isinstance(setting.floor, Decimal) and value < setting.floor:
            return "below"
        if isinstance(setting.ceiling, Decimal) and value > setting.ceiling:
            return "above"
    return None


def unfit(setting: Setting, value: Value) -> str | None:
    """The same as the end of a Chinese sentence."""
    found = fault(setting, value)
    if found is None:
        return None
    return {
        "empty": "不能为空",
        "choice": f"只能是 {'、'.join(setting.choices.values())}",
        "below": f"不得小于 {shown(setting, setting.floor)}",
        "above": f"不得大于 {shown(setting, setting.ceiling)}",
    }[found]


def fault_of_text(settings: Mapping[str, Setting], name: str, text: str) -> str | None:
    """Why a setting cannot become what a person has written: also `unknown`, `unreadable` or `same`."""
    setting = settings.get(name)
    if setting is None:
        return "unknown"
    try:
        value = read_text(setting, text)
    except BadInput:
        return "unreadable"
    return fault(setting, value) or ("same" if value == setting.value else None)


def moved(before: Mapping[str, Setting], after: Mapping[str, Setting]) -> list[str]:
    """A Chinese sentence for each setting that `after` defines otherwise than `before`; a new one is none."""
    parts = {
        "default": "默认值",
        "type": "类型",
        "floor": "下限",
        "ceiling": "上限",
        "lawful": "下限的性质",
    }
    return [
        f"settings.yaml：{name} 的{words}与已部署的不同，请改回；要改现行值，请在“设置”页提出变更，由三家会签"
        for name in sorted(before.keys() & after.keys())
        for part, words in parts.items()
        if getattr(before[name], part) != getattr(after[name], part)
    ]


def read_text(setting: Setting, text: str) -> Value:
    """The value that a person has written. Raises BadInput for what is none of the setting's type."""
    text = text.strip()
    if setting.optional and text in ("", "不设"):
        return None
    try:
        value = (share if setting.unit == SHARE else _TYPED[setting.type])(text)
        keys = {words: key for key, words in setting.choices.items()}
        if isinstance(value, list):
            return [keys.get(item, item) for item in value]
        return keys.get(value, value) if isinstance(value, str) else value
    except (KeyError, ValueError, InvalidOperation) as wrong:
        kind = "百分数（写法如 15%）" if setting.unit == SHARE else _KINDS[setting.type]
        raise BadInput(f"“{text[:40]}”不是{kind}，请改正。") from wrong


def shown(setting: Setting, value: Value) -> str:
    """A value as people read it, without its unit; the sign of a share belongs to its figure."""
    if value is None:
        return "不设"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(setting.choices.get(item, item) for item in value) or "无"
    if isinstance(value, Decimal) and setting.unit == SHARE:
        return percent(value)
    if isinstance(value, Decimal):
        return format(value.normalize() if value == value.to_integral() else value, "f")
    return setting.choices.get(str(value), str(value))


def percent(share: Decimal) -> str:
    """A share as people read it: 0.15 is 15%."""
    return f"{(share * 100).normalize():f}%"


def share(text: str) -> Decimal:
    """What a person has written of a share. Raises ValueError without its sign: is 1 all, or a hundredth?"""
    figure = text.replace("％", SHARE)
    if not figure.endswith(SHARE):
        raise ValueError(text)
    return _number(figure.removesuffix(SHARE).strip()) / 100


def measured(setting: Setting, value: Value) -> str:
    """A value as people read it, with its unit."""
    text = shown(setting, value)
    return text if value is None or setting.unit == SHARE else f"{text} {setting.unit}".rstrip()


def label(setting: Setting) -> str:
    """How a setting is offered in a list: what it means, and how it stands."""
    return f"{setting.meaning}（现为 {measured(setting, setting.value)}）"


def _number(text: str) -> Decimal:
    found = Decimal(text.replace(",", ""))
    if not found.is_finite() or not _NUMBERS[0] <= found.adjusted() <= _NUMBERS[1]:
        raise ValueError(text)  # also 1e999999999, which would be written out with all its zeros
    return found


def _list(text: str) -> list[str]:
    plain = text.replace("、", ",").replace("，", ",").replace(" ", ",")
    return [] if text == "无" else [part for part in plain.split(",") if part]


_TYPED: dict[str, Callable[[str], Value]] = {
    "number": _number,
    "string": str,
    "boolean": lambda text: YES_NO[text],
    "date": date.fromisoformat,
    "list": _list,
}
_KINDS = {"number": "数", "string": "文字", "boolean": "“是”或“否”", "date": "日期", "list": "列表"}
_READ: dict[str, Callable[[Any], Value]] = {
    "number": lambda v: Decimal(str(v)),
    "string": str,
    "boolean": lambda v: v is True,
    "date": lambda v: v if isinstance(v, date) else date.fromisoformat(str(v)),
    "list": lambda v: [str(item) for item in v],
}


def _clauses(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(c) for c in row.get("clauses") or ())


def _setting(row: dict[str, Any]) -> Setting:
    def read(value: Any) -> Value:
        return None if value is None else _READ[row["type"]](value)

    if row.get("unit") == SHARE and row["type"] != "number":
        raise ValueError(row["id"])
    default = read(row["default"])
    return Setting(
        row["id"],
        default,
        row["type"],
        row["meaning"],
        _clauses(row),
        default,
        read(row.get("floor")),
        read(row.get("ceiling")),
        bool(row.get("gap")),
        bool(row.get("lawful")),
        bool(row.get("optional")),
        row.get("unit") or "",
        {str(key): str(words) for key, words in (row.get("choices") or {}).items()},
    )
