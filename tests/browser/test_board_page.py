"""Five rounds of 退回 to one member of an acceptance group, by clicking; the board and the replay show them."""

import os

import pytest
from playwright.sync_api import Browser, Page, expect

from service.config import project_root
from service.queries.rebuild import differences
from service.scenarios import acts
from service.scenarios.looks import open_tasks
from service.scenarios.stands import open_world
from service.scenarios.story import read_story
from service.store.session import reading
from tests.browser.chrome import PATH
from tests.browser.county import KINDS, County, database_of, press, served
from tests.commands.test_return_member import MEMBERS, SIGN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PATH is None and not os.environ.get("CI"), reason="no Chromium"),
]


@pytest.fixture(scope="module", params=KINDS)
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
):
    folder = tmp_path_factory.mktemp("board")
    url = database_of(request, folder)
    root = project_root()
    story = read_story(root / "processes/scenarios/preliminary_group_and_organiser.yaml")
    world = open_world(url, root, story)
    acts.complete(world, "preliminary_acceptance/organise_preliminary", {})
    for member in MEMBERS:
        acts.complete(world, SIGN, {"for": member})
    with served(world, url, folder, chromium, "2025-12-01T10:00+08:00") as made:
        yield made
        with reading(made.world.engine) as connection:
            assert differences(connection) == []


def sent_back(county: County, unit: str, reason: str) -> Page:
    """The organiser sends the signature of one unit back."""
    (task,) = open_tasks(county.world, county.world.project_key())
    page = county.page("hengxin_supervision")
    page.goto(f"{county.address}/tasks/{task.task_key}")
    page.click(".more summary")
    press(page, ".more a:text-is('退回')")
    page.check(f"label.choice:has-text('签署成员意见'):has-text('{unit}') input")
    page.fill("#f-reason", reason)
    press(page, "form.act .btn-primary")
    expect(page.locator(".note-ok")).to_contain_text("已退回")
    return page


def test_five_rounds(county: County) -> None:
    project = f"{county.address}/projects/{county.world.project_key()}"
    units = ["关中信息设计院", "陕西秦岭软件有限公司"]
    for number in range(1, 6):
        page = sent_back(county, units[number % 2], f"第{number}次：签字与纪要不一致。")
        page.goto(project)
        board = page.locator(".board").first
        expect(board.locator(".op")).to_have_count(6)
        expect(board.locator(".op.is-missing")).to_have_count(1)
        expect(board.locator(".op.is-missing")).to_contain_text(units[number % 2])
        expect(board).to_contain_text("继续有效")
        (task,) = open_tasks(county.world, county.world.project_key())
        county.do_task(task.task_key, {"conclusion": "pass"})
    page.goto(project)
    expect(page.locator(".op.is-missing")).to_have_count(0)
    page.click(".rounds summary")
    table = page.locator(".rounds table")
    expect(table.locator("thead th")).to_have_count(7)
    expect(table.locator("tbody tr")).to_have_count(6)
    page.goto(f"{project}/replay")
    steps = page.locator(".replay-steps tbody tr")
    expect(steps.filter(has_text="退回")).to_have_count(5)
    signed = steps.filter(has_text="签署成员意见").filter(has_not_text="退回")
    expect(signed).to_have_count(6 + 5)
