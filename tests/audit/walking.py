"""Random projects in a real county: every act goes through the commands and leaves its event."""

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from service.commands._advance import Act, advance_locked
from service.commands._locked import lock_instance
from service.commands.claim_task import claim_task
from service.commands.fire_timer import fire_timer
from service.commands.send_message import send_message
from service.commands.start_instance import may_stand_within, start_instance
from service.config import project_root
from service.model.actor import SYSTEM
from service.model.errors import Refused
from service.model.inputs import CompleteTask
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin, reading

SAMPLES = {
    "number": [Decimal(0), Decimal(100), Decimal("200000.01"), Decimal(860000)],
    "string": ["甲", "qinling_software"],
    "boolean": [True, False],
    "list": [["drc"], ["drc", "finance_bureau"]],
}
NAMED = {  # what a decision table or a form restricts
    "superior_approval_level": ["无", "国家"],
    "project_category": ["key_business_system", "other_gis"],
    "business_class": ["公共服务", "其他"],
}
PROJECT = "project_lifecycle"


class County:
    """A county whose projects go at random; `seed` decides everything."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world: World = open_world(
            f"sqlite:///{folder / f'walk{seed}.sqlite3'}", project_root()
        )
        definition = self.world.definition
        self.siblings = sorted(
            p for p in definition.processes
            if p not in definition.called and may_stand_within(definition, p)
        )  # fmt: skip

    def walk(self, length: int) -> int:
        """A new project and up to `length` acts in it; returns how many were done."""
        owners = [a for a in self.world.people.values() if "project_owner" in a.groups]
        with begin(self.world.engine) as connection:
            started = start_instance(
                connection, self.chance.choice(owners), PROJECT, now=self.world.now
            )
        return sum(self._act(str(started.project_key)) for _ in range(length))

    def _act(self, project_key: str) -> bool:
        self.world.now += timedelta(hours=self.chance.choice((1, 5, 30)))
        kind, what = self._choice(project_key)
        try:
            with begin(self.world.engine) as connection:
                kind(connection, project_key, what)
        except Refused:
            return False  # lawful: nothing is written
        return True

    def _choice(self, project_key: str):
        with reading(self.world.engine) as connection:

            def of(table, *where):
                query = select(table).where(table.c.project_key == project_key, *where)
                return list(connection.execute(query.order_by(table.c.task_key)))

            choices = [(self._complete, row) for row in of(t.task, t.task.c.status == "open")] * 4
            choices += [
                (self._claim, row)
                for row in of(t.task, t.task.c.status == "open", t.task.c.assignee.is_(None))
            ]
            choices += [(self._send, row.name) for row in of(t.awaited_message)]
            keys = select(t.instance.c.instance_key).where(t.instance.c.project_key == project_key)
            due = select(t.due_timer).where(t.due_timer.c.instance_key.in_(keys))
            choices += [
                (self._fire, row)
                for row in connection.execute(due.order_by(t.due_timer.c.task_key))
            ]
        return self.chance.choice([*choices, (self._sibling, self.chance.choice(self.siblings))])

    def _complete(self, connection, project_key, task) -> None:
        locked = lock_instance(connection, task.instance_key)
        element = locked.definition.element(task.process_id, task.element_id)
        values = {o.name: self._value(o) for o in element.outputs.values()}
        about = {"element": element.id, "task": task.task_key}
        person = self.chance.choice(list(self.world.people.values()))
        act = Act(person, "complete_task", self.world.now, about)
        advance_locked(connection, locked, CompleteTask(task.task_key, values), act)

    def _value(self, output):
        if output.values:
            return self.chance.choice(list(output.values))
        if output.type == "date":
            return date(2025, 1, 1) + timedelta(days=self.chance.randrange(900))
        return self.chance.choice(NAMED.get(output.name) or SAMPLES[output.type])

    def _claim(self, connection, project_key, task) -> None:
        person = self._person({task.group_id}, task.unit_id)
        claim_task(connection, person, task.task_key, now=self.world.now)

    def _person(self, groups, unit_id):
        """Somebody of these groups, of the unit if it has one."""
        people = [a for a in self.world.people.values() if a.groups & groups]
        own = [a for a in people if a.unit_id == unit_id]
        return self.chance.choice(own or people)

    def _send(self, connection, project_key, name) -> None:
        send_message(connection, SYSTEM, project_key, name, {}, now=self.world.now)

    def _fire(self, connection, project_key, timer) -> None:
        self.world.now = max(self.world.now, timer.due_at)
        fire_timer(connection, now=self.world.now, task_key=timer.task_key)

    def _sibling(self, connection, project_key, process_id) -> None:
        starters = set(self.world.definition.processes[process_id].start.starters)
        mine = select(t.project.c.unit_id).where(t.project.c.project_key == project_key)
        person = self._person(starters, connection.execute(mine).scalar_one())
        start_instance(connection, person, process_id, now=self.world.now, project_key=project_key)
