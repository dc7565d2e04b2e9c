"""Several people submit at the same instant, each from a process of its own."""

from __future__ import annotations

import atexit
import functools
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from typing import Any

from service.commands.complete_task import complete_task
from service.definitions import learn
from service.model.actor import Actor
from service.model.errors import Refused
from service.scenarios.acts import Doing, about_to_do
from service.scenarios.world import World, open_engine
from service.store.session import begin

AT_MOST = 16


def complete_together(
    world: World, steps: list[tuple[str, Mapping[str, Any]]]
) -> list[tuple[Doing, Refused | None]]:
    """Complete several tasks at once: each with its refusal, if it was refused."""
    doings: list[Doing] = []
    for path, options in steps:
        taken = {doing.task.task_key for doing in doings}
        doings.append(about_to_do(world, path, options, taken))
    jobs = [
        processes().submit(_submit, world.url, d.actor, d.task.task_key, d.submission, world.now)
        for d in doings
    ]
    return [(doing, job.result()) for doing, job in zip(doings, jobs, strict=True)]


@functools.cache
def processes() -> ProcessPoolExecutor:
    """Processes to act in, made once and kept: copies of one that has read the program and compiled the bundle,
    which takes longer than most acts.
    """
    copied = "forkserver" in multiprocessing.get_all_start_methods()  # Windows has no copies
    context = multiprocessing.get_context("forkserver" if copied else "spawn")
    if copied:
        context.set_forkserver_preload([__name__, "service.scenarios.compiled"])
    pool = ProcessPoolExecutor(AT_MOST, mp_context=context)
    atexit.register(pool.shutdown, cancel_futures=True)
    return pool


def _submit(
    url: str, actor: Actor, task_key: str, submission: Mapping[str, Any], now: datetime
) -> Refused | None:
    """In a process of its own: complete a task; the refusal, if there is one."""
    engine = open_engine(url)
    learn(engine)
    try:
        with begin(engine) as connection:
            complete_task(connection, actor, task_key, submission, now=now)
    except Refused as refused:
        return refused
    finally:
        engine.dispose()
    return None
