"""How a Chinese name is spelled, so that lists stand in the order of the alphabet (按拼音) on every database."""

from __future__ import annotations

import functools
import re
import unicodedata

LONGEST = 200
_DIGITS = re.compile(r"\d+")
# family names that are read otherwise than the word
_FAMILY = {
    "单": "shan4", "曾": "zeng1", "解": "xie4", "仇": "qiu2", "区": "ou1", "查": "zha1",
    "盖": "ge3", "朴": "piao2", "尉": "yu4", "缪": "miao4", "乜": "nie4", "种": "chong2",
}  # fmt: skip


@functools.lru_cache(maxsize=4096)
def spelled(name: str, *, person: bool = False) -> str:
    """The place of a name in the alphabet, to be compared byte by byte: pinyin with tones, word readings
    considered, numbers by their value; names that sound alike follow each other by their characters.

    `person`: the first character is a family name.
    """
    # a large dictionary, for the few acts that name something
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    plain = unicodedata.normalize("NFKC", name).strip().casefold()
    plain = _DIGITS.sub(lambda found: found[0].zfill(12), plain)
    sounds = lazy_pinyin(plain, style=Style.TONE3, neutral_tone_with_five=True)
    if person and plain[:1] in _FAMILY:
        sounds[0] = _FAMILY[plain[0]]
    return " ".join([*sounds, "", plain])[:LONGEST] if plain else ""
