"""Words with places to fill: `文号 {source.field|format}`, and `[[…]]` that goes when a place in it is empty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import regex

PLACE = regex.compile(r"\{([a-z][a-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?)(?:\|([a-z]+))?\}")
PART = regex.compile(r"\[\[(.*?)\]\]", flags=regex.DOTALL)
FORMATS = frozenset(("yuan", "wan", "capital", "date", "short", "lines"))
BLANK = "＿＿＿＿"

Value = Callable[[str, str], str]


@dataclass(frozen=True)
class Template:
    """The words as they are written."""

    words: str

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """(name, format) of all places, in order."""
        return tuple((m[1], m[2] or "") for m in PLACE.finditer(self.words))

    @property
    def problem(self) -> str | None:
        """What is wrong with the words, or None."""
        rest = PLACE.sub("", self.words).replace("[[", "").replace("]]", "")
        if "{" in rest or "}" in rest:
            return "的 {…} 写法不对"
        unknown = {f for _, f in self.places} - FORMATS - {""}
        return f"没有格式 {'、'.join(sorted(unknown))}" if unknown else None

    def fill(self, value: Value) -> str:
        """The words with `value(name, format)` in each place; an empty one becomes a line to write on.

        When none of the places outside `[[…]]` is known the whole is empty.
        """
        places = Template(PART.sub("", self.words)).places
        if places and not any(value(*place) for place in places):
            return ""
        kept = PART.sub(lambda m: self._part(m[1], value), self.words)
        return str(PLACE.sub(lambda m: value(m[1], m[2] or "") or BLANK, kept)).strip()

    @staticmethod
    def _part(words: str, value: Value) -> str:
        places = [(m[1], m[2] or "") for m in PLACE.finditer(words)]
        return words if all(value(*place) for place in places) else ""
