"""What the published schemas of XES and OCEL demand, written down by ourselves: their texts are not ours to copy.

XES: the W3C schema of IEEE 1849 (its types LogType, TraceType, EventType, AttributeType and the rest). OCEL 2.0: the JSON
schema of section 8.2 of the specification. Beside what they say, that names refer to something declared.
"""

import re
from datetime import datetime

XES = "{http://www.xes-standard.org/}"
ATTRIBUTES = {
    "string": r"(?s).*",
    "date": r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
    "int": r"[+-]?\d+",
    "float": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|INF|-INF|NaN",
    "boolean": r"true|false|0|1",
    "id": r"(?s).*",
    "list": "",
}
NCNAME = r"[^\W\d][\w.\-]*"
NAME = r"[^\W\d][\w.\-:]*"  # xs:Name
TOKEN = r"(\S+( \S+)*)?"  # xs:token: no other white space, none at the ends


def _fits(pattern: str, text: str | None) -> bool:
    return text is not None and re.fullmatch(pattern, text) is not None


class _Xes:
    """One reading of a document; `faults` is what was found."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def wants(self, element, **patterns: str) -> None:
        """The attributes of an element; a name that ends in _ may be missing, __ stands for a dot."""
        known = {name.rstrip("_").replace("__", "."): name for name in patterns}
        for plain, name in known.items():
            value = element.get(plain)
            if value is None and name.endswith("_"):
                continue
            if not _fits(patterns[name], value):
                self.faults.append(f"{element.tag} {plain}={value!r}")
        self.faults += [f"{element.tag} has {n}" for n in element.attrib if n not in known]

    def attribute(self, element) -> None:
        kind = element.tag.removeprefix(XES)
        if kind not in ATTRIBUTES:
            self.faults.append(f"{element.tag} is no attribute")
            return
        if kind != "list":
            self.wants(element, key=NAME, value=ATTRIBUTES[kind])
        for child in element:
            self.attribute(child)

    def in_order(self, element, *kinds: str) -> None:
        """Children stand in groups in this order; what is none of them is an attribute, in its place."""
        reached = 0
        for child in element:
            kind = child.tag.removeprefix(XES)
            place = kinds.index(kind if kind in kinds else "attribute")
            if place < reached:
                self.faults.append(f"{kind} stands too late in {element.tag}")
            reached = place

    def attributes(self, element) -> None:
        for child in element:
            self.attribute(child)

    def trace(self, element) -> None:
        self.in_order(element, "attribute", "event")
        for child in element:
            (self.attributes if child.tag == f"{XES}event" else self.attribute)(child)

    def scope(self, element) -> None:
        self.wants(element, scope_=NCNAME)
        self.attributes(element)

    def log(self, log) -> None:
        self.wants(log, xes__version=r"[+-]?\d+(\.\d+)?", xes__features_=TOKEN)
        self.in_order(log, "extension", "global", "classifier", "attribute", "trace", "event")
        parts = {
            "extension": lambda e: self.wants(e, name=NCNAME, prefix=NCNAME, uri=r"\S+"),
            "global": self.scope,
            "classifier": lambda e: self.wants(e, name=NCNAME, scope_=NCNAME, keys=TOKEN),
            "trace": self.trace,
            "event": self.attributes,
        }
        for child in log:
            parts.get(child.tag.removeprefix(XES), self.attribute)(child)


def xes_faults(log) -> list[str]:
    """Where a parsed XES document is not what the schema demands; empty when it is valid."""
    if log.tag != f"{XES}log":
        return [f"the root is {log.tag}"]
    reading = _Xes()
    reading.log(log)
    return reading.faults


TEXT = str
TYPED = {"name": TEXT, "type": TEXT}
TIE = {"objectId": TEXT, "qualifier": TEXT}
OCEL = {
    "eventTypes": [{"name": TEXT, "attributes": [TYPED]}],
    "objectTypes": [{"name": TEXT, "attributes": [TYPED]}],
    "events": [
        {"id": TEXT, "type": TEXT, "time": datetime, "attributes?": [{"name": TEXT, "value": TEXT}],
         "relationships?": [TIE]}
    ],
    "objects": [
        {"id": TEXT, "type": TEXT, "attributes?": [{"name": TEXT, "value": TEXT, "time": datetime}],
         "relationships?": [TIE]}
    ],
}  # fmt: skip
KINDS = {"string", "time", "integer", "float", "boolean"}


def ocel_faults(data, shape=OCEL, at: str = "") -> list[str]:
    """Where a document is not what the schema demands; empty when it is valid."""
    if isinstance(shape, list):
        if not isinstance(data, list):
            return [f"{at} is no list"]
        return [f for n, one in enumerate(data) for f in ocel_faults(one, shape[0], f"{at}[{n}]")]
    if isinstance(shape, dict):
        if not isinstance(data, dict):
            return [f"{at} is no object"]
        faults = []
        for name, inner in shape.items():
            key = name.rstrip("?")
            if key in data:
                faults += ocel_faults(data[key], inner, f"{at}.{key}")
            elif key == name:
                faults.append(f"{at} lacks {key}")
        return faults
    if not isinstance(data, str):
        return [f"{at} is no text"]
    if shape is datetime and not _fits(ATTRIBUTES["date"], data):
        return [f"{at} is no time"]
    return []


def ocel_loose_ends(data) -> list[str]:
    """Types, attributes and objects that are named but not declared."""
    types = {
        kind: {t["name"]: {a["name"] for a in t["attributes"]} for t in data[kind]}
        for kind in ("eventTypes", "objectTypes")
    }
    objects = {o["id"] for o in data["objects"]}
    faults = [
        f"kind {a['type']}"
        for k in ("eventTypes", "objectTypes")
        for t in data[k]
        for a in t["attributes"]
        if a["type"] not in KINDS
    ]
    for kind, things in (("eventTypes", data["events"]), ("objectTypes", data["objects"])):
        for thing in things:
            known = types[kind].get(thing["type"])
            if known is None or {a["name"] for a in thing.get("attributes", ())} - known:
                faults.append(f"{thing['id']} is not as declared")
            faults += [
                f"{thing['id']} names {r['objectId']}"
                for r in thing.get("relationships", ())
                if r["objectId"] not in objects
            ]
    ids = [e["id"] for e in data["events"]]
    return faults + ([] if len(set(ids)) == len(ids) else ["an id twice"])
