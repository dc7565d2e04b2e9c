"""The options of a choice: written in the form, or given by the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.forms.schema import Component


def choices(component: Component, context: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """(value, label) of a component's options; None when the surroundings do not give them."""
    if not component.options_from:
        return tuple((o.value, o.label) for o in component.options)
    return _listed(context.get(component.options_from))


def suggestions(component: Component, context: Mapping[str, Any]) -> tuple[str, ...]:
    """Words that a text field proposes without insisting (`suggest` names a list)."""
    return tuple(
        label for _, label in _listed(context.get(component.properties.get("suggest", ""))) or ()
    )


def _listed(given: Any) -> tuple[tuple[str, str], ...] | None:
    """Objects with value and label, or plain values, as form-js takes them."""
    if not isinstance(given, list | tuple):
        return None
    return tuple(
        (str(o.get("value")), str(o.get("label") or o.get("value")))
        if isinstance(o, Mapping)
        else (str(o), str(o))
        for o in given
    )
