"""The acts of the inbox by clicking, each by those who may, on one county that stands at its opinions."""

import os
import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from service.commands.create_account import create_account
from service.model.actor import SYSTEM
from service.model.people import Person
from service.queries.rebuild import differences
from service.scenarios.looks import open_tasks
from service.scenarios.people import PASSWORD, QUICK
from service.store import tables as t
from service.store.session import begin, reading
from tests.browser.chrome import FLAGS, PATH
from tests.browser.county import KINDS, County, database_of, press, served
from tests.commands.stand import at_opinions

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PATH is None and not os.environ.get("CI"), reason="no Chromium"),
]


@pytest.fixture(scope="module", params=KINDS)
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
):
    folder = tmp_path_factory.mktemp("acts")
    url = database_of(request, folder)
    world = at_opinions(url)
    add_colleague(world)
    with served(world, url, folder, chromium, "2025-03-12T10:00+08:00") as made:
        yield made
        with reading(made.world.engine) as connection:
            assert differences(connection) == []


def add_colleague(world) -> None:
    """A second person of the finance bureau with the same posts."""
    first = world.people["finance_bureau"]
    with begin(world.engine) as connection:
        posts = connection.execute(
            select(t.account.c.posts).where(t.account.c.account_key == first.account_key)
        ).scalar_one()
        person = Person("finance_second", "乔丽", first.unit_id, tuple(posts))
        create_account(
            connection, SYSTEM, person, password=PASSWORD, reason="测试", now=world.now,
            must_change=False, hasher=QUICK,
        )  # fmt: skip


def submit(page: Page, reason: str = "", *to: str) -> None:
    """Fill the page of an act and press its button."""
    for name in to:
        page.check(f"label.choice:has-text('{name}') input")
    if reason:
        page.fill("#f-reason", reason)
    press(page, "form.act .btn-primary")


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
    press(page, f".more a:text-is('{words}')")


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
    press(page, "form.act .btn-primary")
    expect(page.locator("#reason-e")).to_have_text("请填写退回理由。")
    expect(page.locator("label:has-text('填报技术方案') input")).to_be_checked()
    page.fill("#f-reason", "请补充数据共享分析。")
    press(page, "form.act .btn-primary")
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
    press(page, "button:text-is('撤回')")
    assert re.search(r"/tasks/[0-9a-f-]+$", page.url) and not page.url.endswith(key)
    expect(page.locator(".note-warn")).to_contain_text("撤回，可以修改后再提交")
    assert page.locator('.actionbar button[value="complete"]').count() == 1


def test_transfer_and_release(county: County) -> None:
    page = opened(county, "finance_bureau", "finance_opinion")
    more(page, "转办")
    submit(page, "", "乔丽")
    expect(page.locator("#reason-e")).to_have_text("请填写转办理由。")
    submit(page, "我下乡三天", "乔丽")
    expect(page.locator(".note-ok")).to_contain_text("已转办")
    assert page.locator(".inbox .t-name").count() == 0
    other = opened(county, "finance_second", "finance_opinion")
    expect(other.locator("main")).to_contain_text("把“县财政局审核意见”转办给乔丽")
    press(other, '.actionbar button[value="release"]')
    assert other.locator('.actionbar button[value="claim"]').count() == 1


def test_entrust_prepare_and_hand_back(county: County) -> None:
    page = opened(county, "finance_bureau", "finance_opinion")
    more(page, "委托办理")
    submit(page, "请核对概算", "乔丽")
    other = opened(county, "finance_second", "finance_opinion")
    expect(other.locator(".note")).to_contain_text("委托您办理")
    assert other.locator('.actionbar button[value="complete"]:visible').count() == 0
    other.fill('form#f [name="leader"]', "乔丽拟")
    press(other, '.actionbar button[value="save"]')
    press(other, ".actionbar a:text-is('交回')")
    submit(other, "已核对")
    page = opened(county, "finance_bureau", "finance_opinion")
    assert page.input_value('form#f [name="leader"]') == "乔丽拟"
    press(page, '.actionbar button[value="release"]')


def test_cosign_answer_and_drop(county: County) -> None:
    page = opened(county, "finance_bureau", "finance_opinion")
    more(page, "加签")
    page.check("label.choice:has-text('乔丽') input")
    page.fill("#find-people input", "水利局 张")
    expect(page.locator("label.choice:visible")).to_have_count(1)  # who is chosen stays
    page.fill("#find-people input", "水利局")
    expect(page.locator("label.choice:visible")).to_have_count(2)
    expect(page.locator("#find-people output")).to_have_text("符合 1 人")
    submit(page, "请核对监理费", "乔丽", "县水利局")
    expect(page.locator(".asked")).to_contain_text("等待答复")
    other = county.page("finance_second")
    other.goto(f"{county.address}/inbox")
    press(other, ".asked a")
    expect(other.locator("form.act")).to_contain_text("请核对监理费")
    submit(other, "监理费偏高。")
    expect(other.locator(".note-ok")).to_contain_text("意见已提交")
    page.reload()
    expect(page.locator(".asked")).to_contain_text("监理费偏高。")
    press(page, ".asked a:has-text('减签')")
    submit(page, "水利局无此业务")
    expect(page.locator(".asked")).to_contain_text("已减签：水利局无此业务")


