"""The editor of forms: opens ours and loses nothing, shows them as people will see them, saves, speaks Chinese."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from service.model.bundle import read_bundle
from service.store import workbench
from service.store.session import reading
from tests.browser.county import ROOT, County
from tests.browser.editors import drafted, opened, owners_page

pytestmark = pytest.mark.browser
PATH = "forms/review/opinion.form"
BUNDLE = read_bundle(ROOT)
REOPENED = """async source => {
  await banjie.open(source);
  const box = document.getElementById('warnings');
  return { told: box.hidden ? '' : box.textContent, text: await banjie.text() };
}"""
ENGLISH = """() => {
  const said = new Set(), english = /[A-Za-z]{3,}/, chinese = /[\\u4e00-\\u9fff]/, own = /^(FEEL|processes|forms|Powered by bpmn.io)/;
  const ids = new Set(banjie.editor.get('formFieldRegistry').getAll().flatMap(f =>
    [f.id, f.key, f.path, f.valuesKey, ...(f.values || []).map(v => v.value)]));
  const keep = text => { if (ids.has((text || '').trim())) return; if (english.test(text || '') && !chinese.test(text) && !own.test(text)) said.add(text.trim()); };
  document.querySelectorAll('.form-palette *, .form-panel *, .form-canvas *').forEach(e => {
    if (e.closest('.cm-editor') || e.closest('.law-clauses') || e.closest('.flatpickr-calendar')) return; // the calendar is never opened there
    if (!e.children.length && !['INPUT', 'TEXTAREA', 'SCRIPT', 'STYLE'].includes(e.tagName)) keep(e.textContent);
    ['title', 'aria-label', 'placeholder'].forEach(name => keep(e.getAttribute(name)));
  });
  return [...said];
}"""
ALL = """() => {
  const registry = banjie.editor.get('formFieldRegistry'), seen = {};
  registry.getAll().forEach(f => { seen[f.type] = f.id; });
  return seen;
}"""


@pytest.fixture(scope="module")
def page(town: County) -> Page:
    return owners_page(town)


def test_our_forms_are_opened_and_saved_unchanged(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH, "form")
    for path, source in BUNDLE.of_kind(".form").items():
        found = page.evaluate(REOPENED, source.decode())
        assert found["told"] == "", path
        assert json.loads(found["text"]) == json.loads(source), path


def test_a_field_is_changed_checked_shown_and_saved(town: County, page: Page) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda e: wrong.append(str(e)))
    draft = drafted(town)
    opened(page, town, draft, PATH, "form")
    expect(page.locator("#preview")).to_contain_text("修改后同意")
    page.evaluate("banjie.select('opinion')")
    page.fill('[data-entry-id="law-requiredIf"] textarea', "conclusion = ")
    expect(page.locator('[data-entry-id="law-requiredIf"] [role="alert"]')).to_contain_text(
        "没有写完"
    )
    page.locator('[data-entry-id="law-requiredIf"] textarea').blur()
    expect(page.locator("#findings-count")).to_contain_text("处问题")
    page.fill('[data-entry-id="law-requiredIf"] textarea', 'conclusion = "disagree"')
    page.fill('[data-entry-id="law-hint"] input', "不同意的，写明理由。")
    page.locator('[data-entry-id="law-hint"] input').blur()
    expect(page.locator("#preview")).to_contain_text("不同意的，写明理由。")
    expect(page.locator("#findings-count")).to_contain_text("没有发现问题")
    page.locator("#preview").get_by_label("不同意", exact=True).check()
    expect(page.locator("#preview .field", has_text="理由").first).to_contain_text("*")
    page.click("#save")
    expect(page.locator("#state")).to_contain_text("已保存")
    with reading(town.world.engine) as connection:
        row = workbench.draft_of(connection, draft)
        assert row is not None
        saved = json.loads(workbench.files_of(connection, draft, row.base)[PATH])
    (field,) = [c for c in saved["components"] if c.get("key") == "opinion"]
    assert field["properties"] == {
        "article": "7.1.7",
        "hint": "不同意的，写明理由。",
        "requiredIf": 'conclusion = "disagree"',
    }
    assert saved["schemaVersion"] == json.loads(BUNDLE.files[PATH])["schemaVersion"]
    assert not wrong


def test_every_word_of_the_form_editor_is_chinese(town: County, page: Page) -> None:
    opened(page, town, drafted(town), PATH, "form")
    assert page.evaluate(ENGLISH) == [], page.evaluate(ENGLISH)
    done: set[str] = set()
    for source in BUNDLE.of_kind(".form").values():
        kinds = {c["type"] for c in _every(json.loads(source)["components"])}
        if kinds <= done:
            continue
        page.evaluate(REOPENED, source.decode())
        for kind, own in page.evaluate(ALL).items():
            if kind not in done:
                done.add(kind)
                page.evaluate("banjie.select", own)
                page.wait_for_selector(
                    '.form-panel [data-group-id="group-law"], .form-panel [data-group-id]'
                )
                assert page.evaluate(ENGLISH) == [], kind


def _every(components: list[dict]) -> Iterator[dict]:
    for component in components:
        yield component
        yield from _every(component.get("components", []))
