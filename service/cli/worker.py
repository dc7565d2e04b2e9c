"""`banjie worker`: fire due timers, again and again."""

from __future__ import annotations

import signal
import threading

import click

from service.config import Config
from service.jobs.run_due import run_due
from service.store.session import create_engine

PAUSE = 2.0


@click.command()
@click.option("--production", is_flag=True, help="A moved clock is refused.")
@click.option("--once", is_flag=True, help="One round, then leave.")
def worker(production: bool, once: bool) -> None:
    """Fire what is due every two seconds until interrupted; a failure is told and tried again."""
    config = Config(production=True) if production else Config()
    engine = create_engine(config.url)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.is_set():
        for fired in run_due(engine, now=config.now()):
            click.echo(f"定时器到期：{fired.element_name}")
        if once:
            return
        stop.wait(PAUSE)
