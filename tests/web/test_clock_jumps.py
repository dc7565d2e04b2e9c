"""The machine's clock is put forward or back under a running service: nothing opens, nothing is written."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.cli.worker import _round
from service.config import Config
from service.jobs.run_due import run_due
from service.model.errors import ClockJumped
from service.scenarios.looks import fingerprint
from service.scenarios.world import World
from service.steady import SteadyClock
from service.store import tables as t
from service.store.session import reading
from service.web.app import create_app
from tests.commands.stand import at_opinions
from tests.web.test_web import csrf, signed_in, task_of

START = datetime(2025, 3, 10, 1, tzinfo=UTC)
JUMPS = [timedelta(days=30), timedelta(days=-30), timedelta(minutes=11), timedelta(minutes=-11)]


class Machine:
    """A clock on the wall and the seconds that really pass."""

    def __init__(self) -> None:
        self.wall, self.seconds = START, 0.0

    def wait(self, time: timedelta) -> None:
        """Time passes, and the clock shows it."""
        self.wall += time
        self.seconds += time.total_seconds()

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.seconds)


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_is_refused_until_the_clock_is_right_again(jump: timedelta) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wait(timedelta(days=3))  # nobody asked for days
    assert clock.now() == machine.wall
    machine.wall += jump
    for _ in range(2):
        with pytest.raises(ClockJumped, match="向前" if jump > timedelta(0) else "向后"):
            clock.now()
        machine.wait(timedelta(hours=1))
    machine.wall -= jump
    assert clock.now() == machine.wall


def test_small_corrections_are_taken_over() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(10):
        machine.wall += timedelta(minutes=9)
        assert clock.now() == machine.wall


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("jump")
    made = at_opinions(f"sqlite:///{folder / 'jump.sqlite3'}")
    yield made
    made.close()


@pytest.mark.parametrize("jump", JUMPS[:2])
def test_neither_worker_nor_page_acts_by_a_clock_that_jumped(
    world: World, tmp_path: Path, jump: timedelta
) -> None:
    machine = Machine()
    config = Config(database_url=world.url, data_dir=tmp_path)
    config.__dict__["steady"] = machine.clock()
    app = create_app(config)
    client = signed_in(app, "drc")
    key = task_of(world, "drc")
    data = {"csrf_token": csrf(client, f"/tasks/{key}"), "_act": "complete"}
    before, armed = fingerprint(world), _armed(world)
    machine.wall += jump
    with pytest.raises(ClockJumped):
        _round(config.engine(), config)
    answer = client.post(f"/tasks/{key}", data=data)
    assert answer.status_code == 503
    assert "系统时间在运行中跳变了约 30 天" in answer.text
    told = client.get("/api/v1/tasks")
    assert told.status_code == 503
    assert "跳变" in told.get_json()["message"]
    machine.wall -= jump
    assert (fingerprint(world), _armed(world)) == (before, armed)
    assert client.get(f"/tasks/{key}").status_code == 200
    assert not run_due(config.engine(), now=config.now()).failed
    app.extensions["engine"].dispose()


def _armed(world: World) -> int:
    with reading(world.engine) as connection:
        return connection.execute(select(func.count()).select_from(t.due_timer)).scalar_one()
