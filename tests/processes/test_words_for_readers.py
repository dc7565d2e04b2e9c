"""What people read of diagrams, tables, forms and settings is said in their words: no identifier of ours."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from service.config import project_root
from service.engine import compile_bundle
from service.model.bundle import read_bundle

BUNDLE = read_bundle(project_root())
DEFINITION = compile_bundle(BUNDLE)
IDENTIFIER = re.compile(r"[A-Za-z]+_[A-Za-z0-9_]+|\b[a-z]+[A-Z][A-Za-z]+\b")
FILLED = re.compile(r"\{[^}]*\}")  # a place that a printed sheet fills
SAID = ("label", "dateLabel", "timeLabel", "description", "text", "title", "hint")
READ = ("meaning", "name", "title", "text", "subject", "about", "label", "words")


def texts() -> Iterator[tuple[str, str]]:
    """(where, text) of all that a page may show."""
    for process in DEFINITION.processes.values():
        yield process.path, process.documentation
        yield process.path, process.name
        for element in process.elements.values():
            yield f"{process.path} {element.id}", f"{element.name} {element.documentation}"
    for path, source in BUNDLE.of_kind(".form").items():
        yield from ((path, text) for text in _inside(json.loads(source), SAID))
    for path, source in BUNDLE.files.items():
        if path.endswith(".dmn"):
            notes = re.findall(rb"<annotationEntry[^>]*>\s*<text>(.*?)</text>", source, re.S)
            yield from ((path, note.decode()) for note in notes)
        elif path.endswith(".yaml") and "/scenarios/" not in path and "promises" not in path:
            yield from ((path, text) for text in _inside(yaml.safe_load(source), READ))


def _inside(value: Any, keys: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            if key in keys and isinstance(inside, str) and not inside.startswith("="):
                yield inside
            yield from _inside(inside, keys)
    elif isinstance(value, list):
        for inside in value:
            yield from _inside(inside, keys)


def test_no_identifier_stands_in_what_people_read() -> None:
    said = list(texts())
    assert len(said) > 1000
    assert [(where, text) for where, text in said if IDENTIFIER.search(FILLED.sub("", text))] == []


def test_every_diagram_says_what_it_is_for() -> None:
    assert [p.id for p in DEFINITION.processes.values() if len(p.documentation) < 10] == []
