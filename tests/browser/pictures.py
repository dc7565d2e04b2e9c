"""The pictures of docs/images as data: which page, whose, how wide, in which theme."""

from dataclasses import dataclass

WIDE, NARROW = (1366, 900), (390, 844)


@dataclass(frozen=True)
class Picture:
    """A picture of a visit (tests/browser/visits.py). `whole`: the whole page, not only what is first
    seen; `media`: screen or print; `fill`: what is typed before, by name of field; `press`: a button's
    value that is pressed then, `click`: what is clicked instead.
    """

    name: str
    visit: str
    size: tuple[int, int] = WIDE
    dark: bool = False
    whole: bool = False
    media: str = "screen"
    fill: tuple[tuple[str, str], ...] = ()
    press: str = ""
    click: str = ""


PICTURES = (
    Picture("login", "login"),
    Picture("inbox", "inbox"),
    Picture("inbox-phone", "inbox", NARROW),
    Picture("inbox-dark", "inbox", dark=True),
    Picture("inbox-empty", "inbox-empty"),
    Picture("admin/repair", "repairs-waiting", (1366, 420)),
    Picture("admin/people", "people", (1366, 640)),
    Picture("admin/person-new", "person-new", (1366, 820)),
    Picture("admin/people-import", "people-import", (1366, 420)),
    Picture("admin/rights", "rights", (1366, 560)),
    Picture("admin/unit", "unit", (1366, 760)),
    Picture("admin/post", "post", (1366, 560)),
    Picture("admin/sessions", "all-sessions", (1366, 420)),
    Picture("admin/second-factor", "second-factor", (1366, 700)),
    Picture("admin/bindings", "bindings", (1366, 480)),
    Picture("sessions", "sessions", (1366, 560)),
    Picture("stand-ins", "stand-ins", (1366, 760)),
    Picture("ledger-print", "ledger", (1090, 760), media="print"),
    Picture("inbox-started", "inbox-started"),
    Picture("board", "project", click='nav.local a[href="#board-1"]'),
    Picture("start", "start"),
    Picture("task", "task-contract"),
    Picture("task-phone", "task-gate", NARROW),
    Picture("task-gate", "task-gate", fill=(("application_date", "2026-03-01"),)),
    Picture(
        "task-refused", "task-gate", fill=(("application_date", "2026-02-28"),), press="complete"
    ),
    Picture("task-done", "task-done"),
    Picture("cosign", "cosign", (1366, 700)),
    Picture("settings", "settings"),
    Picture("calendar", "calendar"),
    Picture("return", "return"),
    Picture("ledger", "ledger-asked", whole=True),
    Picture("ledger-phone", "ledger", NARROW, whole=True),
    Picture("overdue", "overdue"),
    Picture("project", "project", whole=True),
    Picture("project-phone", "project", NARROW),
    Picture("project-dark", "project", dark=True),
    Picture("project-print", "project", (718, 1016), media="print"),
    Picture("project-terminated", "project-terminated"),
    Picture("documents", "documents"),
    Picture("materials", "task-lists"),
    Picture("article", "regulation-article"),
    Picture("sheets", "sheets", (1366, 700)),
    Picture("approval-sheet", "sheet-printed", whole=True),
    Picture("replay", "replay"),
    Picture("menu-phone", "inbox", NARROW, click=".nav-more summary"),
    Picture("instance", "instance"),
    Picture("notices", "notices"),
    Picture("deliveries", "deliveries"),
    Picture("login-code", "login-code"),
)
