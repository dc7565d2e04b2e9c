"""Remove contents of attachments that nobody submitted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from service.commands.forget_uploads import forget_uploads
from service.store.blobs import strays
from service.store.session import begin

KEPT_FOR = timedelta(days=30)


def clean_files(engine: Engine, folder: Path, *, now: datetime) -> int:
    """Delete uploads of more than 30 days ago that no submission or draft names; returns how many files.

    The rows go first and are committed, then the files: a crash between leaves a file too many, which
    the next round takes.
    """
    before = now - KEPT_FOR
    with begin(engine) as connection:
        known = forget_uploads(connection, before=before)
    count = 0
    for path in strays(folder, known, older_than=before.timestamp()):
        path.unlink(missing_ok=True)
        count += 1
    return count
