"""Names of files: what people called them, without what tricks a reader or a file system."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

import regex

MAX_BYTES = 200
# Control and format characters (an override of direction shows exe.pdf for fdp.exe), surrogates.
UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]")
RESERVED = regex.compile(r'[<>:"/\\|?*]')
DEVICES = regex.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def clean_name(given: str) -> str:
    """The last part of a path as a safe name of at most 200 bytes; the ending is kept.

    Chinese stays as it is. Empty when nothing is left.
    """
    name = unicodedata.normalize("NFC", UNSEEN.sub("", given.replace("\\", "/").rsplit("/", 1)[-1]))
    name = RESERVED.sub("_", name).strip().strip(".").strip()
    if DEVICES.fullmatch(name):
        name = f"_{name}"
    ending = PurePath(name).suffix[:20]
    return _cut(name.removesuffix(ending), MAX_BYTES - len(ending.encode())) + ending


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def joined_name(*parts: str, ending: str) -> str:
    """单位_项目_表名_日期 with an ending, each part safe."""
    cleaned = (_cut(clean_name(part) or "未命名", 60) for part in parts)
    return "_".join(cleaned) + ending
