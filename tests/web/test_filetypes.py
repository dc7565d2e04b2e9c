"""A file is taken for what its first bytes say, not for its name."""

import pytest

from service.web.filetypes import SIGNATURES, is_accepted, is_what_it_says


@pytest.mark.parametrize("ending", SIGNATURES)
def test_each_kind(ending: str) -> None:
    content = SIGNATURES[ending][0] + b"rest"
    assert is_accepted(f"方案{ending.upper()}")
    assert is_what_it_says(f"方案{ending}", content)
    assert not is_what_it_says(f"方案{ending}", b"MZ\x90\x00")
    assert not is_what_it_says(f"方案{ending}", content[1:])


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.exe", "pdf", "a.html", "a.svg", ""])
def test_others_are_not_accepted(name: str) -> None:
    assert not is_accepted(name)