def test_question_copy_and_receipt(county: County) -> None:
    page = opened(county, "finance_bureau", "finance_opinion")
    more(page, "沟通")
    submit(page, "监理合同几时签？", county.world.people["civil_affairs"].name)
    asked = county.page("civil_affairs")
    asked.goto(f"{county.address}/inbox")
    press(asked, ".asked a")
    submit(asked, "下周一。")
    more(page, "抄送")
    submit(page, "请知悉", "县水利局")
    expect(page.locator(".asked")).to_contain_text("下周一。")
    expect(page.locator(".asked")).to_contain_text("未读")
    reader = county.page("water")
    reader.goto(f"{county.address}/shelf/copies")
    expect(reader.locator("main")).to_contain_text("请知悉")
    press(reader, "button:has-text('已阅')")
    page.reload()
    expect(page.locator(".asked")).to_contain_text("已阅")


def test_urge_follow_and_drafts(county: County) -> None:
    page = county.page("civil_affairs")
    project = f"{county.address}/projects/{county.world.project_key()}"
    page.goto(project)
    press(page, "a:has-text('催办：县财政局审核意见')")
    submit(page, "月底前要报市里")
    press(page, "a:has-text('催办：县财政局审核意见')")
    submit(page)
    expect(page.locator("#errors")).to_contain_text("今天已经催办过")
    holder = county.page("finance_bureau")
    holder.goto(f"{county.address}/notices")
    expect(holder.locator("main")).to_contain_text("月底前要报市里")
    page.goto(project)
    press(page, "button:text-is('关注')")
    page.goto(f"{county.address}/shelf/follows")
    expect(page.locator("tbody")).to_contain_text("养老服务信息系统")
    holder = opened(county, "finance_bureau", "finance_opinion")
    press(holder, '.actionbar button[value="save"]')
    holder.goto(f"{county.address}/shelf/drafts")
    expect(holder.locator("main")).to_contain_text("县财政局审核意见")


def test_claim_several(county: County) -> None:
    page = county.page("info_center")
    page.goto(f"{county.address}/inbox")
    page.locator(".inbox tbody tr .c-step").first.click()  # a row is pressed anywhere
    expect(page.locator(".actionbar")).to_be_visible()
    page.goto(f"{county.address}/inbox")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#picked")).to_have_text("（1）")
    page.keyboard.press("x")
    expect(page.locator("#picked")).to_have_text("")
    for box in page.locator('input[name="task"]').all():
        box.check()
    press(page, "button:text-is('签收所选')")
    expect(page.locator(".note-ok")).to_contain_text("已签收")
    assert page.locator('input[name="task"]').count() == 0


def test_withdraw_a_project(county: County) -> None:
    page = county.page("civil_affairs")
    page.goto(f"{county.address}/start")
    press(page, "button.btn-primary")
    press(page, "a:text-is('撤销')")
    submit(page)
    expect(page.locator("#reason-e")).to_have_text("请填写撤销理由。")
    submit(page, "经费没有落实")
    expect(page.locator("main")).to_contain_text("已撤销")
    assert page.locator("a:text-is('撤销')").count() == 0


def test_what_is_typed_survives_a_killed_browser(county: County) -> None:
    """Nobody presses 暂存; the browser dies by SIGKILL; the text is there in another one."""
    key = opened(county, "finance_bureau", "finance_opinion").url.rpartition("/")[2]
    state = county.page("finance_bureau").context.storage_state()
    doomed = county.browser.browser_type.launch(executable_path=PATH, args=FLAGS)
    session = doomed.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pid = next(p["id"] for p in processes if p["type"] == "browser")
    page = doomed.new_context(storage_state=state).new_page()
    page.goto(f"{county.address}/tasks/{key}")
    page.fill('form#f [name="leader"]', "断电前填的")
    expect(page.locator("#saved")).to_contain_text("已自动暂存", timeout=15_000)
    os.kill(pid, signal.SIGKILL)
    page = opened(county, "finance_bureau", "finance_opinion")
    assert page.input_value('form#f [name="leader"]') == "断电前填的"


def test_phrases(county: County) -> None:
    page = county.page("finance_bureau")
    page.goto(f"{county.address}/phrases")
    page.fill("#f-reason", "同意。\n概算偏高，请核减。")
    press(page, "form.act .btn-primary")
    page = opened(county, "finance_bureau", "finance_opinion")
    page.locator("form#f textarea").first.fill("")
    page.click("[data-phrase]:has-text('请核减')")
    assert page.locator("form#f textarea").first.input_value() == "概算偏高，请核减。"


def test_a_colleague_was_faster(county: County) -> None:
    """Two people open one task; the second is told who has done it and when, and keeps his text."""
    late = opened(county, "finance_second", "finance_opinion")
    late.fill('form#f [name="leader"]', "我也填了")
    key, unit, _ = county.open_task("joint_review/finance_opinion")
    county.do_without_pages(key, unit, {})
    press(late, '.actionbar button[value="complete"]')
    text = late.inner_text(".error-summary")
    assert re.search(r"周明于 2025-03-12 10:00 办理", text), text
    assert "我也填了" in late.inner_text("main")
