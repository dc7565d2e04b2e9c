"""One approval each from log-in to submission: without a mouse, on a phone, without JavaScript; and the lists."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from service.scenarios.people import PASSWORD
from tests.browser.chrome import PATH
from tests.browser.county import County, press
from tests.browser.fingers import SMALL
from tests.browser.test_act_pages import county

__all__ = ["county"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PATH is None and not os.environ.get("CI"), reason="no Chromium"),
]
PHONE = {"width": 390, "height": 844}
HERE = """() => { const e = document.activeElement; return [e.id, e.name || "", e.value || "",
                     e.textContent.trim(), e.getAttribute("href") || ""]; }"""


@pytest.fixture
def alone(county: County) -> Iterator[Page]:
    """A browser in which nobody has logged in, with no mouse: only `keyboard` is used."""
    page = county.new_page("")
    yield page
    page.context.close()


def tab_to(page: Page, wanted: str, most: int = 150) -> None:
    """Press Tab until the focus is on what has this id, name, words or address."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(HERE):
            return
    raise AssertionError(f"Tab does not come to {wanted}: {page.evaluate(HERE)}")


def enter(page: Page) -> None:
    """Press Enter on what leads to another page, and wait until that page stands."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def radio(page: Page, name: str, value: str) -> None:
    """Choose an option of the group that has the focus, with the arrow keys."""
    page.keyboard.press("Space")
    for _ in range(10):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(name)


def type_day(page: Page, year: str, month: str, day: str) -> None:
    """Type a day in the order of the browser's own language, which a page cannot choose."""
    keys, name = page.keyboard, page.evaluate("document.activeElement.name")
    for part in (month, day, year):
        keys.type(part)
    if page.input_value(f'[name="{name}"]') != f"{year}-{month}-{day}":
        keys.press("Shift+Tab")
        keys.press("Tab")
        keys.type(year)
        keys.press("ArrowRight")
        keys.type(month + day)


def test_without_a_mouse(county: County, alone: Page) -> None:
    """Log in, J to the task, Enter, fill, submit; the focus is then where work goes on."""
    page, keys = alone, alone.keyboard
    page.goto(f"{county.address}/login")
    assert page.evaluate(HERE)[0] == "login"
    keys.type("drc")
    keys.press("Tab")
    keys.type(PASSWORD)
    enter(page)
    expect(page.locator(".inbox")).to_be_visible()
    keys.press("/")
    assert page.evaluate(HERE)[0] == "q"
    keys.type("养老 20万元")
    enter(page)
    expect(page.locator(".inbox tbody tr")).to_have_count(1)
    keys.press("j")
    expect(page.locator(".t-name")).to_be_focused()
    enter(page)
    expect(page.locator("h1")).to_have_text("县发改局审核意见")
    keys.press("Tab")
    assert page.evaluate(HERE)[3] == "跳到主要内容"  # the first stop skips the navigation
    keys.press("Enter")
    tab_to(page, "conclusion")
    radio(page, "conclusion", "agree_with_changes")
    tab_to(page, "opinion")
    keys.type("工期不超过四个月。")
    tab_to(page, "handler")
    keys.type("孙明")
    tab_to(page, "leader")
    keys.type("赵宏")
    tab_to(page, "signed_on")
    type_day(page, "2025", "03", "12")
    assert page.input_value('[name="signed_on"]') == "2025-03-12"
    expect(page.locator("#saved")).to_contain_text("已自动暂存", timeout=15_000)
    tab_to(page, "complete")
    enter(page)
    expect(page.locator(".note-ok")).to_contain_text("已提交养老服务信息系统的“县发改局审核意见”")
    expect(page.locator(".note-ok")).to_contain_text("您没有别的待办了")


def fits(page: Page) -> None:
    """Nothing lies beside the screen, and what is pressed is large enough for a finger."""
    page.wait_for_load_state("load")  # before its style sheet a page is any width
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    assert page.evaluate(SMALL) == [], page.url


