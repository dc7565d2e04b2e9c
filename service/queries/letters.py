"""What is to be told outside the product now: notices as they come, and a digest in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection, func, select

from service.definitions import in_force, newest_definition
from service.delivery.hooks import Hook
from service.delivery.ways import Ways
from service.model.letters import Outgoing
from service.queries.boxes import counts
from service.queries.contacts import Contact, contacts
from service.queries.inbox import inbox
from service.queries.notice_row import NoticeRow
from service.queries.notices import notices_since, told_groups
from service.queries.notices import unread as unread_notices
from service.regulation.dates import SHANGHAI, local_date
from service.store import tables as t

MORNING = time(8, 30)
SHOWN = 20
GREETING = "greeting"
# a notice is dated when its act began; the act may commit after a later one did
OVERLAP = timedelta(hours=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def letters_due(connection: Connection, ways: Ways, *, now: datetime) -> Iterator[Outgoing]:
    """All letters that should have been queued by now; which of them are, the queue knows."""
    if ways.mail is not None:
        morning = _is_morning(connection, now)
        for contact in contacts(connection):
            if contact.mode == "each":
                yield from _each(connection, contact, ways.address)
            elif morning:
                yield from _digest(connection, contact, ways.address, now)
    for hook in ways.hooks:
        yield from _posted(connection, hook, ways.address)


def _each(connection: Connection, contact: Contact, address: str) -> Iterator[Outgoing]:
    key = contact.actor.account_key
    since = max(contact.since, _newest(connection, "mail", key) - OVERLAP)
    for notice in notices_since(connection, since, actor=contact.actor):
        words = _words(notice, address) + _why(address)
        yield Outgoing(
            "mail", key, notice.notice_key, contact.email, f"【办结】{_title(notice)}", words
        )


def _digest(
    connection: Connection, contact: Contact, address: str, now: datetime
) -> Iterator[Outgoing]:
    """What waits for a person; nothing on a day on which nothing does."""
    tasks = inbox(connection, contact.actor, "todo", now=now, limit=SHOWN).rows
    todo = counts(connection, contact.actor, ("todo",))["todo"]
    unread = unread_notices(connection, contact.actor)
    if not tasks and not unread:
        return
    today = local_date(now)
    late = sum(row.due_at is not None and row.due_at < now for row in tasks)
    subject = f"【办结】待办 {_capped(todo)} 件" + (f"，其中逾期 {late} 件" if late else "")
    lines = [
        f"{_due(row.due_at, now):8}{row.project_name}　{row.step}\n        {address}/tasks/{row.task_key}"
        for row in tasks
    ]
    if todo > len(tasks):
        lines.append(f"还有 {_capped(todo - len(tasks))} 件，请看 {address}/inbox")
    if unread:
        lines.append(f"未读通知 {_capped(unread)} 条：{address}/notices")
    words = f"{contact.actor.name}：\n\n" + "\n".join(lines) + _why(address)
    yield Outgoing(
        "mail", contact.actor.account_key, today.isoformat(), contact.email, subject, words
    )


def _posted(connection: Connection, hook: Hook, address: str) -> Iterator[Outgoing]:
    """A greeting when the receiver is new, then every notice since."""
    d = t.delivery
    greeted = connection.execute(
        select(d.c.created_at).where(
            d.c.way == "hook", d.c.target == hook.name, d.c.about == GREETING
        )
    ).scalar_one_or_none()
    if greeted is None:
        words = "这里以后会收到办结的通知。"
        yield Outgoing("hook", hook.name, GREETING, hook.name, "办结已接通", words)
        return
    since = max(greeted, _newest(connection, "hook", hook.name) - OVERLAP)
    for notice in notices_since(connection, since):
        if not hook.groups or hook.groups & told_groups(connection, notice.notice_key):
            yield Outgoing(
                "hook",
                hook.name,
                notice.notice_key,
                hook.url,
                _title(notice),
                _words(notice, address),
            )


def _newest(connection: Connection, way: str, target: str) -> datetime:
    """When the newest letter to a receiver was queued: what is older than that by an hour has its letter."""
    d = t.delivery
    query = select(func.max(d.c.created_at)).where(d.c.way == way, d.c.target == target)
    return connection.execute(query).scalar_one_or_none() or LONG_AGO


def _title(notice: NoticeRow) -> str:
    return f"{notice.step or notice.process}：{notice.words}"


def _words(notice: NoticeRow, address: str) -> str:
    lines = [f"项目：{notice.project_name}"] if notice.project_name else []
    lines += [f"流程：{notice.process}", f"提醒：{notice.words}"]
    if notice.due_at:
        lines.append(f"期限：{local_date(notice.due_at)}")
    where = f"tasks/{notice.task_key}" if notice.task_key else "notices"
    return "\n".join([*lines, f"查看：{address}/{where}"])


def _why(address: str) -> str:
    return f"\n\n——\n办结自动发出，请勿回复。在“通知”页可以改接收方式：{address}/notices\n"


def _due(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "无期限"
    return "已逾期" if due < now else f"{local_date(due):%m-%d}前"


def _capped(count: int) -> str:
    return "99+" if count >= 100 else str(count)


def _is_morning(connection: Connection, now: datetime) -> bool:
    """Whether offices are open today and it is 8:30 or later."""
    calendar = in_force(connection, newest_definition(connection), now).calendar
    local = now.astimezone(SHANGHAI)
    return calendar.is_working_day(local.date()) and local.time() >= MORNING
