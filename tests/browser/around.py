"""What people of the gallery do around tasks, so that the pages of these acts have something to show.

Each is done once in a county, when the first page asks for it.
"""

from collections.abc import Callable

from service.commands.ask_opinion import ask_opinion
from service.commands.copy_task import copy_task
from service.commands.create_account import create_account
from service.commands.entrust_task import entrust_task
from service.commands.save_draft import save_draft
from service.commands.set_phrases import set_phrases
from service.commands.set_stand_in import set_stand_in
from service.model.actor import SYSTEM, Actor
from service.model.people import Person
from service.queries.consultations import about_task, readers_of
from service.regulation.dates import local_date
from service.scenarios.people import PASSWORD
from service.store import tables as t
from service.store.register import actors
from service.store.session import begin
from tests.browser.county import County

COLLEAGUES = {"finance_bureau": ("sunli", "孙丽"), "drc": ("wujie", "吴捷")}


def colleague(county: County, unit_id: str) -> Actor:
    """The second officer of a unit."""
    login, name = COLLEAGUES[unit_id]
    with begin(county.world.engine) as connection:
        known = actors(connection, t.account.c.login == login)
        if known:
            return known[0][1]
        person = Person(login, name, unit_id, ("officer",))
        return create_account(
            connection, SYSTEM, person, password=PASSWORD, reason="新入职",
            now=county.world.now, must_change=False,
        )  # fmt: skip


def with_colleague(path: Callable[[County], str]) -> Callable[[County], str]:
    """A page of the finance bureau where its second officer may be chosen."""

    def found(county: County) -> str:
        colleague(county, "finance_bureau")
        return path(county)

    return found


def entrusted(county: County) -> str:
    """The page on which the second officer of the 发改局 gives the opinion back that is entrusted to her."""
    other, task = colleague(county, "drc"), county.task_key("reviewed", "drc_opinion")
    world = county.world
    with begin(world.engine) as connection:
        row = connection.execute(t.task.select().where(t.task.c.task_key == task)).one()
        if row.assignee != other.account_key:
            entrust_task(
                connection, world.people["drc"], task, other.account_key,
                reason="请先核对建设必要性和资金来源", now=world.now,
            )  # fmt: skip
    return f"/tasks/{task}/hand_back"


def _asked(county: County, element: str, by: str, whom: str, kind: str, text: str) -> str:
    """The key of a question about a task."""
    world, task = county.world, county.task_key("reviewed", element)
    with begin(world.engine) as connection:
        known = [row.consultation_key for row in about_task(connection, task) if row.kind == kind]
        return known[0] if known else ask_opinion(
            connection, world.people[by], task, kind, [world.people[whom].account_key],
            text=text, now=world.now,
        )[0]  # fmt: skip


def answering(county: County) -> str:
    """The page on which the finance bureau answers a question."""
    text = "监理费、第三方评测费是否已列入年度预算？"
    key = _asked(county, "info_center_opinion", "info_center", "finance_bureau", "question", text)
    return f"/opinions/{key}"


def dropping(county: County) -> str:
    """The page on which the centre does without an opinion that it has asked for."""
    text = "请就软件工作量测算出具意见。"
    key = _asked(county, "info_center_opinion", "info_center", "drc", "cosign", text)
    return f"/tasks/{county.task_key('reviewed', 'info_center_opinion')}/opinions/{key}/drop"


def copied(county: County) -> str:
    """The copies of the finance bureau."""
    world, task = county.world, county.task_key("reviewed", "info_center_opinion")
    with begin(world.engine) as connection:
        if not readers_of(connection, task):
            copy_task(
                connection, world.people["info_center"], task,
                [world.people["finance_bureau"].account_key], text="供评审参考", now=world.now,
            )  # fmt: skip
    return "/shelf/copies"


def drafted(county: County) -> str:
    """The drafts of the centre."""
    world, task = county.world, county.task_key("reviewed", "info_center_opinion")
    with begin(world.engine) as connection:
        save_draft(
            connection, world.people["info_center"], task, {"reason": "已核对"}, now=world.now
        )
    return "/shelf/drafts"


def stood_in(county: County) -> str:
    """The stand-ins of the finance bureau."""
    other, world = colleague(county, "finance_bureau"), county.world
    with begin(world.engine) as connection:
        if not connection.execute(t.stand_in.select()).first():
            today = local_date(world.now)
            set_stand_in(
                connection, world.people["finance_bureau"], other.account_key, today, today,
                reason="赴市里开会", now=world.now,
            )  # fmt: skip
    return "/stand_ins"


def phrased(county: County) -> str:
    """The phrases of the finance bureau."""
    said = "资金来源明确，同意列支。\n请补充测算依据后再报。\n同意。"
    with begin(county.world.engine) as connection:
        set_phrases(connection, county.world.people["finance_bureau"], said)
    return "/phrases"
