"""Reading DMN's XML: hardened parsing, and children by local name, since the namespace names the version."""

from __future__ import annotations

from typing import Any

from lxml import etree

from service.dmn.errors import DmnError
from service.model.xml import read_xml

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def read_root(source: bytes, path: str) -> Any:
    """The `definitions` element of a DMN 1.1 to 1.5 file. Raises BadInput (DmnError, TooLarge)."""
    root = read_xml(source, path)
    if etree.QName(root).namespace not in NAMESPACES:
        raise DmnError("不是 DMN 1.1–1.5 的文件", path=path, line=1)
    return root


def local(node: Any) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def child(node: Any, name: str) -> Any | None:
    """The first child of that name."""
    return next((c for c in node if local(c) == name), None)


def children(node: Any, name: str) -> list[Any]:
    """All children of that name."""
    return [c for c in node if local(c) == name]


def required(node: Any, name: str) -> Any:
    """The child of that name. Raises DmnError when there is none."""
    found = child(node, name)
    if found is None:
        raise DmnError(f"{local(node)} 缺少 {name}", line=node.sourceline)
    return found


def text(node: Any | None) -> str:
    """What stands in the element's `text`."""
    inner = None if node is None else child(node, "text")
    return "" if inner is None else "".join(inner.itertext()).strip()


def type_ref(node: Any | None) -> str:
    """The type that an element names, as attribute or as child, without a namespace prefix."""
    if node is None:
        return ""
    inner = child(node, "typeRef")
    written = node.get("typeRef") or (inner.text if inner is not None else "") or ""
    return str(written).strip().rpartition(":")[2]
