"""Nothing jumps while a page loads: cumulative layout shift, measured by the browser."""

import os
from typing import Any

import pytest

from tests.browser.chrome import PATH
from tests.browser.county import County
from tests.browser.visits import VISITS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PATH is None and not os.environ.get("CI"), reason="no Chromium"),
]
DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
    .observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 60)));
})"""


def test_a_shift_is_seen(standing: County) -> None:
    """The measure of the next test is not always zero."""
    page = standing.page("info_center")
    page.goto(f"{standing.address}/inbox")
    page.evaluate("""() => { const box = document.createElement("div"); box.style.height = "200px";
        document.querySelector("main").prepend(box); }""")
    # a busy machine draws later
    assert any(page.evaluate(SHIFTS) > 0.01 for _ in range(50))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", ["inbox", "task-gate", "task-opinion", "project", "ledger"])
def test_nothing_jumps_while_a_page_loads(standing: County, name: str, size: Any) -> None:
    """Cumulative layout shift (CLS) is zero, with scripts, from an empty cache."""
    visit = VISITS[name]
    state = standing.page(visit.who).context.storage_state()
    page = standing.new_page("", storage_state=state, viewport=size)
    page.goto(standing.address + visit.path(standing))
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(SHIFTS)
    page.context.close()
    assert shift == 0, shift
