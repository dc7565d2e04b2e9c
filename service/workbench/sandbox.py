"""A sandbox: a county of its own with the regulation of a draft, in a scratch database, for a day.

The engine, the commands and the pages are the real ones; the record is another: nothing that is done in a sandbox
is known outside, and nothing of it is sent out.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from service.commands.deploy import deploy
from service.definitions import newest_definition
from service.model.bundle import Bundle, is_beside
from service.model.errors import Refused
from service.scenarios.acts import move_clock
from service.scenarios.people import people_of
from service.scenarios.world import World, open_engine
from service.store.schema import upgrade
from service.store.session import begin, reading

LASTS = timedelta(days=1)
MOST, MOST_OF_ONE = 12, 2
FIRED_AT_ONCE = 300  # timers that one move of the clock fires
KEY = re.compile(r"s[0-9a-f]{24}")


@dataclass(frozen=True)
class Sandbox:
    """`owner` is the account that made it and alone may enter it; `at` is its clock, `made_at` the real time."""

    key: str
    folder: Path
    draft_key: str
    name: str
    owner: str
    made_at: datetime
    at: datetime

    @property
    def url(self) -> str:
        """Its database."""
        return f"sqlite:///{self.folder / 'sandbox.sqlite3'}"


def make_sandbox(
    place: Path, files: dict[str, bytes], *, draft_key: str, name: str, owner: str, now: datetime
) -> Sandbox:
    """A fresh county under `place` in which `files` are in force. Its clock begins at `now`.

    The oldest of the same owner makes room. Raises Refused when there are too many, BadInput when the draft has
    faults.
    """
    sweep(place, now)
    mine = [s for s in _all(place) if s.owner == owner]
    for old in sorted(mine, key=lambda s: s.made_at)[: max(0, len(mine) - MOST_OF_ONE + 1)]:
        close_sandbox(old)
    if len(_all(place)) >= MOST:
        raise Refused("正在用的沙盘太多，请过一会儿再开，或先结束自己的。")
    key = f"s{secrets.token_hex(12)}"
    made = Sandbox(key, place / key, draft_key, name, owner, now, now)
    made.folder.mkdir(parents=True)
    try:
        _fill(made, Bundle({p: c for p, c in files.items() if not is_beside(p)}))
    except BaseException:
        close_sandbox(made)
        raise
    _write(made)
    return made


def _fill(sandbox: Sandbox, bundle: Bundle) -> None:
    engine = open_engine(sandbox.url)
    try:
        upgrade(engine)
        with begin(engine) as connection:
            deploy(connection, bundle, by=sandbox.name, now=sandbox.at)
            definition = newest_definition(connection)
        people_of(definition, engine, sandbox.at)
    finally:
        engine.dispose()


def sandbox_of(place: Path, key: str, now: datetime | None = None) -> Sandbox | None:
    """A sandbox that is still there; one whose day is over at `now` is deleted."""
    if not KEY.fullmatch(key):
        return None
    found = _read(place / key)
    if found and now and now - found.made_at > LASTS:
        close_sandbox(found)
        return None
    return found


def sandboxes(place: Path, owner: str, now: datetime) -> list[Sandbox]:
    """Those of an account, the newest first."""
    mine = [s for s in _all(place) if s.owner == owner and now - s.made_at <= LASTS]
    return sorted(mine, key=lambda s: s.made_at, reverse=True)


def move_on(sandbox: Sandbox, instant: datetime) -> tuple[Sandbox, list[tuple[datetime, str]]]:
    """The sandbox at a later moment, and what fell due on the way: (when, which timer).

    Stops on the way when more falls due than is good for one request. Raises BadInput for a moment that has been.
    """
    engine = open_engine(sandbox.url)
    try:
        with reading(engine) as connection:
            definition = newest_definition(connection)
        world = World(engine, definition, sandbox.folder, sandbox.at, {}, begins_by_date=True)
        fired: list[tuple[datetime, str]] = []
        for one in move_clock(world, instant):
            fired.append(one)
            if len(fired) >= FIRED_AT_ONCE:
                break
    finally:
        engine.dispose()
    moved = replace(sandbox, at=world.now)
    _write(moved)
    return moved, fired


def close_sandbox(sandbox: Sandbox) -> None:
    """Delete it with all that happened in it."""
    shutil.rmtree(sandbox.folder, ignore_errors=True)


def sweep(place: Path, now: datetime) -> int:
    """Delete those whose day is over; how many."""
    old = [s for s in _all(place) if now - s.made_at > LASTS]
    for one in old:
        close_sandbox(one)
    return len(old)


def _all(place: Path) -> list[Sandbox]:
    return [s for s in map(_read, place.glob("s*")) if s] if place.exists() else []


def _read(folder: Path) -> Sandbox | None:
    try:
        data = json.loads((folder / "sandbox.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    made_at, at = (datetime.fromisoformat(data[name]) for name in ("made_at", "at"))
    return Sandbox(folder.name, folder, data["draft_key"], data["name"], data["owner"], made_at, at)


def _write(sandbox: Sandbox) -> None:
    data = {k: str(v) for k, v in asdict(sandbox).items() if k not in ("key", "folder")}
    fresh = sandbox.folder / "sandbox.json.new"
    fresh.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    fresh.replace(sandbox.folder / "sandbox.json")
