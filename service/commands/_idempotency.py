"""The same request twice is carried out once: the second gets the first one's answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from service.model.actor import Actor
from service.model.errors import Conflict
from service.model.values import canonical_json
from service.store.tables import idempotency


def once(
    connection: Connection,
    actor: Actor,
    key: str | None,
    request: Mapping[str, Any],
    now: datetime,
    carry_out: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `carry_out`, or the stored one of the same key.

    Raises Conflict when the key was used for another request.
    """
    if key is None:
        return carry_out()
    digest = hashlib.sha256(canonical_json(request)).hexdigest()
    row = connection.execute(
        select(idempotency).where(
            idempotency.c.account_key == actor.account_key, idempotency.c.idempotency_key == key
        )
    ).first()
    if row is not None:
        if row.request_digest != digest:
            raise Conflict("这个请求编号已用于另一项操作，请刷新页面后重试。")
        return json.loads(row.answer)  # type: ignore[no-any-return]
    answer = carry_out()
    connection.execute(
        insert(idempotency).values(
            account_key=actor.account_key,
            idempotency_key=key,
            request_digest=digest,
            answer=json.dumps(answer, ensure_ascii=False),
            at=now,
        )
    )
    return answer
