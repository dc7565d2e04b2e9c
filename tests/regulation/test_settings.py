"""Settings: bounds and texts; the reference page says what the file says."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from service.model.errors import BadInput
from service.regulation.settings import (
    Setting,
    fault,
    fault_of_text,
    label,
    measured,
    moved,
    parse_settings,
    read_text,
    shown,
)

ROOT = Path(__file__).parents[2]
SETTINGS = parse_settings((ROOT / "processes/settings.yaml").read_bytes())


def row(setting: Setting) -> str:
    bounds = [
        f"{sign} {shown(setting, bound)}"
        for sign, bound in (("≥", setting.floor), ("≤", setting.ceiling))
        if bound is not None
    ]
    law = " (lawful)" if setting.lawful else ""
    return (
        f"| `{setting.name}` | {measured(setting, setting.default)} | "
        f"{', '.join(bounds)}{law} | {' '.join(setting.clauses)} | {'yes' if setting.gap else ''} |"
    )


def test_the_reference_page_says_what_the_file_says() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if line.startswith("| `") and " | " in line]
    wanted = [row(setting) for setting in SETTINGS.settings.values()]
    assert table[-len(wanted) :] == wanted


def made(**changed: object) -> Setting:
    known = {"name": "x", "value": None, "type": "string", "meaning": "", "clauses": ()}
    return Setting(**{**known, "default": None, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "200,000.00", Decimal(200000)),
        ("boolean", "否", False),
        ("date", "2027-01-01", date(2027, 1, 1)),
        ("list", "甲、乙", ["a", "乙"]),
        ("list", "无", []),
        ("string", "每季度", "每季度"),
    ],
)
def test_what_a_person_writes(kind: str, text: str, value: object) -> None:
    choices = {"a": "甲"} if kind == "list" else {}
    assert read_text(made(type=kind, choices=choices), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "NaN"),
        ("number", "七"),
        ("number", "1e999999999"),
        ("boolean", "对"),
        ("date", "明天"),
    ],
)
def test_what_is_none_of_its_type(kind: str, text: str) -> None:
    with pytest.raises(BadInput):
        read_text(made(type=kind), text)


def test_faults() -> None:
    number = made(type="number", value=Decimal(5), floor=Decimal(3), ceiling=Decimal(9))
    settings = {"x": number}
    texts = {"2": "below", "10": "above", "5.00": "same", "4": None, "x": "unreadable"}
    assert {text: fault_of_text(settings, "x", text) for text in texts} == texts
    assert fault_of_text(settings, "y", "4") == "unknown"
    assert fault(made(), None) == "empty"
    assert fault(made(optional=True), None) is None
    assert fault(made(choices={"a": "甲"}), "b") == "choice"


def test_a_share_is_read_and_written_in_hundredths() -> None:
    share = made(type="number", unit="%", meaning="损失", value=Decimal("0.10"), ceiling=Decimal(1))
    assert label(share) == "损失（现为 10%）"
    assert measured(share, Decimal("0.155")) == "15.5%"
    assert read_text(share, " 12.5 ％") == Decimal("0.125")
    texts = {"10%": "same", "101%": "above", "15%": None, "0.15": "unreadable", "1": "unreadable"}
    assert {text: fault_of_text({"x": share}, "x", text) for text in texts} == texts
    with pytest.raises(BadInput, match="15%"):
        read_text(share, "0.15")


def test_only_a_number_is_a_share() -> None:
    with pytest.raises(BadInput):
        parse_settings(b"settings: [{id: x, type: string, default: a, meaning: b, unit: '%'}]")


def test_what_a_deployment_may_not_move() -> None:
    before = made(type="number", default=Decimal(5), floor=Decimal(3))
    assert moved({"x": before}, {"x": before, "y": before}) == []
    assert len(moved({"x": before}, {"x": made(type="number", default=Decimal(6))})) == 2
