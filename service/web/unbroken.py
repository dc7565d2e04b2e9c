"""Dates, amounts and numbers of papers that no line break may part."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_WHOLE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日"
    r"|[\d,]+(?:\.\d+)? ?(?:万元|元|%)"
    r"|〔\d{4}〕第? ?\d{1,6} ?[号次]"
    r"|[A-Za-z0-9]+(?:-[A-Za-z0-9]+){1,4}(?![\w-])"
)
_LONGEST = 24  # of a number: what is longer is parted rather than runs over


def unbroken(text: str) -> Markup:
    """`text` as HTML in which each date, amount and number stays on one line."""
    parts: list[Markup] = []
    end = 0
    for found in _WHOLE.finditer(text):
        if len(found[0]) <= _LONGEST:
            parts += (
                escape(text[end : found.start()]),
                Markup('<span class="nowrap">{}</span>').format(found[0]),
            )
            end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
