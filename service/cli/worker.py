"""`banjie worker`: fire due timers, again and again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import click
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from service import log
from service.cli.key import settle_key
from service.config import Config
from service.delivery.failure import NotDelivered
from service.delivery.time_stamp import TimeAuthority
from service.delivery.ways import Ways
from service.jobs.clean_files import clean_files
from service.jobs.follow_changes import follow_changes
from service.jobs.forget_old import forget_old
from service.jobs.index_record import index_record
from service.jobs.keep_checkpoints import keep_checkpoints
from service.jobs.remind_due import remind_due
from service.jobs.run_due import run_due
from service.jobs.run_starts import run_starts
from service.jobs.send_letters import send_letters
from service.jobs.stamp_checkpoint import stamp_checkpoint
from service.model.errors import BadInput, ClockJumped, Refused
from service.store import workbench
from service.store.session import reading
from service.workbench.sandbox import sweep

LOG = structlog.get_logger()
PAUSE = 2.0
AT_ONCE = 4000  # events read for the questions of auditors in a round
DAILY = timedelta(days=1)
HOURLY = timedelta(hours=1)
LETTERS = 30.0


@click.command()
@click.option("--production", is_flag=True, help="A moved clock is refused.")
@click.option("--once", is_flag=True, help="One round, then leave; status 1 when a timer failed.")
def worker(production: bool, once: bool) -> None:
    """Fire what is due every two seconds, and send notices out, until interrupted.

    A timer that fails is told and tried again later; so is a database that does not answer.
    """
    config = Config(production=True) if production else Config()
    log.set_up(production=config.production)
    engine = config.engine()
    settle_key(config, engine)
    ways = config.ways_out()
    authority = config.time_authority()
    if once:
        remind_due(engine, now=config.now())
        send_letters(engine, ways, now=config.now())
        good = _round(engine, config)
        _stamped(engine, config, authority)
        sys.exit(0 if good else 1)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(
        target=_outside, args=(engine, config, ways, authority, stop), daemon=True
    ).start()
    cleaned: datetime | None = None
    reminded: datetime | None = None
    while not stop.is_set():
        try:
            _round(engine, config)
            if cleaned is None or config.now() - cleaned > DAILY:
                clean_files(engine, config.files, now=config.now())
                forget_old(engine, now=config.now())
                sweep(config.sandboxes, config.now())
                cleaned = config.now()
            if reminded is None or config.now() - reminded > HOURLY:
                follow_changes(engine, now=config.now(), always=reminded is None)
                remind_due(engine, now=config.now())
                reminded = config.now()
        except OperationalError as wrong:
            LOG.error("database_silent", reason=str(wrong.orig))
        except ClockJumped as wrong:
            LOG.error("clock_jumped", reason=wrong.message)  # nothing fires until it is right again
        stop.wait(PAUSE)


def _outside(
    engine: Engine,
    config: Config,
    ways: Ways,
    authority: TimeAuthority | None,
    stop: threading.Event,
) -> None:
    """Beside the timers, so that a server that does not answer delays none of them."""
    while not stop.wait(LETTERS):
        try:
            _stamped(engine, config, authority)
            sent, failed = send_letters(engine, ways, now=config.now())
        except OperationalError as wrong:
            LOG.error("database_silent", reason=str(wrong.orig))
        except ClockJumped:
            continue  # told by the other
        else:
            if sent or failed:
                LOG.info("letters", sent=sent, failed=failed)


def _stamped(engine: Engine, config: Config, authority: TimeAuthority | None) -> None:
    """The newest checkpoint bears a time-stamp as soon as the authority answers."""
    if authority is None or not authority.url:
        return
    try:
        size = stamp_checkpoint(engine, authority, config.checkpoints, now=config.now())
    except NotDelivered as wrong:
        LOG.warning("not_stamped", reason=wrong.reason)
    except OperationalError as wrong:
        LOG.error("database_silent", reason=str(wrong.orig))
    else:
        if size:
            LOG.info("stamped", size=size)


def _round(engine: Engine, config: Config) -> bool:
    done = run_due(engine, now=config.now())
    for fired in done.fired:
        LOG.info("timer_fired", task=fired.task_key, element=fired.element_name, due=str(fired.due))
    for task_key in done.failed:
        LOG.error("timer_failed", task=task_key)  # why stands in its incident
    _indexed(engine, config)
    _check_proposal(engine)
    try:
        for begun in run_starts(engine, now=config.now()):
            LOG.info("process_begun", process=begun.process_id, due=str(begun.due))
    except Refused as refused:
        LOG.error("start_failed", reason=refused.message)
        return False
    return _checkpointed(engine, config) and not done.failed


def _check_proposal(engine: Engine) -> None:
    """A proposal to change the regulation is checked in a process of its own, one at a time: it takes minutes and may
    take memory, and must not hold up timers."""
    running = _children[0] if _children else None
    if running is not None and running.poll() is None:
        return
    _children.clear()
    with reading(engine) as connection:
        if workbench.next_queued(connection) is not None:
            run = [sys.executable, "-c", "from service.cli.main import main; main()", "check"]
            _children.append(subprocess.Popen(run))  # noqa: S603 (our own program)


_children: list[subprocess.Popen[bytes]] = []


def _indexed(engine: Engine, config: Config) -> None:
    """The log is read on for the questions of auditors; what goes wrong there must not hold up timers."""
    try:
        index_record(engine, now=config.now(), most=AT_ONCE)
    except BadInput as wrong:
        LOG.error("questions_unreadable", reason=wrong.message)
    except OperationalError:
        raise
    except Exception:
        LOG.exception("questions_unanswered")


def _checkpointed(engine: Engine, config: Config) -> bool:
    """Checkpoints are kept as well; a record that does not agree with them is told at each round."""
    try:
        keep_checkpoints(engine, config.signer, config.checkpoints, now=config.now())
    except Refused as refused:
        LOG.error("record_disagrees", reason=refused.message)
        return False
    return True
