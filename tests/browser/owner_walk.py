"""An owner's walk, with pictures for docs/images/workbench: adds a unit to 联合审核, tries it, sees a removed gate
refused, restores it, writes the promises anew, has it released by a second person, moves ten projects, moves one back,
and looks where projects wait in either version.

`python -m tests.browser.owner_walk [FOLDER]` keeps the pictures in FOLDER (default docs/images/workbench). The checks are
the real ones, but for the stories: only those run that never come to the joint review. An owner who adds an opinion has to
tell it in all the others first, which the check demands.
"""

import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from service.commands.start_instance import start_instance
from service.config import project_root
from service.store import tables as t
from service.store.session import begin, reading
from service.workbench import check
from service.workbench.check_next import check_next
from tests.browser.chrome import browser
from tests.browser.county import County, county, press
from tests.browser.editors import checked_again, installed, opened, selected

STORIES = (
    "setting_change_cosigned",
    "classified_only_number_and_dates",
    "declared",
    "N01",
    "out_of_scope",
)
REVIEW = "processes/joint_review.bpmn"
LIFE = "project_lifecycle"
OWNERS = ("civil_affairs", "transport", "human_resources", "water", "emergency")
FIRST_STEPS = "project_declaration"
EARLIER, LATER = (
    (1, 4, 9),
    (3, 3, 16, 30),
)  # days that tasks waited, before the release and after it
# what stays in sight lies over a picture; the policy of the pages lets no style sheet in
COVERING = "on => document.querySelectorAll('.topbar, .actionbar').forEach(e => { e.style.display = on ? '' : 'none'; })"
ADDED = """() => {
  const get = name => banjie.modeler.get(name), registry = get('elementRegistry'), at = id => registry.get(id);
  const lane = registry.find(e => e.type === 'bpmn:Lane' && e.id === 'industry_bureau');
  const task = at('drc_opinion');
  const tree = get('copyPaste').copy([task]);
  const point = { x: task.x + task.width / 2, y: lane.y + lane.height / 2 - 10 };
  const made = get('copyPaste').paste({ tree, element: task.parent, point }).find(e => e.type === 'bpmn:UserTask');
  get('modeling').removeElements([...made.attachers]);
  get('modeling').connect(at('send_out'), made);
  get('modeling').connect(made, at('collect'));
  get('selection').select(made);
  return made.id;
}"""
REMOVED = """() => {
  const get = name => banjie.modeler.get(name), at = id => get('elementRegistry').get(id);
  const sources = at('collect').incoming.map(flow => flow.source);
  get('modeling').removeElements([at('collect')]);
  sources.forEach(source => get('modeling').connect(source, at('opinions_agree')));
}"""


