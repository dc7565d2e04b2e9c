"""A project that stands before its archive under an older bundle is carried to its end by today's program.

`older_bundle/archive-by-volume.zip` is a backup that an earlier version wrote (commit 2b99019^): its diagram asks
once for each volume that lacks something, today's once for each paper. The file stays as it is.
"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from service.cli.restore import restore
from service.commands.complete_task import complete_task
from service.config import Config
from service.model.keys import new_key
from service.queries.people import actor_named
from service.queries.rebuild import differences
from service.store import tables as t
from service.store.session import begin, reading
from tests.audit.make_history import SECRET

STOOD = Path(__file__).parent / "older_bundle/archive-by-volume.zip"
FORMS = Path(__file__).parents[2] / "forms"


@pytest.fixture
def county(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BANJIE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BANJIE_DATABASE_URL", database_url)
    (tmp_path / "data").mkdir()
    Config().record_key.write_text(SECRET.hex())
    done = CliRunner().invoke(restore, [str(STOOD)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    engine = Config().engine()
    yield engine
    engine.dispose()


def test_its_archive_asks_by_volume_and_is_closed(county) -> None:
    with reading(county) as connection:
        owner = connection.execute(select(t.project.c.unit_id)).scalar_one()
    assert _open(county) == ["dispose_assets"]
    _do(county, "finance_bureau", "termination/asset_disposal")
    assert _open(county) == ["supplement_items[建设]"]
    _do(county, owner, "archive/archive_missing", reason="项目在开工前终止。")
    assert _open(county) == ["confirm_catalogue"]
    _do(county, owner, "archive/archive_catalogue")
    assert _open(county) == []
    with reading(county) as connection:
        status = select(t.project.c.status)
        assert connection.execute(status).scalars().all() == ["已终止"]
        assert differences(connection) == []


def _open(engine) -> list[str]:
    rows = select(t.task.c.element_id, t.task.c.member).where(t.task.c.status == "open")
    with reading(engine) as connection:
        found = connection.execute(rows).all()
    return [r.element_id + (f"[{r.member}]" if r.member else "") for r in found]


def _do(engine, login: str, form: str, **said: str) -> None:
    given = json.loads((FORMS / f"{form}.example.json").read_text(encoding="utf-8")) | said
    with begin(engine) as connection:
        task = connection.execute(select(t.task).where(t.task.c.status == "open")).one()
        last = connection.execute(select(t.event.c.at).order_by(t.event.c.seq.desc())).first()
        complete_task(
            connection,
            actor_named(connection, login),
            task.task_key,
            given,
            now=last.at,
            idempotency_key=new_key("k"),
        )
