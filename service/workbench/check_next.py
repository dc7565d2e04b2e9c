"""Take the next proposal, check it, keep what was found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from service.commands.record_check import record_check, record_progress, take_proposal
from service.model.errors import Refused
from service.proof.prove import Memo
from service.store import deployments, workbench
from service.store.session import begin, reading
from service.workbench.check import check


def check_next(
    engine: Engine, home: Path, *, clock: Callable[[], datetime], memo: Memo | None = None
) -> str | None:
    """The key of the proposal that was checked, None when none waited."""
    with begin(engine) as connection:
        key = take_proposal(connection)
    if key is None:
        return None
    with reading(engine) as connection:
        row = workbench.release_of(connection, key)
        assert row is not None
        draft = workbench.draft_of(connection, row.draft_key)
        assert draft is not None
        base = deployments.read_back(connection, row.base)
        files = workbench.files_of(connection, row.draft_key, draft.base, row.upto)

    def tell(words: str) -> None:
        with begin(engine) as connection:
            record_progress(connection, key, words)

    try:
        results = check(base, files, home, tell, memo)
    except Refused as refused:
        results = {"changes": [], "summary": {"good": False}, "failure": refused.message}
    with begin(engine) as connection:
        record_check(connection, key, results, good=results["summary"]["good"], now=clock())
    return key
