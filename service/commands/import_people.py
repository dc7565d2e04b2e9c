"""People from a sheet: every row is checked, and either all are entered or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from service.commands._administration import check_office, log_administration
from service.commands.create_account import create_account, problems
from service.commands.set_password import initial_password
from service.model.actor import Actor
from service.model.errors import Refused
from service.model.people import Person
from service.store.register import posts_of, units_of
from service.store.tables import account

MOST = 500


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet as typed: `line` is its number there."""

    line: int
    name: str
    login: str
    unit: str
    posts: str


@dataclass(frozen=True)
class CheckedRow:
    """A row with the person that it stands for, and what is wrong with it."""

    row: SheetRow
    person: Person
    problems: tuple[str, ...]


def check_rows(connection: Connection, rows: Sequence[SheetRow]) -> list[CheckedRow]:
    """What each row would enter, and a sentence for each thing that is wrong; nothing is written."""
    by_name = {
        name: unit.unit_id
        for unit in units_of(connection).values()
        for name in (unit.name, *unit.aliases)
    }
    posts = {post.name: post.post_id for post in posts_of(connection).values()}
    taken = set(connection.execute(select(account.c.login)).scalars())
    found = []
    for row in rows:
        wrong = []
        names = [
            p for p in row.posts.replace(",", "、").replace("，", "、").split("、") if p.strip()
        ]
        person = Person(
            row.login.strip(),
            row.name.strip(),
            by_name.get(row.unit.strip(), ""),
            tuple(posts.get(name.strip(), "") for name in names),
        )
        if not person.unit_id:
            wrong.append(f"没有名为“{row.unit}”的单位，请先登记单位或改正名称。")
        unknown = [name for name in names if name.strip() not in posts]
        if unknown:
            wrong.append(f"没有岗位“{'、'.join(unknown)}”。")
        if person.login in taken:
            wrong.append(f"账号 {person.login} 已被使用或在表中重复。")
        taken.add(person.login)
        if not wrong:
            wrong += problems(connection, person).values()
        found.append(CheckedRow(row, person, tuple(wrong)))
    return found


def import_people(
    connection: Connection, by: Actor, rows: Sequence[SheetRow], *, reason: str, now: datetime
) -> list[tuple[Person, str]]:
    """Enter all rows; (person, initial password) for each, to be handed over once.

    Raises NotAllowed, Refused when any row is wrong: then nobody is entered.
    """
    check_office(by, "system_admin")
    if not 0 < len(rows) <= MOST:
        raise Refused(f"表中应有 1 至 {MOST} 行人员，请检查。")
    checked = check_rows(connection, rows)
    bad = [c for c in checked if c.problems]
    if bad:
        raise Refused(
            f"有 {len(bad)} 行需要改正，没有导入：第 {bad[0].row.line} 行，{bad[0].problems[0]}"
        )
    body = {"imported": [{"line": one.row.line, "login": one.person.login} for one in checked]}
    cause = log_administration(connection, by, "import_people", reason=reason, now=now, body=body)
    entered = []
    for one in checked:
        password = initial_password()
        create_account(
            connection, by, one.person, password=password, reason=reason, now=now, cause=cause
        )
        entered.append((one.person, password))
    return entered
