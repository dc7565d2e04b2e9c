"""YAML as scenario files use it: nothing is rounded, moved or overwritten; mappings know their line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from service.model.errors import BadInput


class _Loader(yaml.CSafeLoader):
    """Dates and decimals stay text, so that nothing is rounded or moved to another zone.

    `on`, `yes` and `no` stay words (YAML 1.2); only true and false are truth values.
    """


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith((":timestamp", ":float", ":bool"))
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])


class Mapped(dict[Any, Any]):
    """A mapping that knows the line on which it began."""

    line = 0


def _mapping(loader: yaml.CSafeLoader, node: yaml.MappingNode) -> Mapped:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise BadInput(f"第 {node.start_mark.line + 1} 行：键 {twice.pop()} 写了两次，请删去一个。")
    made = Mapped(loader.construct_mapping(node, deep=True))
    made.line = node.start_mark.line + 1
    return made


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> Any:
    """The content of a file. Raises BadInput that names the file."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        raise BadInput(f"{path.name}：不是合格的 YAML（{wrong}）。") from wrong
    except BadInput as wrong:
        raise BadInput(f"{path.name}：{wrong.message}") from wrong
