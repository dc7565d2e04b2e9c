"""Sandboxes: the whole product once more under /sandbox/KEY/, over a scratch database, for its owner only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    request,
    url_for,
)
from sqlalchemy import Connection
from werkzeug.wrappers import Request, Response

from service.config import Config
from service.definitions import newest_definition
from service.model.actor import Actor
from service.model.errors import BadInput, NotFound
from service.queries.people import actor_named, signed_in
from service.regulation.dates import SHANGHAI
from service.store import workbench
from service.store.session import reading
from service.web.access import COOKIE, DRAWS, SIGNED_IN, access, actor, now
from service.workbench.sandbox import Sandbox, close_sandbox, make_sandbox, move_on, sandbox_of

blueprint = Blueprint("sandboxes", __name__)
inner = Blueprint("sandbox", __name__)
PREFIX = "/sandbox/"
PERSON = "banjie_person"  # the cookie that says as whom the owner acts in his sandbox
KEPT = 4  # applications of sandboxes held ready


class SandboxConfig(Config):
    """Settings of a sandbox: own folder, database and clock; nothing is sent out."""

    sandbox: str = ""

    def now(self) -> datetime:
        """The clock of the sandbox."""
        found = sandbox_of(self.data_dir.parent, self.sandbox)
        if found is None:
            raise NotFound("这个沙盘已经结束，请从草稿页另开一个。")
        return found.at


class Sandboxes:
    """WSGI: requests below PREFIX go to the application of their sandbox, all others to the product itself."""

    def __init__(self, app: Flask, make: Callable[[Config], Flask]) -> None:
        self.app, self.make, self.plain = app, make, app.wsgi_app
        self.kept: dict[str, Flask] = {}

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(PREFIX):
            key, slash, rest = path.removeprefix(PREFIX).partition("/")
            sandbox = sandbox_of(self._config.sandboxes, key, self._config.now())
            if sandbox and self._is_owner(sandbox, Request(environ)):
                environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}{PREFIX}{key}"
                environ["PATH_INFO"] = slash + rest or "/"
                return self._application(sandbox)(environ, start_response)
        return self.plain(environ, start_response)

    @property
    def _config(self) -> Config:
        return self.app.extensions["config"]  # type: ignore[no-any-return]

    def _is_owner(self, sandbox: Sandbox, asked: Request) -> bool:
        token = asked.cookies.get(COOKIE)
        if not token:
            return False
        with reading(self.app.extensions["engine"]) as connection:
            found = signed_in(connection, token, now=self._config.now())
        return found is not None and found.actor.account_key == sandbox.owner

    def _application(self, sandbox: Sandbox) -> Flask:
        if sandbox.key not in self.kept:
            if len(self.kept) >= KEPT:
                self.kept.pop(next(iter(self.kept))).extensions["engine"].dispose()
            self.kept[sandbox.key] = self._made(sandbox)
        return self.kept[sandbox.key]

    def _made(self, sandbox: Sandbox) -> Flask:
        config = SandboxConfig(
            sandbox=sandbox.key,
            database_url=sandbox.url,
            data_dir=sandbox.folder,
            production=False,
            oidc_issuer="",
            sm2="",
        )
        app = self.make(config)
        app.config["SESSION_COOKIE_NAME"] = "banjie_sandbox_session"
        app.config["SESSION_COOKIE_PATH"] = f"{PREFIX}{sandbox.key}/"
        app.register_blueprint(inner)
        app.extensions["person"] = _person
        app.extensions["sandbox"] = sandbox
        app.context_processor(_bar)
        return app


def _person(connection: Connection) -> Actor:
    """As whom the owner acts: the person he chose, at first the first one of the county."""
    chosen = request.cookies.get(PERSON, "")
    try:
        return actor_named(connection, chosen)
    except NotFound:
        return actor_named(connection, _people()[0][0])


def _people() -> list[tuple[str, str]]:
    """(log-in, name with unit) of everybody in the sandbox, by the order of the bundle's units."""
    with reading(current_app.extensions["engine"]) as connection:
        units = newest_definition(connection).groups.units.values()
    return [
        (unit.id, unit.name) if number == 1 else (f"{unit.id}_{number}", f"{unit.name}（{number}）")
        for unit in units
        for number in range(1, unit.people + 1)
    ]


def _bar() -> dict[str, Any]:
    """What the bar of a sandbox shows on every page."""
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return {
        "sandbox": {
            "name": sandbox.name,
            "back": f"{request.script_root.partition(PREFIX)[0]}/workbench/drafts/{sandbox.draft_key}",
            "people": _people(),
            "at": current_app.extensions["config"].now().astimezone(SHANGHAI),
            "told": get_flashed_messages(),
        }
    }


@blueprint.post("/workbench/drafts/<draft_key>/sandbox")
@access(DRAWS)
def make(draft_key: str) -> Response:
    """Open a sandbox with a draft as it is saved."""
    with reading(current_app.extensions["engine"]) as connection:
        draft = workbench.draft_of(connection, draft_key)
        if draft is None:
            raise NotFound("没有这份草稿。")
        files = workbench.files_of(connection, draft_key, draft.base)
    made = make_sandbox(
        current_app.extensions["config"].sandboxes,
        files,
        draft_key=draft_key,
        name=draft.name,
        owner=actor().account_key,
        now=now(),
    )
    return redirect(f"{request.script_root}{PREFIX}{made.key}/inbox")


@blueprint.post("/workbench/sandboxes/<key>/close")
@access(DRAWS)
def close(key: str) -> Response:
    """End one's own sandbox."""
    found = sandbox_of(current_app.extensions["config"].sandboxes, key, now())
    if found is None or found.owner != actor().account_key:
        raise NotFound("没有这个沙盘。")
    close_sandbox(found)
    return redirect(url_for("workbench.draft", draft_key=found.draft_key))


@inner.post("/-/person")
@access(SIGNED_IN)
def person() -> Response:
    """Act as somebody else from now on."""
    answer = redirect(url_for("inbox.box"))
    path = f"{request.script_root}/"
    answer.set_cookie(
        PERSON, request.form.get("person", ""), path=path, httponly=True, samesite="Lax"
    )
    return answer


@inner.post("/-/clock")
@access(SIGNED_IN)
def clock() -> Response:
    """Move the clock on to a day; what falls due on the way happens, each at its time."""
    sandbox: Sandbox = current_app.extensions["sandbox"]
    here = sandbox_of(sandbox.folder.parent, sandbox.key)
    if here is None:
        raise NotFound("这个沙盘已经结束，请从草稿页另开一个。")
    try:
        day = datetime.fromisoformat(request.form.get("day", ""))
    except ValueError as wrong:
        raise BadInput("请选择日期。") from wrong
    wanted = day.replace(hour=9, tzinfo=SHANGHAI)
    if wanted <= here.at:
        raise BadInput("沙盘的时间只能往后拨，请选更晚的日期。")
    moved, fired = move_on(here, wanted)
    flash(_told(moved, wanted, [name for _, name in fired]))
    return redirect(url_for("inbox.box"))


def _told(sandbox: Sandbox, wanted: datetime, fired: list[str]) -> str:
    if not fired:
        return "时间已拨，途中没有到期的定时器。"
    what = "、".join(dict.fromkeys(fired[:6]))
    short = "" if sandbox.at >= wanted else "还没有拨到，请再拨一次。"
    return f"时间已拨，途中到期 {len(fired)} 个：{what}。{short}"
