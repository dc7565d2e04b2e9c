r"""Regular expressions of XPath (F&O 5.6.1), translated for the `regex` library, with a time limit.

XPath differs in what `.` leaves out, in `\i` and `\c`, in names of blocks, in subtraction of classes, in
what the flag `x` strips, and in what it refuses: lookaround, back-references inside a class.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import regex

MAX_PATTERN = 500
MAX_REPEAT = 200
NAME_START = r"\p{L}_:"
NAME_CHAR = r"\p{L}\p{N}_:.\-\p{M}"
_CLASSES = {"i": f"[{NAME_START}]", "I": f"[^{NAME_START}]", "c": f"[{NAME_CHAR}]"}
_CLASSES["C"] = f"[^{NAME_CHAR}]"
_TOKEN = re.compile(r"\\[pP]\{[^}]*\}|\\.|\(\?|-\[|\[|\]|.", re.S)
_KNOWN_ESCAPES = set("\\|.-^?*+{}()[]$nrtsSdDwWiIcCpP0123456789")


@functools.lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Any:
    """The compiled pattern. Raises ValueError for a pattern or flag that XPath does not know."""
    if set(flags) - set("smixq") or len(pattern) > MAX_PATTERN:
        raise ValueError(flags or "pattern")
    if any(int(n) > MAX_REPEAT for n in re.findall(r"\d+(?=\d*[,}])", pattern)):
        raise ValueError(pattern)
    options = regex.V1 | (regex.I if "i" in flags else 0)
    if "q" in flags:
        return regex.compile(regex.escape(pattern), options)
    if "x" in flags:
        pattern = _without_space(pattern)
    options |= regex.M if "m" in flags else 0
    text = "".join(_translated(pattern, dot="(?s:.)" if "s" in flags else r"[^\n\r]"))
    try:
        return regex.compile(text, options)
    except regex.error as wrong:
        raise ValueError(str(wrong)) from wrong


def _without_space(pattern: str) -> str:
    """The flag `x`: white space goes, also between `\\` and its letter, but not inside a class."""
    out, depth = [], 0
    for i, letter in enumerate(pattern):
        escaped = i > 0 and pattern[i - 1] == "\\"
        if not escaped:
            depth += (letter == "[") - (letter == "]")
        if not (letter.isspace() and depth == 0):
            out.append(letter)
    return "".join(out)


def _translated(pattern: str, dot: str) -> Iterator[str]:
    depth = 0
    for match in _TOKEN.finditer(pattern):
        piece = match.group()
        if piece == "(?":
            if not pattern.startswith("?:", match.end() - 1):
                raise ValueError(pattern)
            yield piece
        elif piece[0] == "\\" and len(piece) > 1:
            yield _escape(piece, inside=depth > 0)
        elif piece in ("[", "-["):
            depth += 1
            yield "--[" if piece == "-[" else piece
        elif piece == "]" and depth:
            depth -= 1
            yield piece
        else:
            yield dot if piece == "." and not depth else piece


def _escape(piece: str, *, inside: bool) -> str:
    letter = piece[1]
    if letter not in _KNOWN_ESCAPES or letter == "0" or (inside and letter.isdigit()):
        raise ValueError(piece)
    if letter in _CLASSES:
        return _CLASSES[letter]
    if len(piece) > 2 and piece[3:].startswith("Is"):
        return rf"\{letter}{{In{piece[5:-1]}}}"
    return piece


def cutting(pattern: str, flags: str) -> Any:
    """A compiled pattern to cut or replace by. Raises ValueError when it matches the empty text (F&O 5.6.3)."""
    made = compiled(pattern, flags)
    if made.search(""):
        raise ValueError(pattern)
    return made


def replacement(text: str, groups: int, flags: str) -> Any:
    """The function that makes the replacement for a match. Raises ValueError for a stray `$` or `\\`."""
    if "q" in flags:
        return lambda match: text
    parts = re.findall(r"\\[\\$]|\$\d+|[^\\$]+|.", text, re.S)
    if any(p in ("\\", "$") for p in parts):
        raise ValueError(text)
    return lambda match: "".join(_part(part, match, groups) for part in parts)


def _part(part: str, match: Any, groups: int) -> str:
    if part[0] == "\\":
        return part[1]
    if part[0] != "$":
        return part
    digits = part[1:]
    while len(digits) > 1 and int(digits) > groups:
        digits = digits[:-1]
    taken = match.group(int(digits)) or "" if int(digits) <= groups else ""
    return taken + part[1 + len(digits) :]
