"""What a diagram names by its id (a form, a table, a process) is said with the title that it bears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatch

from service.difference.change import Change
from service.model.bundle import Bundle

# aspect → where the file of an id stands
PLACES = {
    "property:form": "forms/*/{}.form",
    "property:gate": "processes/{}.dmn",
    "property:documents": "processes/{}.dmn",
    "decision": "processes/{}.dmn",
    "calledElement": "processes/{}.bpmn",
}
Title = Callable[[bytes, str], str]


def titled(change: Change, old: Bundle, new: Bundle, title: Title) -> Change:
    """The change with titles before the ids; `title(source, path)` is what a file calls itself, empty for nothing."""
    pattern = PLACES.get(change.aspect)
    if pattern is None:
        return change
    before, after = (_said(v, pattern, b, title) for v, b in ((change.old, old), (change.new, new)))
    return replace(change, old=before, new=after)


def _said(value: str | None, pattern: str, bundle: Bundle, title: Title) -> str | None:
    if not value:
        return value
    path = next((p for p in bundle.files if fnmatch(p, pattern.format(value))), None)
    name = title(bundle.files[path], path) if path else ""
    return f"{name}（{value}）" if name else value
