"""A form as data: components in order, inputs by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from service.feel import Expression

CHOICES = frozenset(("select", "radio", "checklist", "taglist"))
TEXTS = frozenset(("textfield", "textarea"))
OTHERS = ("number", "checkbox", "datetime", "filepicker", "dynamiclist", "expression")
INPUTS = CHOICES | TEXTS | frozenset(OTHERS)
STATIC = frozenset(("group", "text", "separator", "spacer"))


@dataclass(frozen=True)
class Option:
    """A choice: value and the words shown."""

    value: str
    label: str


@dataclass(frozen=True, eq=False)
class Component:
    """A part of a form: an input with a key, or a group, text, line.

    `rules` are form-js's `validate`; `limits` those of them that are numbers, or FEEL when written
    with `=`. Our own stand in `properties` (docs/reference/forms.md). `raw` is the JSON itself.
    """

    type: str
    key: str
    label: str
    description: str
    required: bool
    rules: Mapping[str, Any]
    limits: Mapping[str, Decimal | Expression]
    properties: Mapping[str, str]
    options: tuple[Option, ...]
    options_from: str | None
    hide: Expression | None
    readonly: bool | Expression
    rule: Expression | None
    required_if: Expression | None
    computed: Expression | None
    raw: Mapping[str, Any]
    components: tuple[Component, ...] = ()

    @property
    def articles(self) -> tuple[str, ...]:
        """Clause ids that the field rests on."""
        return tuple(self.properties.get("article", "").split())

    @property
    def hint(self) -> str:
        """The line under the label."""
        return self.properties.get("hint") or self.description

    @property
    def is_input(self) -> bool:
        """Whether it holds a value."""
        return self.type in INPUTS

    @property
    def is_money(self) -> bool:
        """Whether it is an amount in yuan."""
        return self.properties.get("format") == "money"

    @property
    def columns(self) -> Mapping[str, Component]:
        """Inputs of a row of a dynamic list, by key."""
        return {c.key: c for c in inputs_of(self.components)}


@dataclass(frozen=True, eq=False)
class Form:
    """A form with its components in order; `fields`: the inputs by key, those in groups too."""

    id: str
    title: str
    path: str
    components: tuple[Component, ...]
    fields: Mapping[str, Component] = field(default_factory=dict)

    @property
    def lists(self) -> frozenset[str]:
        """Names of the lists that its choices are taken from, those in rows too."""
        every = [c for f in self.fields.values() for c in (f, *f.columns.values())]
        return frozenset(c.options_from for c in every if c.options_from)


def inputs_of(components: tuple[Component, ...]) -> Iterator[Component]:
    """The inputs among components, those inside groups too; rows of a list stay inside it."""
    for component in components:
        if component.is_input:
            yield component
        elif component.type == "group":
            yield from inputs_of(component.components)
