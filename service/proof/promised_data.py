"""What forms and decision tables have promised: fields, what must be filled in, choices; rules with what they give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from service.dmn import DecisionModel
from service.dmn.table import Rule, Table
from service.model.bundle import Bundle
from service.model.errors import BadInput

Lost = tuple[str, str, tuple[str, ...]]  # place, Chinese sentence, clauses


def forms_of(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Form id → key → `required`, `choices` where it has them. Raises BadInput."""
    found: dict[str, dict[str, Any]] = {}
    for path, source in bundle.of_kind(".form").items():
        try:
            form = json.loads(source)
            found[str(form["id"])] = dict(_fields(form))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise BadInput(f"{path}：不是合格的表单，请检查文件。") from wrong
    return found


def _fields(part: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in part.get("components") or ():
        if one.get("key"):
            told: dict[str, Any] = {}
            if (one.get("validate") or {}).get("required"):
                told["required"] = True
            if one.get("values"):
                told["choices"] = [v["value"] for v in one["values"]]
            yield one["key"], told
        yield from _fields(one)


def tables_of(decisions: Mapping[str, DecisionModel]) -> dict[str, dict[str, Any]]:
    """Decision id → `policy` and `rules`: id → what it asks by column, what it gives, the clauses that it cites."""
    found = {}
    for own, model in sorted(decisions.items()):
        logic = model.decisions[own].logic
        if isinstance(logic, Table):
            found[own] = {
                "policy": logic.hit_policy,
                "rules": {rule.id: _rule(logic, rule) for rule in logic.rules},
            }
    return found


def _rule(table: Table, rule: Rule) -> dict[str, Any]:
    asked = zip(table.inputs, rule.tests, strict=True)
    return {
        "if": {
            " ".join(c.expression.text.split()): " ".join(t.text.split())
            for c, t in asked
            if t.text.strip() != "-"
        },
        "then": [" ".join(cell.text.split()) for cell in rule.outputs],
        "article": rule.annotations.get("条款", ""),
    }


def lost_fields(promised: Mapping[str, Any], forms: Mapping[str, Any]) -> Iterator[Lost]:
    """Fields that are gone, need not be filled in any more, or offer fewer choices."""
    for own, fields in promised.items():
        if own not in forms:
            yield own, f"约定清单里的表单 {own} 没有了", ()
            continue
        for key, told in fields.items():
            now = forms[own].get(key)
            place = f"{own}.{key}"
            if now is None:
                yield place, f"表单 {own} 没有栏目 {key} 了", ()
                continue
            if told.get("required") and not now.get("required"):
                yield place, f"表单 {own} 的栏目 {key} 不再必填", ()
            gone = [str(v) for v in told.get("choices", ()) if v not in now.get("choices", [v])]
            if gone:
                yield place, f"表单 {own} 的栏目 {key} 不再有选项 {'、'.join(gone)}", ()


def lost_rules(promised: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[Lost]:
    """Rules that are gone, ask otherwise, give something else, or cite fewer clauses."""
    for own, told in promised.items():
        if own not in tables:
            yield own, f"约定清单里的决策表 {own} 没有了", ()
            continue
        now = tables[own]
        if told["policy"] != now["policy"]:
            yield own, f"决策表 {own} 的命中方式由 {told['policy']} 改成了 {now['policy']}", ()
        for name, rule in told["rules"].items():
            here = now["rules"].get(name)
            others = [here] if here else list(now["rules"].values())
            if not any(_keeps(rule, other) for other in others):
                clauses = tuple(rule["article"].split())
                what = "改了" if here else "没有了"
                yield (
                    f"{own}/{name}",
                    f"决策表 {own} 的规则 {name} {what}（原来{_said(rule)}）",
                    clauses,
                )


def _keeps(rule: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    same = rule["if"] == now["if"] and rule["then"] == now["then"]
    return same and set(rule["article"].split()) <= set(now["article"].split())


def _said(rule: Mapping[str, Any]) -> str:
    asked = "，".join(f"{name}：{test}" for name, test in rule["if"].items()) or "任何情形"
    return f"{asked} 时给出 {'、'.join(rule['then'])}"
