"""Queue what is to be told outside, and hand it over; each letter in transactions of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from service.commands.queue_deliveries import queue_deliveries
from service.commands.settle_delivery import delivered, not_delivered, take_delivery
from service.delivery.failure import NotDelivered
from service.delivery.hooks import Posting, post
from service.delivery.mail import Letter, send_mail
from service.delivery.ways import Ways
from service.queries.letters import letters_due
from service.store.session import begin, reading

ENOUGH = 3


def send_letters(engine: Engine, ways: Ways, *, now: datetime) -> tuple[int, int]:
    """Hand over everything that waits; returns (taken, not taken).

    Three failures in a row end the round: a server that is away does not hold up the worker by each letter's patience.
    A letter is never lost: one that was not taken waits. A worker that dies between handing over and writing that
    down sends the letter once more, under the same key.
    """
    if ways.mail is None and not ways.hooks:
        return 0, 0
    with reading(engine) as connection:
        letters = list(letters_due(connection, ways, now=now))
    if letters:
        with begin(engine) as connection:
            queue_deliveries(connection, letters, now=now)
    sent = failed = in_a_row = 0
    while in_a_row < ENOUGH:
        with begin(engine) as connection:
            row = take_delivery(connection, now=now)
        if row is None:
            break
        try:
            _hand_over(ways, row, now)
        except NotDelivered as wrong:
            failed, in_a_row = failed + 1, in_a_row + 1
            with begin(engine) as connection:
                not_delivered(connection, row, wrong.reason, again=wrong.again, now=now)
        else:
            sent, in_a_row = sent + 1, 0
            with begin(engine) as connection:
                delivered(connection, row.delivery_key, now=now)
    return sent, failed


def _hand_over(ways: Ways, row: Any, now: datetime) -> None:
    if row.way == "mail":
        if ways.mail is None:
            raise NotDelivered("没有设置邮件服务器。", again=True)
        letter = Letter(row.delivery_key, row.address, row.subject, row.words, now)
        send_mail(ways.mail, letter)
        return
    hook = next((h for h in ways.hooks if h.name == row.target), None)
    if hook is None:
        raise NotDelivered("接收方已不在设置里。", again=False)
    post(hook, Posting(row.delivery_key, row.subject, row.words, now))
