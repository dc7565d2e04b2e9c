"""Inputs and events of the engine as JSON and back, for the log."""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime
from typing import Any

from service.model import inputs
from service.model.values import from_json, to_json

INPUTS = {
    c.__name__: c
    for c in (
        inputs.StartInstance,
        inputs.CompleteTask,
        inputs.CompleteService,
        inputs.FireTimer,
        inputs.DeliverMessage,
        inputs.DeliverSignal,
        inputs.RearmTimers,
        inputs.ReturnTo,
        inputs.MigrateInstance,
        inputs.CancelInstance,
    )
}


def encode(thing: Any) -> list[Any]:
    """`[name of the class, fields]` of an input or event."""
    fields = {name: _field(getattr(thing, name)) for name in _names(thing.__class__)}
    return [type(thing).__name__, fields]


@functools.cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


def _field(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return to_json(value)
    if isinstance(value, dict):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(v) for v in value]
    return value if isinstance(value, bool | None) else to_json(value)


def decode_input(data: list[Any]) -> inputs.Input:
    """The input that `encode` wrote."""
    name, fields = data
    made = {key: _value(value) for key, value in fields.items()}
    return INPUTS[name](**made)


def _value(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"dateTime"}:
        return from_json(value)
    if isinstance(value, dict):
        return {k: from_json(v) for k, v in value.items()}
    return value
