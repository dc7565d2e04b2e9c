"""S01 in a real browser: from log-in to initiation by clicking, each unit in its own session."""

import os

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from service.scenarios.story import read_story
from service.store import tables as t
from service.store.session import reading
from tests.browser.chrome import PATH
from tests.browser.county import ROOT, County, press
from tests.papers.samples import PDF

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]


def test_s01_by_clicking(running: County) -> None:
    """From log-in to 立项, each unit in its own session; each page says who has it next."""
    story = read_story(ROOT / "processes/scenarios/S01.yaml")
    page = running.page("civil_affairs")
    page.goto(f"{running.address}/start")
    press(page, "button.btn-primary")
    assert "/projects/" in page.url
    project = page.url
    for step in story.steps:
        for act in (step, *step.steps):
            if act.verb == "do":
                running.do(act.value, dict(act.options.get("with") or {}))
    page.goto(project)
    text = page.inner_text("main")
    assert "已立项" in text
    assert "19.80" in text


def test_wrong_input_keeps_what_was_typed(running: County) -> None:
    page = running.page("civil_affairs")
    page.goto(f"{running.address}/start")
    press(page, "button.btn-primary")
    page.goto(f"{running.address}/inbox")
    press(page, ".t-name")
    page.fill('[name="project_name"]', "智慧停车<script>")
    page.fill('[name="planned_budget_yuan"]', "二十万")
    press(page, '.actionbar button[value="complete"]')
    assert "需要修改" in page.inner_text(".error-summary")
    assert page.input_value('[name="project_name"]') == "智慧停车<script>"
    assert page.input_value('[name="planned_budget_yuan"]') == "二十万"


def test_pages_without_script(running: County) -> None:
    """Log in, declare, add rows, attach, keep, claim, submit: all without JavaScript."""
    page = running.new_page("civil_affairs", java_script_enabled=False)
    running.pages["civil_affairs"] = page
    page.goto(f"{running.address}/start")
    press(page, "button.btn-primary")
    page.goto(f"{running.address}/inbox")
    press(page, ".t-name")
    page.fill('[name="project_name"]', "养老服务")
    press(page, '.actionbar button[value="claim"]')
    assert "您已签收" in page.inner_text(".actionbar")
    assert page.input_value('[name="project_name"]') == "养老服务"
    story = read_story(ROOT / "processes/scenarios/S01.yaml")
    acts = [step for step in story.steps if step.verb == "do"][:2]
    for act in acts:
        running.do(act.value, dict(act.options.get("with") or {}))
    page.goto(f"{running.address}/inbox/done")
    assert page.locator(".inbox tbody tr").count() == 2
    press(page, 'tr:has-text("上传材料") .t-name')
    assert "材料.pdf" in page.inner_text("main")


def test_the_next_task_has_the_focus(running: County) -> None:
    """After submitting, the inbox says who has it and the focus is on the next task; J, K, /, Enter."""
    page = running.page("civil_affairs")
    for _ in range(3):
        page.goto(f"{running.address}/start")
        press(page, "button.btn-primary")
    story = read_story(ROOT / "processes/scenarios/S01.yaml")
    act = next(step for step in story.steps if step.verb == "do")
    with reading(running.world.engine) as connection:
        first = connection.execute(select(t.task.c.task_key)).scalars().first()
    running.do_task(first, dict(act.options.get("with") or {}))
    assert "现在在县民政局手里" in page.inner_text('[role="status"]')
    rows = page.locator(".t-name")
    focused = "document.activeElement.getAttribute('href')"
    assert page.evaluate(focused) == rows.nth(0).get_attribute("href")
    page.keyboard.press("j")
    assert page.evaluate(focused) == rows.nth(1).get_attribute("href")
    page.keyboard.press("k")
    assert page.evaluate(focused) == rows.nth(0).get_attribute("href")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Tab")
    rows.nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/**")


def test_what_was_typed_survives_a_lost_race(running: County) -> None:
    """A colleague was faster: 409, who it was, and one's own words to copy."""
    page = running.page("civil_affairs")
    page.goto(f"{running.address}/start")
    press(page, "button.btn-primary")
    page.goto(f"{running.address}/inbox")
    press(page, ".t-name")
    page.fill('[name="project_name"]', "智慧停车")
    story = read_story(ROOT / "processes/scenarios/S01.yaml")
    act = next(step for step in story.steps if step.verb == "do")
    key = page.url.rpartition("/")[2]
    running.do_without_pages(key, "civil_affairs", dict(act.options.get("with") or {}))
    with page.expect_response(
        lambda r: r.request.method == "POST" and r.url.endswith(key)
    ) as answer:
        press(page, '.actionbar button[value="complete"]')
    assert answer.value.status == 409
    text = page.inner_text("main")
    assert "郑明" in text
    assert "您填写的内容（没有提交）" in text
    assert "智慧停车" in text


def test_the_gate_follows_what_is_typed(standing: County) -> None:
    """The checklist and the next step change with the script while one types; nothing is stored."""
    page = standing.page("qinling_software")
    page.goto(f"{standing.address}/tasks/{standing.task_key('gate', 'apply')}")
    assert "2 项待填" in page.inner_text("#gate")
    page.fill('[name="application_date"]', "2026-02-28")
    page.wait_for_selector("#gate .is-bad")
    assert "不符合：试运行不足三个月" in page.inner_text("#gate")
    assert "暂不能提交" in page.inner_text("#next")
    page.fill('[name="application_date"]', "2026-03-01")
    page.wait_for_selector("#gate .tag-ok")
    page.set_input_files(
        'form#f input[type="file"]',
        {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": PDF},
    )
    expect(page.locator("#next")).to_contain_text("提交后转 县人社局 提交数据目录与接入证明")
    page.reload()
    assert page.input_value('[name="application_date"]') == ""
