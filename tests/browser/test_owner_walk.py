"""The owner's walk of `owner_walk.py` from end to end: every step of it is expected, every picture is taken."""

from pathlib import Path

import pytest

from tests.browser.county import County
from tests.browser.owner_walk import ten_projects, walk

pytestmark = [pytest.mark.browser, pytest.mark.heavy]
SEEN = [
    "draft", "modeler", "modeler-dark", "findings", "unit-added", "difference", "promises", "sandbox", "gate-removed",
    "counterexample", "checked", "released", "migrated", "undone", "heat-index", "heat", "heat-old",
]  # fmt: skip


def test_an_owner_changes_the_regulation_safely(town: County, tmp_path: Path) -> None:
    ten_projects(town)
    walk(town, tmp_path / "seen")
    assert {p.stem for p in (tmp_path / "seen").glob("*.jpg")} == set(SEEN)
