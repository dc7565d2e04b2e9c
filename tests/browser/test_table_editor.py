"""The editor of decision tables: opens ours and loses nothing, checks what is edited, saves, speaks Chinese."""

import dataclasses

import pytest
from playwright.sync_api import Page, expect

from service.difference import difference
from service.model.bundle import read_bundle
from service.store import workbench
from service.store.session import reading
from tests.browser.county import ROOT, County
from tests.browser.editors import checked_again, drafted, opened, owners_page
from tests.browser.test_modeler import REOPENED

pytestmark = pytest.mark.browser
PATH = "processes/approval_route.dmn"
BUNDLE = read_bundle(ROOT)
ENGLISH = """() => {
  const said = new Set(), english = /[A-Za-z]{3,}/, chinese = /[\\u4e00-\\u9fff]/;
  const keep = text => { if (english.test(text || '') && !chinese.test(text)) said.add(text.trim()); };
  document.querySelectorAll('#editor button, #editor label, #editor option, #editor .entry, .context-menu *').forEach(e => {
    if (!e.children.length) keep(e.textContent);
    ['title', 'aria-label', 'placeholder'].forEach(name => keep(e.getAttribute(name)));
  });
  return { english: [...said], missing: [...banjieMissing] };
}"""


@pytest.fixture(scope="module")
def page(town: County) -> Page:
    return owners_page(town)


def test_a_cell_is_changed_checked_and_saved(town: County, page: Page) -> None:
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    draft = drafted(town)
    opened(page, town, draft, PATH, "table")
    expect(page.locator("h1")).to_have_text("审批路径判定")
    expect(page.locator("#findings-count")).to_contain_text("没有发现问题")
    page.locator("td.input-cell").first.click()
    checked_again(page, lambda: page.keyboard.type(" and"))
    expect(page.locator("#findings-count")).to_contain_text("处问题")
    checked_again(page, lambda: page.click("#undo"))
    page.locator(".decision-table-name [contenteditable]").fill("审批路径判定（新）")
    page.click("#save")  # at once, while the editor still waits for more letters
    expect(page.locator("#state")).to_contain_text("已保存，第 1 次改动")
    with reading(town.world.engine) as connection:
        row = workbench.draft_of(connection, draft)
        assert row is not None
        files = workbench.files_of(connection, draft, row.base)
    assert "审批路径判定（新）" in files[PATH].decode()
    assert not wrong


def test_our_tables_are_opened_and_saved_unchanged(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH, "table")
    for path, source in BUNDLE.of_kind(".dmn").items():
        found = page.evaluate(REOPENED, source.decode())
        assert found["told"] == "", path
        again = {**BUNDLE.files, path: found["text"].encode()}
        assert not list(difference(BUNDLE, dataclasses.replace(BUNDLE, files=again))), path


def test_every_word_of_the_table_is_chinese(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH, "table")
    assert page.evaluate(ENGLISH) == {"english": [], "missing": []}
    page.locator("td.input-cell").first.click(button="right")
    page.wait_for_selector(".context-menu")
    assert page.evaluate(ENGLISH) == {"english": [], "missing": []}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="决策关系图", exact=True).click()
    page.wait_for_selector(".djs-palette")
    assert page.evaluate(ENGLISH) == {"english": [], "missing": []}
