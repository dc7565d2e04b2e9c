"""Mutants and hostile files opened in the page of the modeler: drawn or told why not within ten seconds, no script error,
and what would be saved says what was opened, or the page says what it would lose."""

import random
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from service.commands.save_draft_file import save_draft_file
from service.difference import difference
from service.model.bundle import Bundle, read_bundle
from service.store.session import begin
from tests.browser.county import ROOT, County
from tests.browser.editors import drafted, owners_page
from tests.lint.test_lint_foreign import HOSTILE, mutant

pytestmark = pytest.mark.browser
DRAWN = ["rectification", "warranty_claim", "trial_run", "joint_review", "termination_settlement"]
PATH = "processes/joint_review.bpmn"
SHIPPED = read_bundle(ROOT)
# what is larger or no text does not come so far: tests/web/test_broken_drafts.py
READABLE = [
    n for n, s in HOSTILE.items() if len(s) < 2_000_000 and n not in ("UTF-16 bomb", "no XML")
]
QUICK = ("entity bomb", "empty", "wide attribute")
LONGEST = 10.0  # seconds
NOW = """async () => {
  const box = document.getElementById('warnings');
  const state = document.body.dataset.editor;
  return { state, told: box.hidden ? '' : box.innerText, said: document.getElementById('state').innerText,
    text: state === 'open' ? await banjie.text() : null };
}"""


def flipped(rand: random.Random, source: bytes) -> bytes:
    """A file with some characters that are others, doubled or gone."""
    data = bytearray(source)
    for _ in range(rand.randint(1, 4)):
        at = rand.randrange(len(data))
        act = rand.randrange(3)
        if act == 0 and data[at] < 128:
            data[at] = rand.randrange(32, 127)
        elif act == 1:
            del data[at : at + rand.randint(1, 60)]
        else:
            data[at:at] = data[at : at + rand.randint(1, 60)]
    return bytes(data).decode(errors="ignore").encode()


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Three of four are XML still."""
    rand = random.Random(seed)
    for number in range(count):
        edit = mutant if number % 4 else flipped
        yield edit(rand, SHIPPED.files[f"processes/{rand.choice(DRAWN)}.bpmn"])


@pytest.fixture(scope="module")
def wrong() -> list[str]:
    """Errors of scripts that nobody caught."""
    return []


@pytest.fixture(scope="module")
def page(town: County, wrong: list[str]) -> Page:
    page = owners_page(town)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    return page


def opens(town: County, page: Page, draft: str, source: bytes) -> str:
    """Save a file as a draft's, open it, look at what the page says; the state of the editor."""
    world = town.world
    with begin(world.engine) as connection:
        save_draft_file(connection, world.people["info_center"], draft, PATH, source, now=world.now)
    began = time.monotonic()
    page.goto(f"{town.address}/workbench/drafts/{draft}/diagram?path={PATH}")
    page.wait_for_selector("body[data-editor]", timeout=LONGEST * 1000)
    expect(page.locator("#findings-count")).to_have_text(
        re.compile("处问题|没有发现问题"), timeout=LONGEST * 1000
    )
    found = page.evaluate(NOW)
    assert time.monotonic() - began < LONGEST
    if found["state"] == "open":
        again = Bundle({**SHIPPED.files, PATH: found["text"].encode()})
        changes = difference(Bundle({**SHIPPED.files, PATH: source}), again)
        if not found["told"]:  # a place on the paper that is no number is not kept
            assert not [str(c) for c in changes if c.kind != "layout"]
    else:
        assert "这个文件画不出来" in found["said"]
        assert "不能在这里改" in found["said"]
        expect(page.locator("#save")).to_be_disabled()
    return str(found["state"])


def test_a_dozen_mutants(town: County, page: Page, wrong: list[str]) -> None:
    draft = drafted(town)
    seen = {opens(town, page, draft, source) for source in mutants(12, seed=5)}
    assert seen == {"open", "unreadable"}
    assert not wrong


def test_a_place_that_is_no_number(town: County, page: Page, wrong: list[str]) -> None:
    """bpmn-js never came to an end with a label that has no width."""
    draft, source = drafted(town), SHIPPED.files[PATH]
    label = source.index(b"<bpmndi:BPMNLabel")
    for old, new in ((b"width=", b"wide="), (b'height="', b'height="1e9'), (b'x="', b'x="a')):
        head, tail = source[:label], source[label:]
        assert opens(town, page, draft, head + tail.replace(old, new, 1)) == "unreadable"
    assert not wrong


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(6))
def test_mutants_by_the_hundred(town: County, page: Page, wrong: list[str], part: int) -> None:
    draft = drafted(town)
    for number, source in enumerate(mutants(50, seed=300 + part)):
        opens(town, page, draft, source)
        assert not wrong, (part, number, wrong)


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.heavy) for n in READABLE]
)
def test_hostile_files(town: County, page: Page, wrong: list[str], name: str) -> None:
    opens(town, page, drafted(town), HOSTILE[name])
    assert not wrong
