"""Settings that nothing reads, and names of settings that nobody declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from service.model.bundle import Bundle

_NAME = re.compile(r"\bsettings\.([A-Za-z_][A-Za-z0-9_]*)")
READERS = (".bpmn", ".dmn", ".form", "reminders.yaml", "sheets.yaml")


def setting_findings(bundle: Bundle, declared: Iterable[str]) -> list[str]:
    """One Chinese sentence for each, with file and line; readers are diagrams, tables, forms, reminders."""
    known = set(declared)
    read = {name for _, _, name in _read(bundle)}
    unread = [
        f"processes/settings.yaml：设置 {name} 没有任何流程图、决策表、表单或提醒读取"
        for name in sorted(known - read)
    ]
    return undeclared(bundle, known) + unread


def undeclared(bundle: Bundle, declared: Iterable[str]) -> list[str]:
    """Only the names that nobody declares: with them nothing can be deployed."""
    known = set(declared)
    return [
        f"{path}:{number} 设置 {name} 没有在 settings.yaml 里声明"
        for path, number, name in _read(bundle)
        if name not in known
    ]


def _read(bundle: Bundle) -> Iterator[tuple[str, int, str]]:
    """(file, line, name) of each setting that is read."""
    for path, source in sorted(bundle.files.items()):
        if path.endswith(READERS):
            lines = source.decode("utf-8", "replace").splitlines()
            for number, line in enumerate(lines, start=1):
                for name in _NAME.findall(line):
                    yield path, number, name
