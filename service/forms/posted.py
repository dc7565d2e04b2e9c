"""What a browser posts, as a submission: pairs of name and text to JSON values by key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from service.forms.schema import Component, Form
from service.model.errors import BadInput

ROW = re.compile(r"(?P<list>[^\[\]]+)\[(?P<row>[0-9]{1,4})\]\.(?P<cell>.+)", re.ASCII)
DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.ASCII)


def read_posted(form: Form, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The submission; names that the form lacks are kept, so that `validate` refuses them.

    Cells of a list are named `list[0].cell`; rows in which all cells are empty are left out.
    Full-width digits become plain ones, 2026年3月1日 becomes 2026-03-01. Raises BadInput for an
    overlong name.
    """
    found: dict[str, list[Any]] = {}
    rows: dict[str, dict[int, dict[str, list[Any]]]] = {}
    for name, value in pairs:
        if len(name) > 200:
            raise BadInput("提交的内容无法识别，请刷新页面后重填。")
        match = ROW.fullmatch(name)
        if match and match["list"] in form.fields:
            cells = rows.setdefault(match["list"], {}).setdefault(int(match["row"]), {})
            cells.setdefault(match["cell"], []).append(value)
        else:
            found.setdefault(name, []).append(value)
    made = {name: _value(form.fields.get(name), values) for name, values in found.items()}
    made.update({name: _rows(form.fields[name], by_row) for name, by_row in rows.items()})
    return made


def _rows(
    component: Component, by_row: Mapping[int, Mapping[str, list[Any]]]
) -> list[dict[str, Any]]:
    columns = component.columns
    read = [
        {cell: _value(columns.get(cell), values) for cell, values in cells.items()}
        for _, cells in sorted(by_row.items())
    ]
    return [row for row in read if any(v not in (None, "", False, []) for v in row.values())]


def _value(component: Component | None, values: list[Any]) -> Any:
    kind = component.type if component else ""
    if component and (kind in ("checklist", "taglist", "filepicker")):
        kept = [v for v in values if v]
        several = kind != "filepicker" or component.raw.get("multiple")
        return kept if several else (kept[-1] if kept else None)
    if kind == "checkbox":
        return any(v in ("true", "on", "yes", True) for v in values)
    value = values[-1]
    if kind == "number" and isinstance(value, str):
        return re.sub(r"[,\s]", "", unicodedata.normalize("NFKC", value))
    if kind == "datetime" and isinstance(value, str):
        return _day(unicodedata.normalize("NFKC", value).strip())
    return value


def _day(text: str) -> str:
    match = DAY.fullmatch(text)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else text


def as_pairs(submission: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The inverse, for drafts and tests: how a browser would post a submission."""
    pairs: list[tuple[str, Any]] = []
    for key, value in submission.items():
        if isinstance(value, list) and value and _is_row(value[0]):
            for i, row in enumerate(value):
                pairs += [(f"{key}[{i}].{cell}", _posted(v)) for cell, v in row.items()]
        elif isinstance(value, list):
            pairs += [(key, v) for v in value]
        else:
            pairs.append((key, _posted(value)))
    return pairs


def _is_row(value: Any) -> bool:
    return isinstance(value, Mapping) and "digest" not in value


def _posted(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else value
