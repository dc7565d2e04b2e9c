"""How names are spelled, for lists in the order of the alphabet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.model.spelling import LONGEST, spelled


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("县民政局", "xian4 min2 zheng4 ju2  县民政局"),
        ("重庆路泵站", "chong2 qing4 lu4 beng4 zhan4  重庆路泵站"),
        ("银行", "yin2 hang2  银行"),
        ("绿色", "lv4 se4  绿色"),
        ("OA 系统", "oa  xi4 tong3  oa 系统"),
        ("ＯＡ２", "oa000000000002  oa000000000002"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_name_is_spelled(name: str, spelling: str) -> None:
    """A change here means: another version of the library; write a migration that spells all names anew."""
    assert spelled(name) == spelling


def test_lists_stand_in_the_order_of_the_alphabet() -> None:
    ordered = [
        "财政局", "城管局", "发改局", "民政局", "民政局福利科", "OA办公", "平台9", "平台10", "水利局",
        "卫健局", "信息中心", "重点项目办",
    ]  # fmt: skip
    assert [*ordered] == sorted(set(ordered), key=spelled)


def test_a_family_name_is_read_as_one() -> None:
    people = ["单明", "曾伟", "重明", "周明"]
    assert spelled("单明").startswith("dan1") and spelled("单明", person=True).startswith("shan4")
    assert sorted(people, key=lambda n: spelled(n, person=True)) == ["单明", "曾伟", "重明", "周明"]


@given(st.text(max_size=300))
def test_any_text_has_a_place(text: str) -> None:
    assert len(spelled(text)) <= LONGEST
    assert len(spelled(text, person=True)) <= LONGEST
