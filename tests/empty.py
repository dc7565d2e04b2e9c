"""An empty database with the newest schema: the migrations run once for each server of a process, the rest are copies."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from service.scenarios.copies import copy_database, create_database
from service.store.schema import upgrade
from service.store.session import create_engine


def empty_database(url: str) -> str:
    """Make it at `url`, where no database or one without tables may be; `url` again."""
    server = make_url(url).set(database="").render_as_string(hide_password=False)
    copy_database(_migrated(server), url)
    return url


@functools.cache
def _migrated(server: str) -> str:
    wanted = make_url(server)
    name = "banjie_schema"
    if wanted.get_backend_name() == "sqlite":
        folder = tempfile.mkdtemp(prefix="banjie-schema-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        name = str(Path(folder) / f"{name}.sqlite3")
    url = wanted.set(database=name).render_as_string(hide_password=False)
    create_database(url)
    engine = create_engine(url)
    upgrade(engine)
    engine.dispose()
    return url
