"""A county for one story: a fresh database, its units with an account each, a clock that can be moved."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from service.commands.claim_task import claim_task
from service.commands.complete_task import complete_task
from service.commands.create_account import create_account
from service.commands.deploy import deploy
from service.commands.explain_not_open import explain_not_open
from service.commands.fire_timer import fire_timer
from service.commands.release_task import release_task
from service.commands.send_message import send_message
from service.commands.start_instance import begins_a_project, start_instance
from service.engine import Definition, Element, compile_bundle, variables
from service.model.actor import SYSTEM, Actor
from service.model.bundle import read_bundle
from service.model.errors import BadInput, Refused
from service.model.keys import new_key
from service.store import history
from service.store import tables as t
from service.store.projections import facts_of, unit_for
from service.store.schema import upgrade
from service.store.session import begin, create_engine, reading

PASSWORD = "banjie-demo"  # noqa: S105 (of demo accounts, which production never creates)


@dataclass(frozen=True)
class Task:
    """An open task of a project: `path` is process/element, with the member in brackets."""

    task_key: str
    path: str
    group_id: str
    unit_id: str | None


@dataclass
class World:
    """The database with its clock, projects by alias and people by unit."""

    engine: Engine
    definition: Definition
    root: Path
    now: datetime
    people: dict[str, Actor]
    names: dict[str, Actor]
    projects: dict[str, str]

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    # --- names

    def check_clauses(self, clauses: Iterable[str]) -> None:
        """Raise BadInput for a clause that the register lacks."""
        unknown = [c for c in clauses if c not in self.definition.clauses]
        if unknown:
            raise BadInput(f"没有条款 {'、'.join(unknown)}。")

    def add_actors(self, actors: Mapping[str, Mapping[str, str]]) -> None:
        """Names of a story for people of units."""
        for name, actor in actors.items():
            self.names[name] = self.of_unit(actor["unit"], actor.get("group"))

    def of_unit(self, unit: str, group: str | None = None) -> Actor:
        """The first account of a unit, by id or name."""
        for actor in self.people.values():
            if unit in (actor.unit_id, actor.unit_name):
                if group and group not in actor.groups:
                    raise BadInput(f"{actor.unit_name}不属于候选组 {group}。")
                return actor
        raise BadInput(f"没有单位 {unit}。")

    def process_name(self, process_id: str) -> str:
        """Name of a process. Raises BadInput."""
        if process_id not in self.definition.processes:
            raise BadInput(f"没有流程 {process_id}。")
        return self.definition.processes[process_id].name

    def element(self, path: str) -> Element:
        """The element of `process/element`. Raises BadInput."""
        process_id, _, element_id = path.partition("/")
        return self.definition.element(process_id, element_id.partition("[")[0])

    def project_key(self, alias: str | None) -> str:
        """The project of an alias; without one the story's last."""
        if alias is None and self.projects:
            return list(self.projects.values())[-1]
        if alias not in self.projects:
            raise BadInput(f"没有名为 {alias or 'p'} 的项目，请先 start。")
        return self.projects[alias]

    def _split(self, path: str) -> tuple[str, str]:
        alias, colon, rest = path.partition(":")
        return (self.project_key(alias), rest) if colon else (self.project_key(None), path)

    # --- acts

    def move_clock(self, instant: datetime) -> Iterator[tuple[datetime, str]]:
        """Fire what falls due on the way, each at its time, then stand at `instant`."""
        if instant < self.now:
            raise BadInput(f"时间不能倒退：{instant.isoformat()}。")
        while True:
            with reading(self.engine) as connection:
                due = connection.execute(select(func.min(t.due_timer.c.due_at))).scalar()
            if due is None or due.replace(tzinfo=due.tzinfo or UTC) > instant:
                break
            self.now = max(self.now, due.replace(tzinfo=due.tzinfo or UTC))
            with begin(self.engine) as connection:
                fired = fire_timer(connection, now=self.now)
            if fired is None:
                break
            yield fired.due, fired.element_name
        self.now = instant

    def start(self, process_id: str, options: Mapping[str, Any]) -> tuple[str, str]:
        """Start a process; returns who did and the project's number."""
        self.process_name(process_id)
        creates = begins_a_project(self.definition, process_id)
        project_key = None if creates else self.project_key(options.get("as"))
        group = self.definition.processes[process_id].start.lane_id or ""
        actor = self._actor(options.get("by"), group, project_key)
        with begin(self.engine) as connection:
            started = start_instance(
                connection, actor, process_id, now=self.now, project_key=project_key
            )
        if creates:
            assert started.project_key
            self.projects[str(options.get("as") or "p")] = started.project_key
        return _who(actor), started.project_no or process_id

    def complete(self, path: str, options: Mapping[str, Any]) -> tuple[str, str]:
        """Complete an open task with the example and the story's values; returns who and the task's name."""
        project_key, path = self._split(path)
        element = self.element(path)
        task = self._task(project_key, path, options.get("for"))
        if task is None:
            with reading(self.engine) as connection:
                raise explain_not_open(connection, project_key, element.process_id, element.id)
        actor = self._actor(options.get("by"), task.group_id, project_key)
        submission = self.submission(element, options)
        with begin(self.engine) as connection:
            complete_task(
                connection,
                actor,
                task.task_key,
                submission,
                now=self.now,
                idempotency_key=new_key("k"),
            )
        return _who(actor), element.name

    def complete_together(self, acts: list[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, str]]:
        """Complete several tasks from as many processes at the same instant."""
        jobs, lines = [], []
        for full_path, options in acts:
            project_key, path = self._split(full_path)
            element = self.element(path)
            task = self._task(project_key, path, options.get("for"))
            if task is None:
                raise Refused(f"{path} 没有打开，不能同时办理。")
            actor = self._actor(options.get("by"), task.group_id, project_key)
            submission = self.submission(element, options)
            url = self.engine.url.render_as_string(hide_password=False)
            jobs.append((url, actor, task.task_key, submission, self.now))
            lines.append((_who(actor), element.name))
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(len(jobs), mp_context=spawn) as pool:
            for problem in pool.map(_submit, *zip(*jobs, strict=True)):
                if problem:
                    raise Refused(problem)
        return lines

    def act(self, name: str, options: Mapping[str, Any]) -> tuple[str, str]:
        """Another act of the inbox on a task: claim or release."""
        known = {"claim": claim_task, "release": release_task}
        if name not in known or "on" not in options:
            raise BadInput(f"不认识的动作 {name}，可用 {'、'.join(known)}，并用 on 指明任务。")
        project_key, path = self._split(options["on"])
        element = self.element(path)
        task = self._task(project_key, path, options.get("for"))
        if task is None:
            raise Refused(f"{path} 没有打开。")
        actor = self._actor(options.get("by"), task.group_id, project_key)
        with begin(self.engine) as connection:
            known[name](connection, actor, task.task_key, now=self.now)
        return _who(actor), element.name

    def send(self, name: str, options: Mapping[str, Any]) -> None:
        """A message from outside."""
        waits = {
            e.event_name for p in self.definition.processes.values() for e in p.elements.values()
        }
        if name not in waits:
            raise BadInput(f"没有流程会接收 {name}。")
        with begin(self.engine) as connection:
            payload = options.get("with") or {}
            send_message(connection, SYSTEM, self.project_key(None), name, payload, now=self.now)

    def submission(self, element: Element, options: Mapping[str, Any]) -> dict[str, Any]:
        """The example of the element's form with the story's values over it. Raises BadInput for unknown keys."""
        assert element.form_id
        form = self.definition.forms[element.form_id]
        given = options.get("only") or options.get("with") or {}
        unknown = [key for key in given if key not in form.fields]
        if unknown:
            raise BadInput(f"表单 {form.id} 没有字段 {'、'.join(unknown)}。")
        base = (
            {}
            if "only" in options
            else json.loads(
                (self.root / form.path).with_suffix(".example.json").read_text(encoding="utf-8")
            )
        )
        return {**base, **given}

    # --- looks

    def open_tasks(self, project_key: str) -> list[Task]:
        """Open tasks of a project."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(t.task).where(t.task.c.project_key == project_key, t.task.c.status == "open")
            ).all()
        return [
            Task(
                r.task_key,
                f"{r.process_id}/{r.element_id}" + (f"[{r.member}]" if r.member else ""),
                r.group_id,
                r.unit_id,
            )
            for r in rows
        ]

    def values(self, project_key: str) -> dict[str, Any]:
        """Variables of all instances of a project (later ones win), facts over them."""
        found: dict[str, Any] = {}
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(t.instance.c.state)
                .where(t.instance.c.project_key == project_key)
                .order_by(t.instance.c.started_at, t.instance.c.instance_key)
            )
            for row in rows:
                found |= variables(bytes(row.state))
            return found | facts_of(connection, project_key)

    def effects(self, project_key: str) -> list[tuple[str, dict[str, Any]]]:
        """Name and fields of every event of the engine in a project so far."""
        with reading(self.engine) as connection:
            return [
                (name, fields)
                for event in history.read(connection, project_key=project_key)
                for name, fields in event.body.get("effects", ())
            ]

    def last_effects(self, project_key: str) -> set[str]:
        """Names of the events of the last act in a project."""
        with reading(self.engine) as connection:
            last = list(history.read(connection, project_key=project_key))[-1:]
        return {name for event in last for name, _ in event.body.get("effects", ())}

    def fingerprint(self) -> str:
        """Changes when anything is written (the security log apart)."""
        with reading(self.engine) as connection:
            counts = [
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (t.event, t.submission, t.task, t.instance, t.project, t.notice)
            ]
            last = connection.execute(
                select(t.event.c.hash).order_by(t.event.c.seq.desc()).limit(1)
            ).scalar()
        return hashlib.sha256(json.dumps([counts, last]).encode()).hexdigest()

    def _task(self, project_key: str, path: str, member: Any) -> Task | None:
        wanted = f"{path}[{member}]" if member else path
        found = [k for k in self.open_tasks(project_key) if k.path == wanted]
        if not found and member:
            found = [
                k
                for k in self.open_tasks(project_key)
                if k.path.startswith(f"{path}[") and member == k.unit_id
            ]
        return found[0] if found else None

    def _actor(self, by: Any, group_id: str, project_key: str | None) -> Actor:
        if isinstance(by, str) and by in self.names:
            return self.names[by]
        if isinstance(by, str) and by not in self.definition.groups.groups:
            return self.of_unit(by)
        group = self.definition.groups.groups[by or group_id]
        if group.unit_id is not None:
            return self.of_unit(group.unit_id)
        with reading(self.engine) as connection:
            unit = unit_for(connection, project_key, group.id)
        if unit is not None:
            return self.of_unit(unit)
        members = [a for a in self.people.values() if group.id in a.groups]
        if not members:
            raise BadInput(f"候选组 {group.id} 没有人。")
        return members[0]


def _who(actor: Actor) -> str:
    return f"{actor.unit_name} {actor.name}"


def _submit(
    url: str, actor: Actor, task_key: str, submission: Mapping[str, Any], now: datetime
) -> str | None:
    """In a process of its own: complete a task; the problem, if there is one."""
    engine = create_engine(url)
    try:
        with begin(engine) as connection:
            complete_task(connection, actor, task_key, submission, now=now)
    except Refused as refused:
        return refused.message
    finally:
        engine.dispose()
    return None


SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"


def people_of(definition: Definition, engine: Engine, now: datetime) -> dict[str, Actor]:
    """One account for each unit, with all its groups; the login is the unit's id."""
    people = {}
    with begin(engine) as connection:
        for index, unit in enumerate(definition.groups.units.values()):
            people[unit.id] = create_account(
                connection,
                login=unit.id,
                name=SURNAMES[index % len(SURNAMES)] + "明",
                unit_id=unit.id,
                unit_name=unit.name,
                post="经办人",
                groups=unit.groups,
                password=PASSWORD,
                now=now,
            )
    return people


def open_world(url: str, root: Path) -> World:
    """A fresh county at `url` with the bundle of `root` deployed."""
    engine = create_engine(url)
    upgrade(engine)
    bundle = read_bundle(root)
    now = datetime(2025, 1, 1, tzinfo=UTC)
    with begin(engine) as connection:
        deploy(connection, bundle, by="scenario", now=now)
    definition = compile_bundle(bundle)
    return World(engine, definition, root, now, people_of(definition, engine, now), {}, {})
