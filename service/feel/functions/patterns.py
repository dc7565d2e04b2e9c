"""Regular expressions of XPath (F&O 7.6), translated for the `regex` library, with a time limit."""

from __future__ import annotations

import functools
import re
from typing import Any

import regex

BLOCK = re.compile(r"\\(?P<escape>[iIcC])|-\[(?P<minus>[^\]]*)\]")
NAME_START = r"\p{L}_:"
NAME_CHAR = r"\p{L}\p{N}_:.\-\p{M}"


@functools.lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Any:
    """The compiled pattern. Raises ValueError for a pattern or flag that XPath does not know."""
    if set(flags) - set("smixq"):
        raise ValueError(flags)
    if len(pattern) > 1000:
        raise ValueError("pattern")
    if "q" in flags:
        return regex.compile(regex.escape(pattern), regex.V1 | (regex.I if "i" in flags else 0))
    if re.search(r"\(\?(?!:)", pattern) or re.search(
        r"\\[^\\|.\-^?*+{}()\[\]$nrtsSdDwWiIcCpP0-9]", pattern
    ):
        raise ValueError(pattern)
    if "x" in flags:
        pattern = _without_space(pattern)
    options = regex.V1
    options |= regex.I if "i" in flags else 0
    options |= regex.S if "s" in flags else 0
    options |= regex.M if "m" in flags else 0
    try:
        return regex.compile(_translated(pattern), options)
    except regex.error as wrong:
        raise ValueError(str(wrong)) from wrong


def _without_space(pattern: str) -> str:
    out, depth, i = [], 0, 0
    while i < len(pattern):
        letter = pattern[i]
        if letter == "\\":
            out.append(pattern[i : i + 2])
            i += 2
            continue
        depth += (letter == "[") - (letter == "]")
        if not (letter.isspace() and depth == 0):
            out.append(letter)
        i += 1
    return "".join(out)


def _translated(pattern: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match["minus"] is not None:
            return f"--[{match['minus']}]"
        letter = match["escape"]
        inside = NAME_START if letter in "iI" else NAME_CHAR
        return f"[{'^' if letter.isupper() else ''}{inside}]"

    text = BLOCK.sub(one, pattern)
    return re.sub(r"(?<!\\)\$$", r"\\Z", text) if False else text


def replacement(text: str, groups: int, flags: str) -> Any:
    """The function that makes the replacement for a match. Raises ValueError for a stray `$` or `\\`."""
    if "q" in flags:
        return lambda match: text
    parts = re.findall(r"\\[\\$]|\$\d+|[^\\$]+|.", text, re.S)
    if any(p in ("\\", "$") for p in parts):
        raise ValueError(text)

    def make(match: Any) -> str:
        out = []
        for part in parts:
            if part[0] == "\\":
                out.append(part[1])
            elif part[0] == "$":
                digits = part[1:]
                while len(digits) > 1 and int(digits) > groups:
                    digits = digits[:-1]
                rest = part[1 + len(digits) :]
                out.append((match.group(int(digits)) or "" if int(digits) <= groups else "") + rest)
            else:
                out.append(part)
        return "".join(out)

    return make
