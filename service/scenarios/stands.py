"""Where a story begins: in a fresh county, or as another story left it.

What it takes to get there (schema, bundle, accounts, the earlier story) is done once in a process and
kept as a database to be copied: two stories never share one.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import itertools
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from service.commands.deploy import deploy
from service.engine import Definition, compile_bundle
from service.model.actor import Actor
from service.model.bundle import Bundle, read_bundle
from service.model.errors import BadInput
from service.scenarios.copies import copy_database, create_database
from service.scenarios.people import people_of
from service.scenarios.runner import run_story
from service.scenarios.story import Story, read_story
from service.scenarios.world import World, open_engine
from service.store.schema import upgrade
from service.store.session import begin

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stand:
    """A county at a moment, in a database that nobody uses any more."""

    url: str
    definition: Definition
    root: Path
    now: datetime
    people: Mapping[str, Actor]
    names: Mapping[str, Actor]
    projects: Mapping[str, str | None]


_kept: dict[tuple[str, ...], Stand] = {}
_numbers = itertools.count()


def open_world(url: str, root: Path, story: Story | None = None) -> World:
    """A county at `url`, where no database or an empty one may be: fresh, or as `story` wants to begin.

    Raises BadInput when the earlier story is unknown, begins after itself or goes otherwise than written.
    """
    return _copied(_stand(url, read_bundle(root), root, _earlier(story) if story else ()), url)


def world_after(url: str, root: Path, story: Story) -> World:
    """A county at `url` as `story` leaves it, which is played once in a process.

    `story` may be the first steps of a written one. Raises BadInput as open_world does, and when `story` itself
    goes otherwise than written.
    """
    return _copied(_stand(url, read_bundle(root), root, (*_earlier(story), story)), url)


def _copied(stand: Stand, url: str) -> World:
    copy_database(stand.url, url)
    return World(
        open_engine(url),
        stand.definition,
        stand.root,
        stand.now,
        stand.people,
        dict(stand.names),
        dict(stand.projects),
    )


def _earlier(story: Story) -> tuple[Story, ...]:
    """The stories that come before `story`, the first one first."""
    found: list[Story] = []
    while story.begins_as:
        path = Path(story.path).with_name(f"{story.begins_as}.yaml")
        if any(path == Path(one.path) for one in found) or not path.exists():
            raise BadInput(f"{Path(story.path).name}：没有可以接续的故事 {story.begins_as}。")
        story = read_story(path)
        found.append(story)
    return tuple(reversed(found))


def _stand(url: str, bundle: Bundle, root: Path, stories: tuple[Story, ...]) -> Stand:
    server = make_url(url).set(database="").render_as_string()
    told = [hashlib.sha256(repr(story).encode()).hexdigest() for story in stories]
    key = (server, str(root), bundle.digest, *told)  # examples, which stories submit, lie in `root`
    if key not in _kept:
        place = _place(url)
        _kept[key] = _after(place, root, stories[-1]) if stories else _fresh(place, bundle, root)
    return _kept[key]


def _fresh(place: str, bundle: Bundle, root: Path) -> Stand:
    create_database(place)
    engine = open_engine(place)
    upgrade(engine)
    with begin(engine) as connection:
        deploy(connection, bundle, by="scenario", now=BEGINNING)
    definition = compile_bundle(bundle)
    people = people_of(definition, engine, BEGINNING)
    engine.dispose()
    return Stand(place, definition, root, BEGINNING, people, {}, {})


def _after(place: str, root: Path, story: Story) -> Stand:
    world = open_world(place, root, story)
    outcome = run_story(story, world)
    world.close()
    if not outcome.ok:
        raise BadInput(f"起点 {story.id} 的故事不能照写的讲完：{outcome.difference}")
    return Stand(
        place, world.definition, root, world.now, world.people, world.names, world.projects
    )


def _place(url: str) -> str:
    """The address of a database to be kept, beside the one at `url`."""
    wanted = make_url(url)
    name = f"banjie_stand_{next(_numbers)}"
    if wanted.get_backend_name() == "sqlite":
        name = str(_folder() / f"{name}.sqlite3")
    return wanted.set(database=name).render_as_string(hide_password=False)


@functools.cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="banjie-stands-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
