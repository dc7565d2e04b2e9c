"""Numbers of articles in words."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"


def article_name(number: int) -> str:
    """第十九条 of 19; numbers up to 99."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return f"第{head}{DIGITS[ones] if ones else ''}条"
