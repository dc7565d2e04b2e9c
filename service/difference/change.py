"""One difference, and how it is said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# kind of a change -> its word and its sign on drawings and pages
KINDS = {
    "added": ("新增", "＋"),
    "removed": ("删去", "－"),
    "changed": ("改动", "改"),
    "layout": ("图形", "移"),
}
LONGEST = 160


@dataclass(frozen=True)
class Change:
    """`element` is the id within `file` (empty: the file itself), `kind` a key of KINDS, `type` the kind of element
    (`userTask`, `rule`, `field` …), `aspect` a key for programs and `what` the same in Chinese; `old` and `new` are
    None where there is nothing.
    """

    file: str
    element: str
    name: str
    type: str
    kind: str
    aspect: str
    what: str
    old: str | None = None
    new: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For `--json`, the database and the record."""
        return asdict(self)

    @property
    def subject(self) -> str:
        """What has changed: name and id."""
        if self.name and self.name != self.element and self.element:
            return f"{self.name}（{self.element}）"
        return self.name or self.element or self.file.rpartition("/")[2]

    def __str__(self) -> str:
        """`file　subject：what　old → new`, long values cut."""
        if self.kind == "layout":
            return f"{self.file}　{self.what}"
        if self.kind != "changed":
            value = self.new if self.kind == "added" else self.old
            said = f"{KINDS[self.kind][0]}{self.what}　{self.subject}"
            return f"{self.file}　{said}" + (f"：{shortened(value)}" if value else "")
        old, new = shortened(self.old), shortened(self.new)
        return f"{self.file}　{self.subject}：{self.what}　{old or '（无）'} → {new or '（无）'}"


def shortened(text: str | None) -> str:
    """A value on one line, at most LONGEST characters."""
    flat = " ".join((text or "").split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
