"""The acts of the inbox by clicking, each by those who may, on one county that stands at its opinions."""

import os
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from service.queries.rebuild import differences
from service.scenarios.looks import open_tasks
from service.store.session import reading
from tests.browser.chrome import PATH
from tests.browser.county import County, served
from tests.commands.stand import at_opinions

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PATH is None and not os.environ.get("CI"), reason="no Chromium"),
]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, chromium: Browser):
    folder = tmp_path_factory.mktemp("acts")
    url = f"sqlite:///{folder / 'county.sqlite3'}"
    with served(at_opinions(url), url, folder, chromium, "2025-03-12T10:00+08:00") as made:
        yield made
        with reading(made.world.engine) as connection:
            assert differences(connection) == []


def opened(county: County, unit: str, step: str) -> Page:
    """The page of the open task of a step, as its unit sees it."""
    tasks = open_tasks(county.world, county.world.project_key())
    key = next(k.task_key for k in tasks if k.path.endswith(f"/{step}"))
    page = county.page(unit)
    page.goto(f"{county.address}/tasks/{key}")
    return page


def more(page: Page, words: str) -> None:
    """Choose an act of the quiet menu."""
    page.click(".more summary")
    page.click(f".more a:text-is('{words}')")


def complete(county: County, path: str) -> None:
    """A step done by its unit elsewhere."""
    key, unit, _ = county.open_task(path)
    county.do_without_pages(key, unit, {})


def test_return_and_again(county: County) -> None:
    complete(county, "joint_review/drc_opinion")
    page = opened(county, "finance_bureau", "finance_opinion")
    more(page, "退回")
    page.check("label:has-text('填报技术方案') input")
    expect(page.locator("label:has-text('填报技术方案')")).to_contain_text(
        "同时关闭：县信息中心审核意见"
    )
    page.click("form.act .btn-primary")
    expect(page.locator("#reason-e")).to_have_text("请填写退回理由。")
    expect(page.locator("label:has-text('填报技术方案') input")).to_be_checked()
    page.fill("#f-reason", "请补充数据共享分析。")
    page.click("form.act .btn-primary")
    expect(page.locator(".note-ok")).to_contain_text("已退回")
    page = opened(county, "civil_affairs", "fill_technical")
    expect(page.locator(".note-warn")).to_contain_text("请补充数据共享分析。")
    assert page.input_value("form#f textarea >> nth=0") != ""
    for path in (
        "project_declaration/fill_technical",
        "project_declaration/confirm_declaration",
        "project_declaration/accept_declaration",
        "declaration_review/check_eligibility",
        "declaration_review/review_scheme",
        "declaration_review/give_expert_opinion",
    ):
        complete(county, path)
    assert len(open_tasks(county.world, county.world.project_key())) == 3
    page.goto(f"{county.address}/projects/{county.world.project_key()}")
    expect(page.locator("main")).to_contain_text("退回到“填报技术方案并上传材料”")


def test_withdraw(county: County) -> None:
    key, unit, _ = county.open_task("joint_review/drc_opinion")
    county.do_without_pages(key, unit, {})
    page = county.page(unit)
    page.goto(f"{county.address}/tasks/{key}")
    page.click("button:text-is('撤回')")
    assert re.search(r"/tasks/[0-9a-f-]+$", page.url) and not page.url.endswith(key)
    expect(page.locator(".note-warn")).to_contain_text("撤回，可以修改后再提交")
    assert page.locator('.actionbar button[value="complete"]').count() == 1
