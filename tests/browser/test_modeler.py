"""The modeler: draws, checks while drawing, saves without losing anybody's work, in Chinese, alters nothing by itself."""

import dataclasses
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.difference import difference
from service.model.bundle import read_bundle
from service.model.xml import decoded
from service.store import workbench
from service.store.session import reading
from tests.browser.barriers import inject
from tests.browser.county import ROOT, County
from tests.browser.editors import checked_again, drafted, opened, owners_page, selected

pytestmark = pytest.mark.browser
PATH = "processes/joint_review.bpmn"
BUNDLE = read_bundle(ROOT)
# the reference diagrams stand outside the project; a copy's place is given by BANJIE_MIWG
PLACE = Path(os.environ.get("BANJIE_MIWG", ROOT.parent / "shared/conformance/bpmn-miwg"))
MIWG = sorted(PLACE.glob("*.bpmn"))
REOPENED = """async text => {
  await banjie.open(text);
  const box = document.getElementById('warnings');
  return { told: box.hidden ? '' : box.innerText, text: await banjie.text(), state: document.body.dataset.editor };
}"""


@pytest.fixture(scope="module")
def wrong(town: County) -> list[str]:
    """What the browser complains of, the security policy's refusals too."""
    return []


@pytest.fixture(scope="module")
def page(town: County, wrong: list[str]) -> Page:
    page = owners_page(town)
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    return page


def saved(town: County, draft: str) -> bytes:
    with reading(town.world.engine) as connection:
        row = workbench.draft_of(connection, draft)
        assert row is not None
        return workbench.files_of(connection, draft, row.base)[PATH]


def test_from_the_draft_to_a_checked_and_saved_change(
    town: County, page: Page, wrong: list[str]
) -> None:
    draft = drafted(town)
    page.goto(f"{town.address}/workbench/drafts/{draft}")
    page.select_option('select[name="path"]', PATH)
    page.get_by_role("button", name="打开").first.click()
    expect(page.locator("h1")).to_have_text("联合审核")
    expect(page.locator("#findings-count")).to_contain_text("没有发现问题", timeout=60_000)
    selected(page, "drc_opinion")
    checked_again(page, lambda: page.select_option("#p-form", ""))
    expect(page.locator("#findings")).to_contain_text("用户任务没有表单")
    assert page.locator('.djs-overlays[data-container-id="drc_opinion"] .finding-badge').count()
    page.locator(".finding-place").first.click()
    page.click("#undo")
    page.fill("#p-due", "working days after(today(), ")
    expect(page.locator('[data-entry-id="p-due"] .bio-properties-panel-error')).to_contain_text(
        "没有写完"
    )
    page.fill("#p-due", "working days after(today(), 7)")
    page.fill("#p-article", "商务和工业信息化局")
    page.locator(".found button").first.click()
    expect(page.locator('[data-entry-id="p-article"] .chosen')).to_contain_text("商务和工业")
    page.click("#save")
    expect(page.locator("#state")).to_contain_text("已保存，第 1 次改动")
    changes = list(
        difference(
            BUNDLE,
            dataclasses.replace(BUNDLE, files={**BUNDLE.files, PATH: saved(town, draft)}),
        )
    )
    assert {c.what for c in changes} == {"办理期限", "依据条款"}
    assert "working days after(today(), 7)" in {c.new for c in changes}
    assert not wrong


def test_a_stale_save_is_refused_and_nothing_is_lost(town: County, page: Page) -> None:
    draft = drafted(town)
    opened(page, town, draft, PATH)
    second = page.context.new_page()
    try:
        opened(second, town, draft, PATH)
        for one, name in ((page, "第一个窗口"), (second, "第二个窗口")):
            selected(one, "collect")
            one.fill("#documentation", name)
            one.locator("#documentation").blur()
            one.click("#save")
        expect(page.locator("#state")).to_contain_text("已保存")
        expect(second.locator("#state")).to_contain_text("这次没有存")
        assert "第一个窗口" in saved(town, draft).decode()
        with second.expect_download() as taken:
            second.click("#download")
        assert "第二个窗口" in Path(taken.value.path()).read_text(encoding="utf-8")
    finally:
        second.close()
        page.evaluate("localStorage.clear()")


