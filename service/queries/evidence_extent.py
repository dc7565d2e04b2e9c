"""Which events a package of evidence holds: all, those of a project, or those of some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from service.audit.verify import CHANGE_KEY
from service.model.errors import BadInput, NotFound, Refused
from service.regulation.dates import start_of_day
from service.store import checkpoints
from service.store import tables as t


@dataclass(frozen=True)
class Period:
    """Days in Shanghai, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return start_of_day(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return start_of_day(self.last + timedelta(days=1))


@dataclass(frozen=True)
class Extent:
    """`scope` as the manifest calls it; of a project its key; of a period its days, and the numbers of its first and
    last event: with the one before and the one after it, which show that none is missing."""

    scope: str = "all"
    project_key: str | None = None
    period: Period | None = None
    first: int = 1
    last: int = 0

    @property
    def events(self) -> ColumnElement[bool]:
        """The events: of a project with every change of a key, without which no signature can be checked."""
        e = t.event.c
        if self.project_key is not None:
            changes = and_(e.act == CHANGE_KEY, e.instance_key.is_(None))
            return or_(e.project_key == self.project_key, changes)
        return true() if self.period is None else e.seq.between(self.first, self.last)

    def told(self) -> dict[str, Any]:
        """What the manifest says of the period."""
        if self.period is None:
            return {}
        p = self.period
        return {
            "period": {
                "from": str(p.first), "to": str(p.last), "since": p.since.isoformat(), "until": p.until.isoformat(),
            }
        }  # fmt: skip


def extent_of(connection: Connection, project_no: str | None, period: Period | None) -> Extent:
    """What was asked for. Raises NotFound, BadInput, Refused for a period without events or not yet signed for."""
    if project_no and period:
        raise BadInput("项目和期间请只选一样。")
    if project_no:
        query = select(t.project.c.project_key).where(t.project.c.no == project_no)
        key = connection.execute(query).scalar()
        if key is None:
            raise NotFound(f"没有编号为 {project_no} 的项目。")
        return Extent("project", str(key))
    return _of_days(connection, period) if period else Extent()


def _of_days(connection: Connection, period: Period) -> Extent:
    if period.last < period.first:
        raise BadInput(f"开始日期 {period.first} 晚于结束日期 {period.last}，请改正。")
    at = t.event.c.at
    query = select(func.min(t.event.c.seq), func.max(t.event.c.seq))
    first, last = connection.execute(query.where(at >= period.since, at < period.until)).one()
    if first is None:
        raise Refused(f"{period.first} 至 {period.last} 没有事件，请换一个期间。")
    newest = checkpoints.last(connection)
    if newest is None or last > newest[0]:
        raise Refused("这个期间最近的事件还没有检查点，请先签发检查点再导出。")
    return Extent("period", None, period, max(1, first - 1), min(newest[0], last + 1))
