"""S01 in a real browser: from log-in to initiation by clicking, each unit in its own session."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from service.scenarios.story import read_story
from tests.browser.chrome import PATH, browser
from tests.browser.county import ROOT, County, county

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]
IMAGES = os.environ.get("BANJIE_IMAGES")


def shot(name: str) -> Path | None:
    return Path(IMAGES) / f"{name}.png" if IMAGES else None


@pytest.fixture
def running(tmp_path: Path):
    with browser() as chromium, county(tmp_path, chromium) as made:
        yield made


def test_s01_by_clicking(running: County) -> None:
    story = read_story(ROOT / "processes/scenarios/S01.yaml")
    page = running.page("civil_affairs")
    page.goto(f"{running.address}/start")
    page.click("button.btn-primary")
    assert "/projects/" in page.url
    project = page.url
    for step in story.steps:
        for act in (step, *step.steps):
            if act.verb == "do":
                name = act.value.partition("/")[2]
                running.do(act.value, dict(act.options.get("with") or {}), shot(f"s01-{name}"))
    page.goto(project)
    text = page.inner_text("main")
    assert "已立项" in text
    assert "19.80" in text
    if IMAGES:
        page.screenshot(path=shot("project"), full_page=True)
    assert not Axe().run(page).response["violations"]


def test_wrong_input_keeps_what_was_typed(running: County) -> None:
    page = running.page("civil_affairs")
    page.goto(f"{running.address}/start")
    page.click("button.btn-primary")
    page.goto(f"{running.address}/inbox")
    page.click(".t-name")
    page.fill('[name="project_name"]', "智慧停车<script>")
    page.fill('[name="planned_budget_yuan"]', "二十万")
    page.click('.actionbar button[value="complete"]')
    assert "需要修改" in page.inner_text(".error-summary")
    assert page.input_value('[name="project_name"]') == "智慧停车<script>"
    assert page.input_value('[name="planned_budget_yuan"]') == "二十万"


def test_pages_without_script(tmp_path: Path) -> None:
    with browser() as chromium, county(tmp_path, chromium) as running:
        context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{running.address}/login")
        page.fill("#login", "water")
        page.fill("#password", "banjie-demo")
        page.click("button.btn-primary")
        page.goto(f"{running.address}/start")
        page.click("button.btn-primary")
        page.goto(f"{running.address}/inbox")
        page.click(".t-name")
        page.click('.actionbar button[value="claim"]')
        assert "已签收" in page.inner_text(".actionbar")
