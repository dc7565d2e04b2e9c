"""An auditor's way: a project that was sent back twice, the form of the first round, the evidence, one changed byte."""

import dataclasses
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.config import project_root
from service.jobs.make_checkpoint import make_checkpoint
from service.scenarios.runner import run_story
from service.scenarios.samples import keep_samples
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import begin
from tests.browser.chrome import PATH
from tests.browser.county import KINDS, database_of, press, served

needs_chromium = pytest.mark.skipif(
    PATH is None and not os.environ.get("CI"),
    reason="no Chromium on this machine (apt-get install chromium)",
)
pytestmark = [pytest.mark.browser, needs_chromium]
ROOT = project_root()
CLOCK = "2025-03-12T10:00+08:00"
IMAGES = os.environ.get("BANJIE_IMAGES")


def look(page: Page, name: str) -> None:
    """A picture, when pictures are wanted."""
    if IMAGES:
        Path(IMAGES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(IMAGES) / f"{name}.jpg", type="jpeg", quality=82)


def sent_back_twice(url: str):
    """A county with one project whose joint review was sent back twice."""
    story = read_story(ROOT / "processes/scenarios/joint_review_five_rounds.yaml")
    steps = tuple(
        dataclasses.replace(step, value=2) if step.verb == "repeat" else step
        for step in story.steps
    )
    world = open_world(url, ROOT)
    outcome = run_story(dataclasses.replace(story, steps=steps), world)
    assert outcome.ok, outcome.difference
    return world


def checked(package: Path, held: Path) -> tuple[int, str]:
    """What the verify.py that came in the package says of it, in a Python without our code.

    `held`: the checkpoint that the auditor took away earlier.
    """
    script = package.with_name("verify.py")
    with zipfile.ZipFile(package) as archive:
        script.write_bytes(archive.read("verify.py"))
    done = subprocess.run(
        [sys.executable, "-I", script, package, "--checkpoint", held],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def of_days(page: Page, held: Path, folder: Path) -> None:
    """The evidence of a period: chosen on the page, verified offline, changed, named; then the page without it."""
    page.get_by_label("从").fill("2025-03-05")
    page.get_by_label("到").fill("2025-03-07")
    page.get_by_role("button", name="筛选").click()
    link = page.get_by_role("link", name="下载这个期间的证据包")
    expect(link).to_be_visible()
    look(page, "6-period")
    with page.expect_download() as waiting:
        link.click()
    package = folder / "period.zip"
    waiting.value.save_as(package)
    assert waiting.value.suggested_filename == "证据包_2025-03-05_2025-03-07.zip"
    status, said = checked(package, held)
    assert status == 0, said
    assert "期间 2025-03-05 至 2025-03-07" in said
    assert "两头没有缺少" in said
    changed, named = with_a_byte_changed(package, b'"seq":', b'"seq" :', "events.jsonl")
    status, said = checked(changed, held)
    assert status == 1, said
    assert named in said, said
    print(said)
    page.get_by_role("link", name="清除").click()
    expect(link).to_have_count(0)


def with_a_byte_changed(
    package: Path, old: bytes, new: bytes, where: str = "submissions/"
) -> tuple[Path, str]:
    """(a copy in which one byte of a submission, or of another file, is another; the name of that file in it)."""
    changed, named = package.with_name("changed.zip"), ""
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(changed, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            if not named and item.filename.startswith(where) and old in content:
                content, named = content.replace(old, new, 1), item.filename
            target.writestr(item, content)
    assert named
    return changed, named


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind."""
    return database_of(request, tmp_path)


def test_from_the_question_to_the_changed_byte(url: str, tmp_path: Path, chromium: Browser) -> None:
    world = sent_back_twice(url)
    (tmp_path / "record.key").write_text(bytes(range(32)).hex())  # the key with which stories sign
    keep_samples(ROOT, tmp_path / "files")
    with served(world, url, tmp_path, chromium, CLOCK) as running:
        config, held = running.app.extensions["config"], tmp_path / "held.txt"
        with begin(running.app.extensions["engine"]) as connection:
            held.write_text(str(make_checkpoint(connection, config.signer, now=config.now())))
        page = running.page("audit_bureau")
        press(page, page.get_by_role("link", name="审计", exact=True))
        look(page, "1-questions")
        of_days(page, held, tmp_path)
        press(page, page.get_by_role("link", name="退回、补正和不合格").first)
        press(
            page,
            page.get_by_role("heading", name="退回、补正和不合格", level=2).get_by_role("link"),
        )
        rows = page.locator(".answers tbody tr")
        assert rows.count() == 2
        look(page, "2-returned")
        press(page, rows.last.get_by_role("link", name="回放"))
        assert "汇总联合审核意见" in page.inner_text(".aside")
        assert "退回修改" in page.inner_text(".aside")
        look(page, "3-sent-back")
        page.keyboard.press("ArrowLeft")
        expect(page.locator(".aside")).to_contain_text("县发改局审核意见")
        press(
            page, page.locator(".replay-steps tr", has_text="县财政局审核意见").first.locator("a")
        )
        expect(page.locator(".aside")).to_contain_text("县财政局审核意见")
        form = page.inner_text(".aside")
        assert "第 2 遍" not in page.inner_text("h1")
        assert "意见" in form
        look(page, "4-first-round")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="下载证据包").click()
        package = tmp_path / "evidence.zip"
        waiting.value.save_as(package)
        assert waiting.value.suggested_filename.startswith("证据包_2025-")

        status, said = checked(package, held)
        assert status == 0, said
        assert "可信" in said
        changed, named = with_a_byte_changed(package, b"200000.00", b"200000.01")
        status, said = checked(changed, held)
        assert status == 1, said
        assert Path(named).stem[:12] in said, said
        with zipfile.ZipFile(package) as archive:
            bodies = [json.loads(x) for x in archive.read("events.jsonl").splitlines()]
        told = min(b["seq"] for b in bodies if b.get("submission") == Path(named).stem)
        assert f"最早在事件 {told}。" in said, said
        print(said)

        boss = running.page("audit_admin")
        boss.goto(f"{running.address}/admin/audit/readings")
        table = boss.inner_text("main table")
        for words in ("审计问题", "回放", "下载证据包"):
            assert words in table
        look(boss, "5-readings")
    world.close()
