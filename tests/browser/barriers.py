"""axe in a page: what keeps people out of it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# A page has a dozen colours and axe reads each of them thousands of times, which takes a third of its time: what a
# text means as a colour is remembered.
REMEMBER = """(() => {
  const known = new Map(), colour = axe.commons.color.Color.prototype, parse = colour.parseString;
  colour.parseString = function (text) {
    if (!known.has(text)) {
      parse.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    }
    [this.r, this.g, this.b, this.alpha] = known.get(text);
    return this;
  };
})()"""
SCRIPT = f"{Axe().axe_script}\n{REMEMBER}"
RUN = "preload => axe.run({resultTypes: ['violations'], preload})"


def inject(page: Page) -> None:
    """Bring axe into the page that is open."""
    page.evaluate(SCRIPT)


def barriers(page: Page, *, preload: bool = False) -> list[dict[str, Any]]:
    """The violations that axe finds in a page into which it has been brought.

    `preload`: style sheets are read too, for the one rule that asks them (no page held upright).
    """
    found: list[dict[str, Any]] = page.evaluate(RUN, preload)["violations"]
    return found
