"""Two bundles become a list of changes, file by file."""

from __future__ import annotations

from collections.abc import Iterator

from service.difference.change import Change
from service.difference.data import read_data
from service.difference.diagram import read_diagram
from service.difference.form import read_form
from service.difference.items import Reading, compare
from service.difference.table import read_table
from service.difference.titles import titled
from service.model.bundle import Bundle
from service.model.errors import Refused

READERS = {
    ".bpmn": read_diagram,
    ".dmn": read_table,
    ".form": read_form,
    ".yaml": read_data,
}
WORDS = {".bpmn": "流程图", ".dmn": "决策表", ".form": "表单", ".yaml": "配置文件"}


def difference(old: Bundle, new: Bundle) -> list[Change]:
    """Every difference in meaning, in order of file; none for bundles that say the same.

    White space, comments, the order of attributes and ids of inner parts are no difference; a file in which only
    shapes moved is one line.
    """
    return [change for path in _paths(old, new) for change in _file(path, old, new)]


def _paths(old: Bundle, new: Bundle) -> list[str]:
    paths = sorted({*old.files, *new.files})
    return [p for p in paths if old.files.get(p) != new.files.get(p)]


def _file(path: str, old: Bundle, new: Bundle) -> Iterator[Change]:
    word = WORDS.get(path[path.rfind(".") :], "文件")
    before, after = old.files.get(path), new.files.get(path)
    try:
        was = Reading() if before is None else _read(before, path)
        now = Reading() if after is None else _read(after, path)
    except Refused as broken:
        yield Change(path, "", "", "file", "changed", "unreadable", "内容", None, broken.message)
        return
    if before is None:
        yield Change(path, "", _title(now), "file", "added", "file", word)
    elif after is None:
        yield Change(path, "", _title(was), "file", "removed", "file", word)
    else:
        yield from (titled(change, old, new, _called) for change in compare(path, was, now))


def _read(source: bytes, path: str) -> Reading:
    reader = READERS.get(path[path.rfind(".") :], read_data)
    return reader(source, path)


def _called(source: bytes, path: str) -> str:
    try:
        return _title(_read(source, path))
    except Refused:
        return ""


def _title(reading: Reading) -> str:
    return next((item.name for item in reading.items.values() if item.name), "")
