"""The same request twice is carried out once: the second gets the first one's answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.model.actor import Actor
from service.model.errors import BadInput, Conflict
from service.model.values import canonical_json
from service.store.prepared import Prepared
from service.store.tables import idempotency as t

MAX_KEY = 120

_THIS = and_(t.c.account_key == bindparam("who"), t.c.idempotency_key == bindparam("key"))
_FOUND = Prepared(select(t.c.request_digest, t.c.answer).where(_THIS))
_ANSWER = Prepared(update(t).where(_THIS), "answer")
# takes the key: a second transaction with the same key waits here until the first has ended
_TAKE = {
    "sqlite": Prepared(sqlite.insert(t).on_conflict_do_nothing(), *t.columns.keys()),
    "postgresql": Prepared(postgresql.insert(t).on_conflict_do_nothing(), *t.columns.keys()),
}


def once(
    connection: Connection,
    actor: Actor,
    key: str | None,
    request: Mapping[str, Any],
    now: datetime,
    carry_out: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `carry_out`, or the stored one of the same key (without a key: no memory).

    A refusal is not remembered, since it rolls back. Raises Conflict when the key was used for another
    request, BadInput for a key that is too long or a request that is not JSON.
    """
    if not key:
        return carry_out()
    if len(key) > MAX_KEY:
        raise BadInput(f"请求编号不能超过 {MAX_KEY} 个字符。")
    digest = _digest(request)
    this = {"who": actor.account_key, "key": key}
    row = {
        "account_key": actor.account_key,
        "idempotency_key": key,
        "request_digest": digest,
        "answer": "",
        "at": now,
    }
    if _TAKE[connection.dialect.name].run(connection, row).rowcount == 0:
        found = _FOUND.first(connection, this)
        assert found is not None
        if found.request_digest != digest:
            raise Conflict("这个请求编号已用于另一项操作，请刷新页面后重试。")
        return json.loads(found.answer)  # type: ignore[no-any-return]
    answer = carry_out()
    _ANSWER.run(connection, {**this, "answer": json.dumps(answer, ensure_ascii=False)})
    return answer


def _digest(request: Mapping[str, Any]) -> str:
    try:
        return hashlib.sha256(canonical_json(request)).hexdigest()
    except (TypeError, ValueError) as wrong:  # NaN, half a character
        raise BadInput("提交的内容含有无法识别的字符或数字，请改正后再提交。") from wrong