def test_on_a_phone(county: County) -> None:
    page = county.new_page(
        "", viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    page.goto(f"{county.address}/login")
    fits(page)
    page.fill("#login", "finance_bureau")
    page.fill("#password", PASSWORD)
    page.tap("button.btn-primary")
    expect(page.locator(".inbox")).to_be_visible()
    fits(page)
    # a card shows name, step, amount, who has it and until when
    card = page.locator(".inbox tbody tr").first
    for words in ("养老服务信息系统", "县财政局审核意见", "20.00", "未签收"):
        expect(card).to_contain_text(words)
    card.locator(".c-act .btn").tap()
    expect(page.locator("h1")).to_have_text("县财政局审核意见")
    fits(page)
    expect(page.locator(".strip svg")).to_be_hidden()  # the way in words instead
    expect(page.locator(".strip ol")).to_be_visible()
    page.tap('.actionbar button[value="complete"]')
    expect(page.locator(".error-summary")).to_be_visible()
    fits(page)
    page.locator(".error-summary a").first.tap()
    page.fill('[name="reviewed_amount_yuan"]', "198000")
    for name, value in (
        ("fund_available", "yes"),
        ("supervision_and_test_included", "yes"),
        ("conclusion", "agree"),
    ):
        page.locator(f'[name="{name}"][value="{value}"]').check()
    page.fill('[name="handler"]', "周明")
    page.fill('[name="leader"]', "高翔")
    page.fill('[name="signed_on"]', "2025-03-12")
    page.tap('.actionbar button[value="complete"]')
    expect(page.locator(".note-ok")).to_contain_text("已提交")
    page.tap("a:text-is('看项目')")
    expect(page.locator(".board")).to_contain_text("198,000.00 元")
    fits(page)
    page.tap(".nav-more summary")
    page.tap(".nav-more-list a:text-is('办法')")
    expect(page).to_have_url(f"{county.address}/regulation")
    fits(page)
    page.context.close()


def test_the_ledger_on_a_phone_begins_with_projects(county: County) -> None:
    """What else it can be narrowed by is folded up, opens without JavaScript, and says how many are asked."""
    page = county.new_page("info_center", viewport=PHONE, java_script_enabled=False)
    page.goto(f"{county.address}/projects")
    expect(page.locator('[name="unit"]')).to_be_hidden()
    page.click(".fold summary")
    page.select_option('[name="unit"]', label="县民政局")
    page.check('[name="overdue"]')
    press(page, ".filters button")
    expect(page.locator(".fold .count")).to_contain_text("2")
    expect(page.locator('[name="unit"]')).to_be_hidden()
    page.context.close()
    wide = county.new_page("info_center")
    wide.goto(f"{county.address}/projects")
    expect(wide.locator('[name="unit"]')).to_be_visible()
    expect(wide.locator(".fold summary")).to_be_hidden()
    wide.context.close()


def test_without_javascript(county: County) -> None:
    """Inbox with search and order, claim, save, a refused and an accepted submission, an act."""
    page = county.new_page("", java_script_enabled=False)
    page.goto(f"{county.address}/login")
    page.fill("#login", "info_center")
    page.fill("#password", PASSWORD)
    press(page, "button.btn-primary")
    page.fill("#q", "县民政局")
    press(page, ".filters button")
    press(page, "th a:text-is('金额（万元）')")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("金额")
    press(page, ".t-name")
    press(page, '.actionbar button[value="claim"]')
    expect(page.locator(".actionbar .why")).to_contain_text("您已签收")
    page.fill('[name="opinion"]', "先存一下")
    press(page, '.actionbar button[value="save"]')
    expect(page.locator(".note-ok")).to_contain_text("已暂存")
    assert page.input_value('[name="opinion"]') == "先存一下"
    press(page, '.actionbar button[value="complete"]')
    expect(page.locator(".error-summary li")).not_to_have_count(0)
    assert page.input_value('[name="opinion"]') == "先存一下"
    page.check('[name="conclusion"][value="agree"]')
    page.fill('[name="handler"]', "钱明")
    page.fill('[name="leader"]', "刘志强")
    page.fill('[name="signed_on"]', "2025-03-12")
    press(page, '.actionbar button[value="save"]')
    expect(page.locator("#next")).not_to_be_empty()  # who is next, without a script
    page.click(".more summary")
    press(page, ".more a:text-is('沟通')")
    page.locator("label.choice input").first.check()
    page.fill("#f-reason", "工期几个月？")
    press(page, "form.act .btn-primary")
    expect(page.locator(".asked")).to_contain_text("工期几个月？")
    press(page, '.actionbar button[value="complete"]')
    expect(page.locator(".note-ok").first).to_contain_text("已提交")
    page.goto(f"{county.address}/inbox/done")
    expect(page.locator(".inbox tbody")).to_contain_text("县信息中心审核意见")
    page.context.close()


def test_sort_search_and_keep_a_filter(county: County) -> None:
    """By the head of a column; what is asked is kept under a name, used again and dropped."""
    page = county.page("civil_affairs")
    page.goto(f"{county.address}/inbox/started")
    expect(page.locator(".inbox tbody")).to_contain_text("政务信息化项目全生命周期")
    page.goto(f"{county.address}/projects")
    page.fill("main #q", "养老 县民政局 20")
    press(page, ".filters button")
    press(page, "th a:text-is('申报预算')")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("申报预算")
    press(page, "th a:text-is('申报预算')")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("申报预算")
    page.fill(".saved-new input[type=text]", "民政的养老")
    press(page, "button:text-is('存为常用筛选')")
    expect(page.locator(".saved a[aria-current]")).to_have_text("民政的养老")
    page.goto(f"{county.address}/projects")
    assert page.input_value("main #q") == ""
    press(page, ".saved a:text-is('民政的养老')")
    assert page.input_value("main #q") == "养老 县民政局 20"
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("申报预算")
    expect(page.locator(".ledger tbody tr")).to_have_count(1)
    press(page, "button:text-is('删除“民政的养老”')")
    expect(page.locator(".saved")).to_have_count(0)
    other = county.page("water")
    other.goto(f"{county.address}/projects")
    expect(other.locator(".saved")).to_have_count(0)
