"""Amounts, dates and numbers as a paper writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from service.regulation.dates import local_date

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capital(yuan: Decimal) -> str:
    """An amount in capital numerals as cheques have it: 壹佰零贰元伍角整, 负 before a negative one."""
    cents = int((abs(yuan) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = f"{_whole(whole)}元" if whole else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif fen and whole:
        text += "零"
    text += f"{DIGITS[fen]}分" if fen else "整"
    return ("负" if yuan < 0 else "") + (text if cents else "零元整")


def _whole(number: int) -> str:
    groups = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    text = ""
    for index in reversed(range(len(groups))):
        group = groups[index]
        if not group:
            continue
        gap = text and (group < 1000 or groups[index + 1] == 0)
        text += ("零" if gap else "") + _group(group) + GROUPS[index]
    return text


def _group(number: int) -> str:
    text, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + DIGITS[digit] + PLACES[place]
            zero = False
        else:
            zero = True
    return text


def paper_date(value: date | datetime) -> str:
    """2026年3月1日, in Shanghai."""
    day = local_date(value) if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"
