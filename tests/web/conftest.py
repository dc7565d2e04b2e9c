"""A county under joint review behind its pages; modules that need another one define their own."""

from pathlib import Path

import pytest

from service.config import Config
from service.web.app import create_app
from tests.commands.stand import at_opinions
from tests.workbench.owners import county


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviewed")
    made = at_opinions(f"sqlite:///{folder / 'reviewed.sqlite3'}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def clock() -> str:
    """What the service takes for now; a module that needs another moment defines its own."""
    return "2025-03-12T09:00+08:00"


@pytest.fixture(scope="module")
def app(world, clock, tmp_path_factory):
    url = world.engine.url.render_as_string(hide_password=False)
    folder: Path = tmp_path_factory.mktemp("files")
    made = create_app(Config(database_url=url, data_dir=folder, clock=clock))
    yield made
    made.extensions["engine"].dispose()


@pytest.fixture
def stand(tmp_path):
    """(world, app) of a county whose owners are about to draw; nobody else has it."""
    world, _ = county(tmp_path)
    app = create_app(
        Config(database_url=world.url, data_dir=tmp_path, clock="2025-03-12T09:00+08:00")
    )
    yield world, app
    app.extensions["engine"].dispose()
    world.close()
