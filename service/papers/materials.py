"""The list of materials of a task: what is given, what is missing, what does not apply."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.forms import Component, Form

GIVEN, MISSING, NOT_APPLICABLE, OPTIONAL = "given", "missing", "not_applicable", "optional"


@dataclass(frozen=True)
class Material:
    """A file field of a form as an item of the list.

    `state` is one of the four above; `files` what is given; `template` the id of a sheet to fill.
    """

    key: str
    label: str
    state: str
    clauses: tuple[str, ...]
    files: tuple[Any, ...] = ()
    template: str = ""

    @property
    def words(self) -> str:
        """The state in the words of the page."""
        return WORDS[self.state]

    @property
    def order(self) -> int:
        """Its place on the page: what is missing first."""
        return (MISSING, GIVEN, OPTIONAL, NOT_APPLICABLE).index(self.state)


WORDS = {GIVEN: "已交", MISSING: "缺", NOT_APPLICABLE: "不适用", OPTIONAL: "可不交"}


def materials(
    form: Form,
    listed: Iterable[tuple[str, tuple[str, ...]]],
    possible: Collection[str],
    values: Mapping[str, Any],
    hidden: Collection[str] = (),
) -> tuple[Material, ...]:
    """All file fields of `form` in order. `listed`: key and clauses of those asked for now;
    `possible`: keys that the table asks for in other cases; `values`: the submission as it stands;
    `hidden`: fields that do not apply to it, unless the table asks for them.
    """
    asked = dict(listed)
    return tuple(
        _material(component, asked.get(key), key in possible, key in hidden, values.get(key))
        for key, component in form.fields.items()
        if component.type == "filepicker"
    )


def _material(
    component: Component, asked: tuple[str, ...] | None, possible: bool, hidden: bool, value: Any
) -> Material:
    files = tuple(value) if isinstance(value, list) else (value,) if value else ()
    wanted = asked is not None or (component.required and not hidden)
    possible = possible or hidden
    if files and (wanted or not possible):
        state = GIVEN
    elif wanted:
        state = MISSING
    else:
        state = NOT_APPLICABLE if possible else OPTIONAL
    return Material(
        component.key,
        component.label,
        state,
        asked or component.articles,
        files,
        component.properties.get("template", ""),
    )


def missing(items: Iterable[Material]) -> tuple[Material, ...]:
    """Those that have to be given and are not."""
    return tuple(item for item in items if item.state == MISSING)
