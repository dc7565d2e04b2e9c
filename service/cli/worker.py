"""`banjie worker`: fire due timers, again and again."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import datetime, timedelta

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from service.config import Config
from service.jobs.clean_files import clean_files
from service.jobs.keep_checkpoints import keep_checkpoints
from service.jobs.remind_due import remind_due
from service.jobs.run_due import run_due
from service.model.errors import Refused

PAUSE = 2.0
DAILY = timedelta(days=1)
HOURLY = timedelta(hours=1)


@click.command()
@click.option("--production", is_flag=True, help="A moved clock is refused.")
@click.option("--once", is_flag=True, help="One round, then leave; status 1 when a timer failed.")
def worker(production: bool, once: bool) -> None:
    """Fire what is due every two seconds until interrupted.

    A timer that fails is told and tried again later; so is a database that does not answer.
    """
    config = Config(production=True) if production else Config()
    engine = config.engine()
    if once:
        remind_due(engine, now=config.now())
        sys.exit(0 if _round(engine, config) else 1)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    cleaned: datetime | None = None
    reminded: datetime | None = None
    while not stop.is_set():
        try:
            _round(engine, config)
            if cleaned is None or config.now() - cleaned > DAILY:
                clean_files(engine, config.files, now=config.now())
                cleaned = config.now()
            if reminded is None or config.now() - reminded > HOURLY:
                remind_due(engine, now=config.now())
                reminded = config.now()
        except OperationalError as wrong:
            click.echo(f"数据库没有应答，稍后再试：{wrong.orig}", err=True)
        stop.wait(PAUSE)


def _round(engine: Engine, config: Config) -> bool:
    done = run_due(engine, now=config.now())
    for fired in done.fired:
        click.echo(f"定时器到期：{fired.element_name}")
    for task_key, reason in done.failed.items():
        click.echo(f"定时器 {task_key} 未能触发，稍后再试：{reason}", err=True)
    return _checkpointed(engine, config) and not done.failed


def _checkpointed(engine: Engine, config: Config) -> bool:
    """Checkpoints are kept as well; a record that does not agree with them is told at each round."""
    try:
        keep_checkpoints(engine, config.signer, config.checkpoints, now=config.now())
    except Refused as refused:
        click.echo(refused.message, err=True)
        return False
    return True
