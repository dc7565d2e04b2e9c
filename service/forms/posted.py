"""What a browser posts, as a submission: pairs of name and text to JSON values by key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from service.forms.schema import Component, Form
from service.model.errors import BadInput

ROW = re.compile(r"(?P<list>[^\[\]]+)\[(?P<row>\d{1,4})\]\.(?P<cell>.+)")


def read_posted(form: Form, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The submission; names that the form lacks are kept, so that `validate` refuses them.

    Cells of a list are named `list[0].cell`; rows in which all cells are empty are left out.
    Full-width digits become plain ones. Raises BadInput for a name that fits no pattern.
    """
    found: dict[str, list[Any]] = {}
    rows: dict[str, dict[int, dict[str, list[Any]]]] = {}
    for name, value in pairs:
        match = ROW.fullmatch(name)
        if match and match["list"] in form.fields:
            cells = rows.setdefault(match["list"], {}).setdefault(int(match["row"]), {})
            cells.setdefault(match["cell"], []).append(value)
        elif len(name) > 200:
            raise BadInput("提交的内容无法识别，请刷新页面后重填。")
        else:
            found.setdefault(name, []).append(value)
    made = {name: _value(form.fields.get(name), values) for name, values in found.items()}
    for name, by_row in rows.items():
        component = form.fields[name]
        inner = {c.key: c for c in component.components if c.is_input}
        read = [
            {cell: _value(inner.get(cell), values) for cell, values in cells.items()}
            for _, cells in sorted(by_row.items())
        ]
        made[name] = [row for row in read if any(v not in (None, "", False, []) for v in row.values())]
    return made


def _value(component: Component | None, values: list[Any]) -> Any:
    if component is None:
        return values[-1]
    if component.type in ("checklist", "taglist"):
        return [v for v in values if v]
    if component.type == "checkbox":
        return any(v in ("true", "on", "yes", True) for v in values)
    if component.type == "filepicker":
        kept = [v for v in values if v]
        return kept if component.raw.get("multiple") else (kept[-1] if kept else None)
    value = values[-1]
    if component.type in ("number", "datetime") and isinstance(value, str):
        value = unicodedata.normalize("NFKC", value).strip()
        if component.type == "number":
            value = value.replace(",", "").replace(" ", "")
    return value


def as_pairs(submission: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The inverse, for tests and drafts: how a browser would post a submission."""
    pairs: list[tuple[str, Any]] = []
    for key, value in submission.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping) and "digest" not in value[0]:
            for i, row in enumerate(value):
                pairs += [(f"{key}[{i}].{cell}", _posted(v)) for cell, v in row.items()]
        elif isinstance(value, list):
            pairs += [(key, v) for v in value]
        else:
            pairs.append((key, _posted(value)))
    return pairs


def _posted(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else value
