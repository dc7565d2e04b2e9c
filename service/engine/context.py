"""What expressions of a step see: extra names, variables of the instance, facts, settings."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from service.engine.definition import Definition
from service.engine.elements import Element, Output
from service.feel import FeelLimitExceeded, FeelSyntaxError, parse
from service.feel.host import HOST_NAMES
from service.model.errors import BadInput, Refused


def is_fact(name: str) -> bool:
    """Whether a variable belongs to the project rather than to the instance."""
    return name.startswith("project_")


def evaluate(
    definition: Definition,
    text: str,
    names: Mapping[str, Any],
    now: datetime,
    where: Element | None = None,
) -> Any:
    """The value of an expression of a diagram. Raises BadInput naming the element."""
    try:
        return parse(text, names=HOST_NAMES).evaluate(
            names, now=now, functions=definition.functions
        )
    except (FeelSyntaxError, FeelLimitExceeded) as wrong:
        place = f"{where.process_id}/{where.id}：" if where else ""
        raise BadInput(f"{place}{wrong.message}（{text}）") from wrong


def names_for(
    definition: Definition,
    variables: Mapping[str, Any],
    facts: Mapping[str, Any],
    extra: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """The context of expressions; `extra` hides what is below it."""
    settings = {"settings": definition.setting_values}
    return ChainMap(dict(extra or {}), dict(variables), dict(facts), settings)


def check_output(element: Element, output: Output, value: Any) -> None:
    """Raise BadInput when a value is not one that the element declares."""
    if value is None:
        return
    known = output.values
    fits = value in known if known else type(value) in _PYTHON[output.type]
    if not fits:
        wanted = "、".join(output.values) or output.type
        raise BadInput(
            f"{element.process_id}/{element.id}：{output.name} 只能是 {wanted}，不能是 {value!r}。"
        )


_PYTHON: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (date,),
    "dateTime": (datetime,),
    "list": (list,),
    "context": (dict,),
}


def storable(element: Element, name: str, value: Any) -> Any:
    """A FEEL value as a variable may hold it. Raises Refused for functions, ranges and the like."""
    if value is None or isinstance(value, bool | Decimal | str | date):
        return value
    if isinstance(value, list) and all(isinstance(v, str | Decimal | bool | date) for v in value):
        return value
    if isinstance(value, dict):
        return {str(k): storable(element, name, v) for k, v in value.items()}
    raise Refused(f"{element.process_id}/{element.id}：变量 {name} 不能存放这种值。")
