"""Every page of the product, as somebody who may see it: for accessibility tests and pictures.

A new GET route that answers with a page needs a visit here; tests/browser/test_all_pages.py says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from service.commands.create_account import create_account
from service.commands.open_draft import open_draft
from service.commands.propose_release import propose_release
from service.commands.propose_repair import propose_repair
from service.commands.save_draft_file import save_draft_file
from service.model.people import Person
from service.queries.repairs import patients, repairs
from service.store import deployments
from service.store import tables as t
from service.store.register import actors
from service.store.session import begin, reading
from tests.browser.around import (
    answering,
    copied,
    drafted,
    dropping,
    entrusted,
    phrased,
    stood_in,
    with_colleague,
)
from tests.browser.county import County, press

TABLE = "processes/approval_route.dmn"


@dataclass(frozen=True)
class Visit:
    """A page: the endpoint it shows, who looks (a unit; "" for nobody), its path, the status expected."""

    endpoint: str
    who: str
    path: Callable[[County], str]
    status: int = 200


def at(text: str) -> Callable[[County], str]:
    """A fixed path."""
    return lambda county: text


def on_opinion(path: str) -> Callable[[County], str]:
    """An act on the open opinion of the finance bureau."""
    return lambda county: f"/tasks/{county.task_key('reviewed', 'finance_opinion')}/{path}"


def handed_out(county: County) -> str:
    """A printed sheet with its code: handed out by clicking."""
    page = county.page("info_center")
    page.goto(county.address + sheet(county))
    press(page, "form button.btn-primary")
    return page.url.removeprefix(county.address)


def sheet(county: County) -> str:
    """A sheet that the record fills."""
    return f"/projects/{county.world.projects['closed']}/sheets/approval_sheet"


def account(county: County) -> str:
    """The page of a person."""
    return f"/admin/people/{county.world.people['civil_affairs'].account_key}"


def asked(county: County) -> str:
    """The rights, with a person for whom some are asked."""
    right(county)
    return "/admin/rights"


def right(county: County) -> str:
    """A person for whom rights are asked."""
    world = county.world
    with begin(world.engine) as connection:
        known = actors(connection, t.account.c.login == "zhaomin")
        person = known[0][1] if known else create_account(
            connection, world.people["system_admin"], Person("zhaomin", "赵敏", "drc", ("officer",)),
            password="a-long-password", reason="新入职", now=world.now,
        )  # fmt: skip
    return f"/admin/rights/{person.account_key}"


def draft(county: County) -> str:
    """The page of a draft in which a table is renamed."""
    world = county.world
    with begin(world.engine) as connection:
        owner = world.people["info_center"]
        key = open_draft(connection, owner, "改一张表的名称", now=world.now)
        digest = deployments.newest(connection)
        content = deployments.read_back(connection, str(digest)).files[TABLE]
        renamed = content.replace(b'name="', b'name="\xe6\x96\xb0', 1)
        save_draft_file(connection, owner, key, TABLE, renamed, now=world.now)
    return f"/workbench/drafts/{key}"


def release(county: County) -> str:
    """The page of a proposal that waits for its checks."""
    key = draft(county).rpartition("/")[2]
    world = county.world
    with begin(world.engine) as connection:
        owner = world.people["info_center"]
        proposed = propose_release(connection, owner, key, "名称更清楚", now=world.now)
    return f"/workbench/releases/{proposed}"


def repairable(county: County) -> str:
    """What can be done in a project by emergency repair."""
    with reading(county.world.engine) as connection:
        key = county.world.projects["reviewed"]
        this = select(t.project.c.no).where(t.project.c.project_key == key)
        return f"/admin/repairs?no={connection.execute(this).scalar_one()}"


def repair_waiting(county: County) -> str:
    """A proposal that waits for the second administrator; there is one already after the first look."""
    world, number = county.world, repairable(county).partition("=")[2]
    with begin(world.engine) as connection:
        waits = [r for r in repairs(connection) if r.row.status == "open"]
        patient = next(p for p in patients(connection, number) if p.remedies)
        if not waits:
            remedy = next(r for r in patient.remedies if r.kind == "back")
            propose_repair(
                connection, world.people["system_admin"], patient.instance_key, remedy.kind,
                remedy.target, reason="联合审核误发，县信息中心来函（眉信函〔2025〕3号）", now=world.now,
            )  # fmt: skip
    return "/admin/repairs/confirm"


VISITS: dict[str, Visit] = {
    "login": Visit("auth.log_in_page", "", at("/login")),
    "inbox": Visit("inbox.box", "info_center", at("/inbox")),
    "inbox-unit": Visit("inbox.box", "info_center", at("/inbox/unit")),
    "inbox-done": Visit("inbox.box", "info_center", at("/inbox/done")),
    "inbox-closed": Visit("inbox.box", "human_resources", at("/inbox/closed")),
    "inbox-started": Visit("inbox.box", "human_resources", at("/inbox/started?order=-amount")),
    "inbox-empty": Visit("inbox.box", "audit_bureau", at("/inbox")),
    "inbox-search": Visit("inbox.box", "info_center", at("/inbox?q=%E6%B2%A1%E6%9C%89")),
    "task-opinion": Visit(
        "tasks.page",
        "finance_bureau",
        lambda c: f"/tasks/{c.task_key('reviewed', 'finance_opinion')}",
    ),
    "task-lists": Visit(
        "tasks.page",
        "civil_affairs",
        lambda c: f"/tasks/{c.task_key('declared', 'fill_technical')}",
    ),
    "task-gate": Visit(
        "tasks.page", "qinling_software", lambda c: f"/tasks/{c.task_key('gate', 'apply')}"
    ),
    "return": Visit("going_back.page", "finance_bureau", on_opinion("return")),
    "return-none": Visit(
        "going_back.page",
        "human_resources",
        lambda c: f"/tasks/{c.task_key('contract', 'sign_contract')}/return",
    ),
    "transfer": Visit(
        "handing_on.transfer_page", "finance_bureau", with_colleague(on_opinion("transfer"))
    ),
    "entrust": Visit(
        "handing_on.entrust_page", "finance_bureau", with_colleague(on_opinion("entrust"))
    ),
    "hand-back": Visit("handing_on.hand_back_page", "wujie", entrusted),
    "cosign": Visit("consulting.page", "finance_bureau", on_opinion("ask/cosign")),
    "drop": Visit("consulting.drop_page", "info_center", dropping),
    "drop-none": Visit(
        "consulting.drop_page", "finance_bureau", on_opinion("opinions/none/drop"), 404
    ),
    "copy": Visit("telling.copy_page", "finance_bureau", on_opinion("copy")),
    "urge": Visit("telling.urge_page", "finance_bureau", on_opinion("urge")),
    "stand-ins": Visit("standing_in.page", "finance_bureau", stood_in),
    "all-stand-ins": Visit("standing_in.all_page", "system_admin", at("/admin/stand_ins")),
    "phrases": Visit("own_lists.phrases_page", "finance_bureau", phrased),
    "copies": Visit("own_lists.shelf", "finance_bureau", copied),
    "drafts": Visit("own_lists.shelf", "info_center", drafted),
    "opinion": Visit("consulting.answer_page", "finance_bureau", answering),
    "opinion-none": Visit("consulting.answer_page", "finance_bureau", at("/opinions/none"), 404),
    "cancel-project": Visit(
        "telling.cancel_page",
        "human_resources",
        lambda c: f"/projects/{c.world.projects['contract']}/cancel",
    ),
    "task-contract": Visit(
        "tasks.page",
        "human_resources",
        lambda c: f"/tasks/{c.task_key('contract', 'sign_contract')}",
    ),
    "task-done": Visit(
        "tasks.page",
        "info_center",
        lambda c: f"/tasks/{c.done_task_key('reviewed', 'info_center')}",
    ),
    "ledger": Visit("ledger.index", "info_center", at("/projects")),
    "ledger-asked": Visit("ledger.index", "info_center", at("/projects?year=2025&least=10")),
    "overdue": Visit("ledger.late", "info_center", at("/overdue")),
    "project": Visit(
        "projects.page", "info_center", lambda c: f"/projects/{c.world.projects['gate']}"
    ),
    "project-new": Visit(
        "projects.page", "civil_affairs", lambda c: f"/projects/{c.world.projects['declared']}"
    ),
    "project-terminated": Visit(
        "projects.page", "info_center", lambda c: f"/projects/{c.world.projects['terminated']}"
    ),
    "project-closed": Visit(
        "projects.page", "human_resources", lambda c: f"/projects/{c.world.projects['closed']}"
    ),
    "start": Visit("projects.start_page", "civil_affairs", at("/start")),
    "start-none": Visit("projects.start_page", "audit_bureau", at("/start")),
    "instance": Visit(
        "instances.page", "info_center", lambda c: f"/instances/{c.instance_key('gate')}"
    ),
    "instance-terminated": Visit(
        "instances.page", "info_center", lambda c: f"/instances/{c.instance_key('terminated')}"
    ),
    "regulation": Visit("regulation.index", "info_center", at("/regulation")),
    "regulation-article": Visit("regulation.article", "info_center", at("/regulation/19")),
    "processes": Visit("regulation.processes", "info_center", at("/processes")),
    "process": Visit("regulation.process", "info_center", at("/processes/trial_run")),
    "notice": Visit(
        "tasks.notice",
        "civil_affairs",
        lambda c: f"/tasks/{c.task_key('declared', 'fill_technical')}/notice",
    ),
    "sheets": Visit(
        "sheets.index", "info_center", lambda c: f"/projects/{c.world.projects['closed']}/sheets"
    ),
    "sheet": Visit("sheets.page", "info_center", sheet),
    "sheet-printed": Visit("sheets.printed", "info_center", handed_out),
    "documents": Visit(
        "documents.page",
        "info_center",
        lambda c: f"/projects/{c.world.projects['closed']}/documents",
    ),
    "documents-missing": Visit(
        "documents.page",
        "civil_affairs",
        lambda c: f"/projects/{c.world.projects['declared']}/documents",
    ),
    "archive": Visit(
        "archives.page", "info_center", lambda c: f"/projects/{c.world.projects['closed']}/archive"
    ),
    "replay": Visit(
        "replay.page", "info_center", lambda c: f"/projects/{c.world.projects['gate']}/replay"
    ),
    "audit": Visit("audit.index", "audit_bureau", at("/audit")),
    "audit-question": Visit("audit.page", "audit_bureau", at("/audit/step_time")),
    "audit-none": Visit("audit.page", "audit_bureau", at("/audit/returned?since=2030-01-01")),
    "heat-index": Visit("heat.index", "audit_bureau", at("/heat")),
    "heat": Visit("heat.page", "audit_bureau", at("/heat/joint_review")),
    "public": Visit("public.page", "", at("/public")),
    "settings": Visit("settings.index", "info_center", at("/settings")),
    "calendar": Visit("calendar.index", "info_center", at("/calendar")),
    "notices": Visit("notices.index", "info_center", at("/notices")),
    "check": Visit("sheets.check_form", "", at("/check")),
    "check-unknown": Visit("sheets.check", "", at("/check/ABCD-EFGH"), 404),
    "password": Visit("auth.password_page", "water", at("/password")),
    "sessions": Visit("auth.sessions_page", "water", at("/sessions")),
    "deliveries": Visit("deliveries.index", "system_admin", at("/deliveries")),
    "login-code": Visit("auth.code_page", "", at("/login/code")),
    "second-factor": Visit("signin.factor_page", "civil_affairs", at("/second-factor")),
    "bindings": Visit("signin.binding_page", "security_admin", at("/admin/bindings")),
    "workbench": Visit("workbench.index", "info_center", at("/workbench")),
    "draft": Visit("workbench.draft", "info_center", draft),
    "release": Visit("workbench.release", "info_center", release),
    "running": Visit("migration.index", "info_center", at("/workbench/running")),
    "people": Visit("admin.people", "system_admin", at("/admin/people")),
    "person": Visit("admin.person", "system_admin", account),
    "person-new": Visit("admin.new_person", "system_admin", at("/admin/people/new")),
    "people-import": Visit("admin.import_page", "system_admin", at("/admin/people/import")),
    "units": Visit("admin.units", "system_admin", at("/admin/units")),
    "unit": Visit("admin.unit", "system_admin", at("/admin/units/civil_affairs")),
    "posts": Visit("admin.posts", "system_admin", at("/admin/posts")),
    "post": Visit("admin.post", "system_admin", at("/admin/posts/officer")),
    "rights": Visit("admin.rights", "security_admin", asked),
    "right": Visit("admin.right", "security_admin", right),
    "repairs": Visit("repairs.index", "system_admin", repairable),
    "repairs-waiting": Visit("repairs.waiting", "security_admin", repair_waiting),
    "all-sessions": Visit("admin.all_sessions", "security_admin", at("/admin/sessions")),
    "security-log": Visit("logs.security", "security_admin", at("/admin/security")),
    "security-audited": Visit("logs.security_audited", "audit_admin", at("/admin/audit/security")),
    "readings": Visit("logs.read", "audit_admin", at("/admin/audit/readings")),
    "admin-record": Visit("admin.record", "audit_admin", at("/admin/record")),
    "not-found": Visit("", "info_center", at("/no/such/page"), 404),
    "not-yours": Visit("", "audit_bureau", lambda c: f"/tasks/{c.task_key('gate', 'apply')}", 404),
}
