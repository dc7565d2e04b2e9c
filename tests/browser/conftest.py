"""One Chromium for all browser tests of a run; counties to look at, to draw in, to walk through, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chrome import browser
from tests.browser.county import KINDS, County, county, database_of, served
from tests.browser.editors import installed
from tests.browser.gallery import CLOCK, gallery


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; Playwright allows one at a time in a thread."""
    with browser() as made:
        yield made


@pytest.fixture(scope="session", params=KINDS)
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[County]:
    """The gallery county, running. Tests leave its projects as they find them."""
    folder = tmp_path_factory.mktemp("gallery")
    url = database_of(request, folder)
    world = gallery(url)
    with served(world, url, folder, chromium, CLOCK) as made:
        yield made


@pytest.fixture(scope="module", params=KINDS)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[County]:
    """A county with the editors of the workbench, in which the tests of a module draw."""
    installed()
    folder = tmp_path_factory.mktemp("town")
    with county(folder, chromium, url=database_of(request, folder)) as made:
        yield made


@pytest.fixture(params=KINDS)
def running(request: pytest.FixtureRequest, tmp_path: Path, chromium: Browser) -> Iterator[County]:
    """A fresh county for one test."""
    with county(tmp_path, chromium, url=database_of(request, tmp_path)) as made:
        yield made