def test_a_killed_tab_loses_nothing(town: County, page: Page) -> None:
    draft = drafted(town)
    tab = page.context.new_page()
    opened(tab, town, draft, PATH)
    selected(tab, "collect")
    tab.fill("#documentation", "还没有保存")
    tab.locator("#documentation").blur()
    tab.wait_for_function("() => Object.keys(localStorage).length > 0")
    tab.close(run_before_unload=False)
    opened(page, town, draft, PATH)
    expect(page.locator("#kept")).to_be_visible()
    page.click("#kept-open")
    page.click("#save")
    expect(page.locator("#state")).to_contain_text("已保存")
    assert "还没有保存" in saved(town, draft).decode()


def test_patterns_are_inserted_ready_and_clean(town: County, page: Page) -> None:
    """Each behind a task, copied from the drawing that has it: nothing is found, and one step undoes it."""
    opened(page, town, drafted(town), PATH)
    patterns = page.locator('[data-action^="pattern."]')
    page.evaluate("banjie.modeler.get('selection').select(null)")
    patterns.first.click()
    expect(page.locator("#state")).to_contain_text("先选中一个环节")
    names = [patterns.nth(i).get_attribute("aria-label") or "" for i in range(patterns.count())]
    assert [name.partition("：")[0] for name in names] == ["联合审核", "材料清单", "退回", "会签"]
    for at in range(len(names)):
        selected(page, "write_joint_opinion")
        checked_again(page, patterns.nth(at).click)
        expect(page.locator("#findings-count")).to_contain_text("没有发现问题")
        expect(page.locator("#state")).to_contain_text("已插入")
        checked_again(page, lambda: page.click("#undo"))
        undone = {**BUNDLE.files, PATH: page.evaluate("banjie.text()").encode()}
        assert not list(difference(BUNDLE, dataclasses.replace(BUNDLE, files=undone))), names[at]


def test_a_simulation_can_be_started_where_the_drawing_is_small(town: County, page: Page) -> None:
    """The library shows what starts it from half the size on; a wide diagram is smaller in the page."""
    opened(page, town, drafted(town), "processes/project_lifecycle.bpmn")
    page.click(".bts-toggle-mode")
    page.locator(".bts-context-pad:visible").first.click()
    expect(page.locator(".bts-token").first).to_be_visible()
    page.click(".bts-toggle-mode")


def test_clauses_that_are_found_are_in_sight(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH)
    selected(page, "drc_opinion")
    page.fill("#p-article", "财政局")
    expect(page.locator(".found button").first).to_be_in_viewport()
    page.fill("#p-article", "")


def test_who_does_not_own_the_draft_looks_only(town: County, page: Page) -> None:
    draft = drafted(town, "drc")
    opened(page, town, draft, PATH)
    expect(page.locator("#save")).to_be_disabled()
    expect(page.locator("#state")).to_contain_text("别人的")


def test_what_is_opened_and_saved_says_the_same(town: County, page: Page) -> None:
    """All diagrams: nothing told as lost, no change, not even of the drawing."""
    opened(page, town, drafted(town), PATH)
    for path, source in BUNDLE.of_kind(".bpmn").items():
        found = page.evaluate(REOPENED, source.decode())
        assert found["told"] == "", path
        again = {**BUNDLE.files, path: found["text"].encode()}
        assert not list(difference(BUNDLE, dataclasses.replace(BUNDLE, files=again))), path


def test_the_comparison_in_the_page_tells_what_is_lost(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH)
    source = BUNDLE.files[PATH].decode()
    odd = source.replace(
        "<bpmn:parallelGateway",
        "<!-- so --><bpmn:unknownGateway id='odd'/><bpmn:parallelGateway",
        1,
    )
    told = page.evaluate(REOPENED, odd)["told"]
    assert "注释" in told
    assert "odd" in told


def test_a_file_that_is_no_diagram_is_told(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH)
    assert page.evaluate(
        "async () => { await banjie.open('<a/>'); return document.body.dataset.editor; }"
    ) == ("unreadable")
    expect(page.locator("#state")).to_contain_text("画不出来")


@pytest.mark.skipif(not MIWG, reason="the reference diagrams stand outside the project")
def test_reference_diagrams_open_and_nothing_is_lost_in_silence(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH)
    for path in MIWG:
        source = decoded(path.read_bytes(), path.name)
        found = page.evaluate(REOPENED, source)
        assert found["state"] == "open", path.name
        lost = {*named(source)} - {*named(found["text"])}
        assert all(one in found["told"] for one in lost), (path.name, lost)


