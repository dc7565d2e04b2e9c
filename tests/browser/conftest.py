"""One Chromium for all browser tests of a run, and one gallery county for those that only look."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chrome import browser
from tests.browser.county import County, county, served
from tests.browser.editors import installed
from tests.browser.gallery import CLOCK, gallery


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; Playwright allows one at a time in a thread."""
    with browser() as made:
        yield made


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[County]:
    """The gallery county, running. Tests leave its projects as they find them."""
    folder = tmp_path_factory.mktemp("gallery")
    url = f"sqlite:///{folder / 'county.sqlite3'}"
    world = gallery(url)
    with served(world, url, folder, chromium, CLOCK) as made:
        yield made


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[County]:
    """A county with the editors of the workbench, in which the tests of a module draw."""
    installed()
    with county(tmp_path_factory.mktemp("town"), chromium) as made:
        yield made
