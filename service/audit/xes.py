"""The log as XES (IEEE 1849-2023): one trace a project, one event a happening."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import IO, Any

from lxml import etree

from service.model.happening import Happening

EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)
GLOBALS = (("string", "concept:name", "—"), ("date", "time:timestamp", "1970-01-01T00:00:00+00:00"))


def write_xes(stream: IO[bytes], happenings: Iterable[Happening]) -> None:
    """Write the log; happenings outside projects form a trace for each instance."""
    ordered = sorted(happenings, key=lambda h: (_case(h), h.seq))
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(
            "log", {"xes.version": "1849.2023", "xes.features": ""}, nsmap={None: "http://www.xes-standard.org/"}
        ):  # fmt: skip
            for name, prefix, uri in EXTENSIONS:
                _leaf(xml, "extension", name=name, prefix=prefix, uri=uri)
            for scope, attributes in (("trace", GLOBALS[:1]), ("event", GLOBALS)):
                with xml.element("global", {"scope": scope}):
                    for kind, key, value in attributes:
                        _leaf(xml, kind, key=key, value=value)
            _leaf(xml, "classifier", name="环节", keys="concept:name lifecycle:transition")
            for case, events in groupby(ordered, _case):
                with xml.element("trace"):
                    _leaf(xml, "string", key="concept:name", value=case)
                    for happening in events:
                        _event(xml, happening)


def _case(happening: Happening) -> str:
    return happening.project or happening.instance_key


def _event(xml: Any, happening: Happening) -> None:
    with xml.element("event"):
        for key, value in (
            ("concept:name", f"{happening.process_name}：{happening.element_name}"),
            ("lifecycle:transition", happening.stage),
            ("org:resource", happening.person),
            ("org:group", happening.unit),
            ("element", f"{happening.process_id}/{happening.element_id}"),
            ("type", happening.element_type),
            ("instance", happening.instance_key),
            ("task", happening.task_key),
        ):
            if value:
                _leaf(xml, "string", key=key, value=value)
        _leaf(xml, "date", key="time:timestamp", value=happening.at.isoformat())
        _leaf(xml, "int", key="seq", value=str(happening.seq))


def _leaf(xml: Any, tag: str, **attributes: str) -> None:
    xml.write(etree.Element(tag, attributes))