class Walk:
    """Pictures of a walk, by name."""

    def __init__(self, town: County, place: Path) -> None:
        self.town, self.place = town, place
        place.mkdir(parents=True, exist_ok=True)

    def shot(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Keep what the page shows."""
        if whole:
            page.evaluate("scrollTo(0, 0)")
        path = self.place / f"{name}.jpg"
        page.screenshot(path=path, type="jpeg", quality=72, full_page=whole)
        print(path.name, flush=True)

    def part(self, page: Page, part: Locator, name: str) -> None:
        """Keep a part of the page, with nothing over it."""
        page.evaluate(COVERING, False)
        part.screenshot(path=self.place / f"{name}.jpg", type="jpeg", quality=72)
        page.evaluate(COVERING, True)
        print(f"{name}.jpg", flush=True)


def walk(town: County, place: Path) -> None:
    """The whole walk."""
    steps = Walk(town, place)
    page = town.page("info_center")
    page.on("dialog", lambda d: d.accept())
    page.set_default_timeout(120_000)  # a sandbox takes a while on a busy machine
    draft = begun(steps, page)
    unit_added(steps, page, draft)
    promised(steps, page, draft)
    tried(steps, page, draft)
    tab = page.context.new_page()
    join_removed(tab, town, draft)
    proposed(steps, page, draft, "不等三家都出意见就汇总，看看会怎样")
    expect(page.locator("main")).to_contain_text("检查未通过")
    expect(page.locator("#po-h")).to_be_visible()
    page.locator("#po-h").scroll_into_view_if_needed()
    steps.shot(page, "gate-removed")
    broken = page.locator("article", has=page.locator("h4", has_text="现在不成立")).first
    steps.part(page, broken, "counterexample")
    press(page, page.get_by_role("button", name="撤销申请"))
    while tab.locator("#undo").is_enabled():
        tab.click("#undo")
    tab.click("#save")
    expect(tab.locator("#state")).to_contain_text("已保存")
    tab.close()
    proposed(steps, page, draft, "工信局参加联合审核")
    expect(page.locator("main")).to_contain_text("没有发现问题")
    steps.shot(page, "checked")
    released(steps, page.url)
    moved(steps, page)
    went_on(town, LATER)
    waited(steps, page)


def begun(steps: Walk, page: Page) -> str:
    """A new draft; its key."""
    page.goto(f"{steps.town.address}/workbench")
    page.fill('input[name="name"]', "联合审核增加县工信局")
    press(page, page.get_by_role("button", name="新建"))
    steps.shot(page, "draft")
    return page.url.rpartition("/")[2]


def unit_added(steps: Walk, page: Page, draft: str) -> None:
    """A lane for the bureau, its opinion, the way in and out; wrong at first, then clean; saved."""
    opened(page, steps.town, draft, REVIEW)
    steps.shot(page, "modeler")
    page.emulate_media(color_scheme="dark")
    steps.shot(page, "modeler-dark")
    page.emulate_media(color_scheme="light")
    page.evaluate(
        "banjie.modeler.get('selection').select(banjie.modeler.get('elementRegistry').get('finance_bureau'))"
    )
    page.click('.djs-context-pad [data-action="lane-insert-below"]')
    page.evaluate(
        """() => banjie.modeler.get('selection').select(
        banjie.modeler.get('elementRegistry').find(e => e.type === 'bpmn:Lane' && e.id.startsWith('lane_')))"""
    )
    page.select_option("#lane-group", "industry_bureau")
    checked_again(page, lambda: page.evaluate(ADDED))
    page.fill("#name", "县工信局审核意见")
    page.fill("#id", "industry_opinion_given")
    page.select_option("#p-act", "opinion.industry")
    page.fill("#p-article", "3.5.1")
    page.locator(".found button").first.click()
    checked_again(page, lambda: page.select_option("#p-form", ""))
    expect(page.locator("#findings-count")).to_contain_text("处问题")
    page.click("#fit")
    steps.shot(page, "findings")
    page.select_option("#p-form", "opinion")
    page.get_by_label("输出变量 1：名称").fill("industry_opinion")
    page.get_by_label("输出变量 1：名称").blur()
    page.get_by_label("变量 1：名称", exact=True).fill("industry_opinion")
    page.get_by_label("变量 1：名称", exact=True).blur()
    selected(page, "flow_opinions_agree_to_merge_opinions")
    page.fill(
        "#condition",
        'op_center = "agree" and op_drc = "agree" and op_fin = "agree" and industry_opinion = "agree"',
    )
    page.locator("#condition").blur()
    expect(page.locator("#findings-count")).to_contain_text("没有发现问题", timeout=60_000)
    steps.shot(page, "unit-added")
    page.click("#save")
    expect(page.locator("#state")).to_contain_text("已保存")
    page.goto(f"{steps.town.address}/workbench/drafts/{draft}")
    steps.shot(page, "difference", whole=True)


def promised(steps: Walk, page: Page, draft: str) -> None:
    """The condition of the join is otherwise on purpose: the list of promises is written anew, and stands in the
    difference for the second person."""
    page.goto(f"{steps.town.address}/workbench/drafts/{draft}")
    press(page, page.get_by_role("button", name="重写约定清单"))
    part = page.locator("section", has=page.locator("h2", has_text="约定清单"))
    expect(part).to_contain_text("industry_opinion")
    steps.part(page, part, "promises")


def tried(steps: Walk, page: Page, draft: str) -> None:
    """The draft in a sandbox: a declaration is begun, the clock moved on."""
    page.goto(f"{steps.town.address}/workbench/drafts/{draft}")
    press(page, page.get_by_role("button", name="开一个沙盘"))
    page.select_option('select[name="person"]', "civil_affairs")
    press(page, page.get_by_role("button", name="换人"))
    press(page, page.get_by_role("link", name="我要申报").first)
    press(page, page.get_by_role("button", name="新建项目"))
    page.fill('input[name="day"]', "2025-06-02")
    press(page, page.get_by_role("button", name="拨时间"))
    steps.shot(page, "sandbox")


def join_removed(tab: Page, town: County, draft: str) -> None:
    """The gateway that waits for all opinions is deleted, each opinion leads straight on; saved."""
    opened(tab, town, draft, REVIEW)
    checked_again(tab, lambda: tab.evaluate(REMOVED))
    tab.click("#save")
    expect(tab.locator("#state")).to_contain_text("已保存")


def proposed(steps: Walk, page: Page, draft: str, reason: str) -> None:
    """Proposed, and checked as the worker does it."""
    page.goto(f"{steps.town.address}/workbench/drafts/{draft}")
    page.fill('textarea[name="reason"]', reason)
    press(page, page.get_by_role("button", name="提出发布"))
    world, told = steps.town.world, check._stories
    check._stories = lambda root, *given, **named: told(_few(root), *given, **named)
    check_next(world.engine, project_root(), clock=lambda: world.now)
    check._stories = told
    page.reload()


def _few(root: Path) -> Path:
    for path in (root / "processes" / "scenarios").glob("*.yaml"):
        if path.stem not in STORIES:
            path.unlink()
    return root


def released(steps: Walk, url: str) -> None:
    """By the other owner."""
    second = steps.town.page("drc")
    second.goto(url)
    press(second, second.get_by_role("button", name="发布", exact=True))
    expect(second.locator("main")).to_contain_text("第 2 版")
    steps.shot(second, "released")


def moved(steps: Walk, page: Page) -> None:
    """Ten running projects to the new version, and one back."""
    page.goto(f"{steps.town.address}/workbench/running")
    boxes = page.locator('input[name="instance"]')
    for at in range(10):
        boxes.nth(at).check()
    page.fill('input[name="reason"]', "工信局参加联合审核")
    press(page, page.get_by_role("button", name="换到第 2 版"))
    expect(page.locator("main")).to_contain_text("10 件")
    steps.shot(page, "migrated")
    page.locator('input[name="instance"]').first.check()
    page.fill('input[name="reason"]', "这一件仍按原来的办")
    press(page, page.get_by_role("button", name="退回原来的版本"))
    expect(page.locator("main")).to_contain_text("已退回原来的版本")
    steps.shot(page, "undone")


def went_on(town: County, days: Sequence[int]) -> None:
    """For each number of days an open task of the earliest step is done, so many days after it came."""
    with reading(town.world.engine) as connection:
        rows = connection.execute(
            select(t.task.c.task_key, t.task.c.unit_id, t.task.c.created_at, t.task.c.element_id)
            .where(t.task.c.status == "open")
            .order_by(t.task.c.created_at, t.task.c.task_key)
        ).all()
    for row, passed in zip(rows, days, strict=False):
        now = row.created_at + timedelta(passed)
        town.do_without_pages(row.task_key, row.unit_id, {"project_unit": row.unit_id}, now=now)


def waited(steps: Walk, page: Page) -> None:
    """Where projects wait, and what was never reached, in the new version and in the old one."""
    page.goto(f"{steps.town.address}/heat")
    steps.shot(page, "heat-index")
    page.goto(f"{steps.town.address}/heat/{FIRST_STEPS}")
    expect(page.locator("h1 + .meta")).to_contain_text("第 2 版流程图（现行）")
    expect(page.locator("main")).to_contain_text("从未走到")
    steps.shot(page, "heat", whole=True)
    press(page, page.get_by_role("link", name="看第 1 版"))
    expect(page.locator("h1 + .meta")).to_contain_text("第 1 版流程图")
    steps.shot(page, "heat-old", whole=True)


def ten_projects(town: County) -> None:
    """Begun by five units; some have gone on a step under the version in force."""
    for number in range(10):
        with begin(town.world.engine) as connection:
            actor = town.world.people[OWNERS[number % len(OWNERS)]]
            start_instance(connection, actor, LIFE, now=town.world.now)
    went_on(town, EARLIER)


def main(place: Path) -> None:
    """Walk through a fresh county with ten projects."""
    installed()
    with (
        browser() as chromium,
        tempfile.TemporaryDirectory(prefix="banjie-walk-") as folder,
        county(Path(folder), chromium) as town,
    ):
        ten_projects(town)
        walk(town, place)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else project_root() / "docs/images/workbench")
