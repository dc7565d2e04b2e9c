"""Settings that nothing reads, and names of settings that nobody declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from service.model.bundle import Bundle
from service.model.finding import Finding

_NAME = re.compile(r"\bsettings\.([A-Za-z_][A-Za-z0-9_]*)")
_UNREAD = "设置 {} 没有任何流程图、决策表、表单或提醒读取"
READERS = (".bpmn", ".dmn", ".form", "reminders.yaml", "sheets.yaml")


def setting_findings(bundle: Bundle, declared: Iterable[str]) -> list[Finding]:
    """Findings with file and line; readers are diagrams, tables, forms, reminders."""
    known = set(declared)
    read = {name for _, _, name in _read(bundle)}
    unread = [
        Finding("processes/settings.yaml", 1, name, "setting-read", _UNREAD.format(name))
        for name in sorted(known - read)
    ]
    return undeclared(bundle, known) + unread


def undeclared(bundle: Bundle, declared: Iterable[str]) -> list[Finding]:
    """Only the names that nobody declares: with them nothing can be deployed."""
    known = set(declared)
    return [
        Finding(path, number, name, "setting-declared", f"设置 {name} 没有在 settings.yaml 里声明")
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
