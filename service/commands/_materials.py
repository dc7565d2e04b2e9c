"""What a submission lacks of the documents that its task asks for, all at once (一次性告知)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.commands._task import OpenTask
from service.engine import documents_of
from service.forms import Form, typed_values
from service.model.errors import Reason, Refused
from service.papers.materials import materials, missing


def refuse_incomplete(
    task: OpenTask,
    form: Form,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    now: datetime,
) -> None:
    """Raise Refused when documents are missing or fields are wrong: every document as a reason with
    its clauses, every wrong field with its sentence. `values`: what of the submission is right.
    """
    assert task.locked.state is not None
    asked = documents_of(
        task.locked.definition,
        task.element,
        task.locked.state,
        typed_values(form, values),
        facts=task.locked.facts,
        now=now,
    )
    listed = [(d.name, d.clauses) for d in asked.listed] if asked else []
    wanted = {name for name, _ in listed}
    absent = [
        m
        for m in missing(materials(form, listed, asked.possible if asked else (), values))
        if m.key in wanted
    ]
    fields = {**{m.key: f"请上传“{m.label}”。" for m in absent}, **errors}
    if absent:
        names = "、".join(f"“{m.label}”" for m in absent)
        others = len(set(fields) - {m.key for m in absent})
        more = f"另有 {others} 处需要修改，" if others else ""
        raise Refused(
            f"材料不齐，一次性告知：缺 {len(absent)} 项，{names}；{more}请补齐后再提交。",
            reasons=tuple(Reason(f"缺“{m.label}”", m.clauses) for m in absent),
            fields=fields,
        )
    if fields:
        raise Refused(f"有 {len(fields)} 处需要修改，请按提示改正后再提交。", fields=fields)
