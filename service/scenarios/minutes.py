"""The minutes of a story: date, unit, person, act, result; clauses are quoted in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from service.dmn.table import Table
from service.model.actor import Actor
from service.model.errors import BadInput, Refused
from service.regulation.dates import SHANGHAI
from service.scenarios.looks import Happened
from service.scenarios.world import World

SYSTEM = "系统"


def line(at: datetime, who: Actor | str, what: str) -> str:
    """One line: when, who, what."""
    if isinstance(who, Actor):
        who = f"{who.unit_name} {who.name}"
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {who}  {what}"


def in_words(world: World, clauses: Iterable[str]) -> str:
    """Clauses with their text: `19.1.14「…」、…`."""
    return "、".join(f"{c}「{world.definition.clauses[c].text}」" for c in clauses)


def cited(world: World, path: str, refused: Refused) -> tuple[str, ...]:
    """The clauses on which a refusal of `process/element` (or of starting a process) rests.

    Those of its reasons and of the refused fields; where it names neither, because the person has no
    right to the task or the way has not come there, those of the element itself.
    """
    element = (
        world.element(path.rpartition(":")[2])
        if "/" in path
        else world.definition.processes[path].start
    )
    clauses = [c for reason in refused.reasons for c in reason.clauses]
    if refused.fields and element.form_id:
        fields = world.definition.forms[element.form_id].fields
        for key in refused.fields:
            names = re.sub(r"\[\d+\]", "", key).split(".")
            field = fields.get(names[0])
            clauses += field.articles if field else ()
    if not clauses and not isinstance(refused, BadInput):
        clauses += element.articles
    return tuple(dict.fromkeys(clauses))


def refusal(world: World, path: str, refused: Refused) -> str:
    """The refusal as it is told: the sentence, the fields, the clauses in words."""
    fields = "".join(f"〔{key}：{text}〕" for key, text in refused.fields.items())
    reasons = [r.text for r in refused.reasons if r.text not in refused.message]
    clauses = in_words(world, cited(world, path, refused))
    said = refused.message + fields + "".join(f"；{text}" for text in reasons)
    return f"{said}（{clauses}）" if clauses else said


def results(world: World, happened: Iterable[Happened]) -> Iterator[str]:
    """What followed from acts: each decision with the rules that fired, each new status of a project."""
    for event in happened:
        if event.name == "DecisionEvaluated":
            yield line(event.at, SYSTEM, _decision(world, event.fields))
        elif event.name == "FactsSet" and "project_status" in event.fields["facts"]:
            yield line(event.at, SYSTEM, f"项目状态：{event.fields['facts']['project_status']}")


def _decision(world: World, fields: Mapping[str, Any]) -> str:
    decision = world.definition.decisions[fields["decision_id"]].decisions[fields["decision_id"]]
    rules = decision.logic.rules if isinstance(decision.logic, Table) else ()
    clauses = [
        clause
        for rule in rules
        if rule.id in fields["rules"]
        for clause in rule.annotations.get("条款", "").split()
    ]
    result = fields["result"]
    said = "、".join(map(str, result)) if isinstance(result, list) else _plain(result)
    quoted = in_words(world, dict.fromkeys(clauses))
    return f"判定 {decision.name}：{said or '无'}" + (f"（{quoted}）" if quoted else "")


def _plain(result: Any) -> str:
    if isinstance(result, dict):
        return "、".join(f"{name}={_plain(value)}" for name, value in result.items())
    return (
        {True: "是", False: "否"}.get(result, str(result))
        if isinstance(result, bool)
        else str(result)
    )
