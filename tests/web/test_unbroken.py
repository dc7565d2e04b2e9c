"""What papers keep on one line."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from service.web.unbroken import unbroken


def test_dates_amounts_and_numbers_stay_whole() -> None:
    said = "2025年6月1日至2026年3月31日，眉财预〔2025〕18号，860,000.00 元，凭证 ZF-2025-0102。"
    whole = re.findall(r'<span class="nowrap">(.*?)</span>', unbroken(said))
    assert whole == [
        "2025年6月1日",
        "2026年3月31日",
        "〔2025〕18号",
        "860,000.00 元",
        "ZF-2025-0102",
    ]


@given(st.text(alphabet="<&a-1年月日2025〔〕号 元"))
def test_no_word_is_lost_or_taken_for_markup(text: str) -> None:
    plain = str(unbroken(text)).replace('<span class="nowrap">', "").replace("</span>", "")
    assert html.unescape(plain) == text
    assert plain.count("<") == 0
