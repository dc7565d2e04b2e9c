"""代理 by clicking, on a county of its own: nobody has begun the task that the agent takes."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.chrome import PATH
from tests.browser.county import County, press
from tests.browser.test_act_pages import county, opened

__all__ = ["county"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PATH is None and not os.environ.get("CI"), reason="no Chromium"),
]


def test_stand_in(county: County) -> None:
    """The one who is away sets it; both are told; the agent's act is signed 张三（李四代）."""
    page = county.page("drc")
    page.goto(f"{county.address}/stand_ins")
    page.select_option("#f-agent", label="乔丽（县财政局）")
    page.fill("#f-first", "2025-03-12")
    page.fill("#f-last", "2025-03-14")
    page.fill("#f-reason", "出差")
    press(page, "form.act .btn-primary")
    expect(page.locator("tbody")).to_contain_text("乔丽")
    page.goto(f"{county.address}/inbox")
    expect(page.locator(".note")).to_contain_text("正代理您办理")
    agent = county.page("finance_second")
    agent.goto(f"{county.address}/inbox")
    expect(agent.locator(".note")).to_contain_text("您正代理")
    agent = opened(county, "finance_second", "drc_opinion")
    expect(agent.locator(".note:has-text('代）')")).to_be_visible()
    press(agent, '.actionbar button[value="claim"]')
    expect(agent.locator('.actionbar button[value="release"]')).to_be_visible()
    agent.check('form#f [name="conclusion"][value="agree"]')
    for name, value in (("handler", "孙明"), ("leader", "赵宏"), ("signed_on", "2025-03-12")):
        agent.fill(f'form#f [name="{name}"]', value)
    press(agent, '.actionbar button[value="complete"]')
    expect(agent.locator(".note-ok")).to_contain_text("已提交")
    agent.goto(f"{county.address}/projects/{county.world.project_key()}")
    expect(agent.locator("main")).to_contain_text("孙明（乔丽代）")
    page.goto(f"{county.address}/stand_ins")
    press(page, "button:has-text('结束')")
    expect(page.locator(".empty")).to_contain_text("现在没有代理")
