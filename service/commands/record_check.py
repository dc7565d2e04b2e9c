"""Keep how the checks of a proposal go, and what they found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.store import workbench


def take_proposal(connection: Connection) -> str | None:
    """The next proposal to be checked, taken so that nobody else checks it; None when none waits."""
    key = workbench.next_queued(connection)
    if key is None:
        return None
    row = workbench.release_of(connection, key)
    if row is None or row.status != "queued":
        return None
    workbench.release_became(connection, key, status="checking", progress="开始检查")
    return key


def record_progress(connection: Connection, release_key: str, words: str) -> None:
    """Say what is being checked."""
    workbench.release_became(connection, release_key, progress=words)


def record_check(
    connection: Connection,
    release_key: str,
    results: Mapping[str, Any],
    *,
    good: bool,
    now: datetime,
) -> None:
    """Keep the results; only a proposal without a finding can be released."""
    workbench.release_became(
        connection,
        release_key,
        status="ready" if good else "refused",
        progress="检查完毕",
        results=json.dumps(results, ensure_ascii=False, sort_keys=True),
        checked_at=now,
    )