def named(source: str) -> Iterator[str]:
    """Ids of what the file says, apart from the drawing."""
    yield from re.findall(
        r'\sid="([^"]+)"', re.sub(r"<[\w:]*BPMNDiagram\b.*", "", source, flags=re.S)
    )


@pytest.mark.heavy
@pytest.mark.parametrize("path", MIWG, ids=lambda p: p.stem)
def test_reference_diagrams_get_a_report_in_the_page(town: County, page: Page, path: Path) -> None:
    draft = drafted(town)
    own = f"processes/{path.stem.lower().replace('.', '_')}.bpmn"
    opened(page, town, draft, PATH)
    text = decoded(path.read_bytes(), path.name)
    page.evaluate(
        """async ([path, text]) => { const { draft, token } = JSON.parse(document.getElementById('page').textContent);
        const answer = await fetch(`/api/v1/drafts/${draft}/file`, { method: 'PUT',
          headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
          body: JSON.stringify({ path, text, last: 0 }) });
        if (!answer.ok) throw new Error(await answer.text()); }""",
        [own, text],
    )
    page.set_default_timeout(10_000)
    opened(page, town, draft, own)
    assert page.get_attribute("body", "data-editor") == "open"
    expect(page.locator("#findings-count")).to_contain_text("处问题")
    page.set_default_timeout(20_000)


MENUS = """async () => {
  const get = name => banjie.modeler.get(name), registry = get('elementRegistry');
  const said = new Set(), english = /[A-Za-z]{3,}/, chinese = /[\\u4e00-\\u9fff]/;
  const ids = new Set(registry.getAll().map(e => e.id));
  const look = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const holder = walker.currentNode.parentElement;
      if (holder && !holder.closest('script,noscript,.head,svg,.crumbs,.chosen b,.found b,.bjs-powered-by')) keep(walker.currentNode.data);
    }
    document.querySelectorAll('#editor [title],#editor [aria-label],#editor [placeholder],.djs-popup [title]').forEach(e =>
      e.matches('.bjs-powered-by') ||
      ['title', 'aria-label', 'placeholder'].forEach(name => keep(e.getAttribute(name) || '')));
  };
  const keep = text => { text = text.trim(); if (english.test(text) && !chinese.test(text) && !ids.has(text)) said.add(text); };
  const pause = () => new Promise(done => setTimeout(done, 40));
  const menu = async (target, name) => {
    if (get('popupMenu').isEmpty(target, name)) return;
    get('popupMenu').open(target, name, { x: 400, y: 300 });
    await pause();
    look();
    get('popupMenu').close();
  };
  for (const element of registry.filter(e => e.type !== 'label')) {
    get('selection').select(element);
    await pause();
    look();
    await menu(element, 'bpmn-replace');
  }
  get('searchPad').open();
  await pause();
  look();
  get('searchPad').close();
  const two = registry.filter(e => e.type === 'bpmn:UserTask').slice(0, 2);
  get('selection').select(two);
  await pause();
  look();
  await menu(two, 'align-elements');
  get('toggleMode').toggleMode(true);
  await pause();
  document.querySelectorAll('.bts-entry').forEach(e => e.click());
  await pause();
  look();
  get('toggleMode').toggleMode(false);
  return { english: [...said], missing: [...banjieMissing] };
}"""


@pytest.mark.parametrize("path", ["processes/final_acceptance.bpmn", PATH])
def test_every_word_is_chinese(town: County, page: Page, path: str) -> None:
    """Every element selected, its menus opened, search, simulation: no English but ids of ours."""
    opened(page, town, drafted(town), path)
    found = page.evaluate(MENUS)
    assert found == {"english": [], "missing": []}


def test_the_page_is_accessible_light_and_dark(town: County, page: Page) -> None:
    """What is ours on the page; the canvas of the library is left out, the list beside it says what it shows."""
    opened(page, town, drafted(town), PATH)
    selected(page, "drc_opinion")
    inject(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate(
            "() => axe.run({ exclude: [['#canvas']] }, { resultTypes: ['violations'] })"
        )["violations"]
        assert not found, [(v["id"], v["nodes"][0]["html"][:200]) for v in found]
    page.emulate_media(color_scheme="light")
