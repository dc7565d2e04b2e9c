"""Chromium for tests and pictures: Debian's, found on the PATH.

The headless shell has no windows of a browser to draw around a page, which halves the time of a test.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATH = next((found for name in NAMES if (found := shutil.which(name))), None)


_RUNNING: list[Browser] = []  # Playwright allows one at a time in a thread


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium; the one that runs already, where one does."""
    if _RUNNING:
        yield _RUNNING[0]
        return
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=PATH, args=FLAGS)
        _RUNNING.append(made)
        try:
            yield made
        finally:
            _RUNNING.clear()
            made.close()
