"""Names of uploads keep their Chinese and lose their tricks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.papers.filenames import MAX_BYTES, clean_name, joined_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("县民政局 建设方案（详细设计）.docx", "县民政局 建设方案（详细设计）.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\王\\方案.pdf", "方案.pdf"),
        ("方案\u202efdp.exe", "方案fdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('a<b>"c"|d?*.pdf', "a_b__c__d__.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("  方案.pdf. ", "方案.pdf"),
        ("...", ""),
        ("", ""),
        ("é.pdf", "é.pdf"),
    ],
)
def test_names(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=400))
def test_any_name_is_safe(text: str) -> None:
    name = clean_name(text)
    assert len(name.encode()) <= MAX_BYTES
    assert not set(name) & set('/\\<>:"|?*\r\n\0')
    assert clean_name(name) == name
    assert name not in (".", "..")


def test_a_long_name_keeps_its_ending() -> None:
    name = clean_name("方" * 300 + ".docx")
    assert name.endswith(".docx")
    assert len(name.encode()) <= MAX_BYTES


def test_names_of_printed_sheets() -> None:
    made = joined_name("县民政局", "养老/服务:平台", "审批表", "2026-11-23", ending=".pdf")
    assert made == "县民政局_服务_平台_审批表_2026-11-23.pdf"
