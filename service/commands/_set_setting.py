"""The operator that puts a setting's new value in force, as the diagram of its change has decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from service.commands._question import Question
from service.model.actor import SYSTEM
from service.model.errors import BadInput, Reason, Refused
from service.model.values import Value, to_json
from service.regulation.settings import Setting, read_text, shown, unfit
from service.store import history, rules
from service.store import tables as t
from service.store.where import Where

_DONE = (
    select(t.task)
    .where(t.task.c.instance_key == bindparam("instance"), t.task.c.status == "completed")
    .order_by(t.task.c.ended_at, t.task.c.task_key)
)


def set_setting(question: Question) -> dict[str, Any]:
    """Write the event `set_setting` and the setting's new version.

    Parameters `setting_id`, `new_value` (as written), `effective_on`, `reason`, `file_no`. Answers
    `setting_was`, the value before as people read it. Raises Refused, quoting the setting's clauses,
    for a value outside its bounds, and when one person has taken part twice.
    """
    given = question.parameters
    setting = question.source.definition.settings.get(str(given.get("setting_id")))
    if setting is None:
        raise BadInput(f"没有设置项 {given.get('setting_id')}。")
    value = _fit(setting, str(given.get("new_value") or ""))
    effective_on = given.get("effective_on")
    if not isinstance(effective_on, date):
        raise BadInput("设置变更没有写明生效日期。")
    said = {
        "id": setting.name,
        "value": to_json(value),
        "was": to_json(setting.value),
        "effective_on": effective_on.isoformat(),
        "reason": str(given.get("reason") or ""),
        "file_no": str(given.get("file_no") or ""),
        "signed": _signed(question),
    }
    _write(question, said)
    return {"setting_was": shown(setting, setting.value)}


def _fit(setting: Setting, text: str) -> Value:
    value = read_text(setting, text)
    words = unfit(setting, value)
    if words:
        said = f"{setting.meaning}{words}"
        raise Refused(f"{said}，请改正后重新提出。", reasons=(Reason(said, setting.clauses),))
    return value


def _signed(question: Question) -> list[dict[str, Any]]:
    """Who took part, in order: unit, name, account, step, time."""
    source = question.source
    rows = question.connection.execute(_DONE, {"instance": source.instance_key}).all()
    if len({row.ended_by for row in rows}) != len(rows):
        raise Refused("提出和会签须由不同的人办理，请由另一人会签。")
    groups = source.definition.groups.groups
    return [
        {
            "unit": groups[row.group_id].name,
            "group": row.group_id,
            "name": row.ended_by_name,
            "account": row.ended_by,
            "step": source.definition.element(row.process_id, row.element_id).name,
            "at": row.ended_at.isoformat(),
        }
        for row in rows
    ]


def _write(question: Question, said: dict[str, Any]) -> None:
    source = question.source
    seq = history.append(
        question.connection,
        at=question.now,
        act="set_setting",
        instance_key=source.instance_key,
        project_key=source.project_key,
        body={"process": source.process_id, "setting": said},
    )
    where = Where(
        source.instance_key, source.project_key, question.now, SYSTEM.account_key, SYSTEM.name
    )
    rules.setting_set(question.connection, where, seq, said)
