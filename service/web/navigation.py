"""The main navigation: which entries somebody has, and where the open page belongs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.model.actor import Actor

IN_BAR = 4  # entries of the bar on a phone; the others are in its menu


@dataclass(frozen=True)
class Entry:
    """An entry: the endpoint that it opens, its name, whether the open page belongs to it, and a number
    with the words around it for those who do not see (`共`, `件`); no number: None.
    """

    endpoint: str
    name: str
    here: bool
    number: str | None = None
    around: tuple[str, str] = ("", "")


# What stands in the navigation of each office.
OFFICES = {
    "system_admin": (
        ("admin.people", "人员"),
        ("admin.units", "单位"),
        ("admin.posts", "岗位"),
        ("standing_in.all_page", "代理"),
        ("deliveries.index", "外发通知"),
        ("repairs.index", "应急处置"),
    ),
    "security_admin": (
        ("admin.rights", "授权"),
        ("repairs.waiting", "应急处置"),
        ("admin.all_sessions", "会话与锁定"),
        ("signin.binding_page", "登录绑定"),
        ("logs.security", "安全日志"),
    ),
    "audit_admin": (
        ("admin.record", "管理记录"),
        ("logs.security_audited", "安全日志"),
        ("logs.read", "查阅记录"),
    ),
}
STAFF = (
    ("inbox.box", "待办"),
    ("projects.start_page", "我要申报"),
    ("ledger.index", "台账"),
    ("ledger.late", "督办"),
    ("notices.index", "通知"),
)
AUDITORS = (("audit.index", "审计"),)
OWNERS = (("workbench.index", "流程"),)
EVERYBODY = (
    ("regulation.index", "办法"),
    ("settings.index", "设置"),
    ("calendar.index", "工作日历"),
)
# Pages that belong to an entry: endpoints, or all of a blueprint (ending with a dot).
KIN = {
    "inbox.box": (
        "inbox.",
        "tasks.",
        "going_back.",
        "handing_on.",
        "consulting.",
        "telling.",
        "own_lists.",
        "standing_in.",
    ),
    "standing_in.all_page": ("standing_in.",),
    "ledger.index": (
        "projects.page",
        "documents.",
        "instances.",
        "sheets.",
        "archives.",
        "replay.",
    ),
    "notices.index": ("notices.",),
    "audit.index": ("audit.", "heat.", "evidence."),
    "workbench.index": ("workbench.", "migration.", "modeling.", "previewing.", "heat."),
    "regulation.index": ("regulation.",),
    "settings.index": ("settings.",),
    "calendar.index": ("calendar.",),
    "admin.people": (
        "admin.person",
        "admin.new_person",
        "admin.create_person",
        "admin.change_person",
        "admin.reset_person",
        "admin.import_page",
        "admin.import_rows",
    ),
    "repairs.index": ("repairs.propose",),
    "repairs.waiting": ("repairs.decide",),
    "admin.rights": ("admin.right", "admin.grant_asked", "admin.change_right"),
    "admin.units": ("admin.unit", "admin.change_unit"),
    "admin.posts": ("admin.post", "admin.change_post"),
}


def navigation(
    person: Actor, endpoint: str, badges: Mapping[str, int], *, auditor: bool, draws: bool = False
) -> list[Entry]:
    """The entries of a person, in order; `auditor`: he may ask what auditors ask;
    `draws`: he changes the regulation's diagrams."""
    more = (*(AUDITORS if auditor else ()), *(OWNERS if draws else ()))
    own = OFFICES[person.role] if person.role else (*STAFF, *more)
    return list(_entries((*own, *EVERYBODY), endpoint, badges))


def _entries(
    entries: Iterable[tuple[str, str]], endpoint: str, badges: Mapping[str, int]
) -> Iterator[Entry]:
    for target, name in entries:
        kin = KIN.get(target, ())
        here = endpoint == target or any(
            endpoint.startswith(k) if k.endswith(".") else endpoint == k for k in kin
        )
        if target == "inbox.box":
            yield Entry(target, name, here, _most(badges["todo"]), ("共", "件"))
        elif target == "notices.index" and badges["notices"]:
            yield Entry(target, name, here, _most(badges["notices"]), ("未读", "条"))
        elif target == "repairs.waiting" and badges["repairs"]:
            yield Entry(target, name, here, _most(badges["repairs"]), ("等待确认", "项"))
        else:
            yield Entry(target, name, here)


def _most(number: int) -> str:
    return "99+" if number >= 100 else str(number)
