"""The proof of a printed sheet: that the event up to which it was filled stands in what a checkpoint has signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from service.audit.tree import inclusion_proof
from service.audit.verify import PROOF, Key, leaf_hash, sha256, sm3
from service.queries.log_tree import LogTree
from service.queries.signing_keys import first_key, told_changes
from service.store import checkpoints
from service.store import tables as t


def sheet_proof(connection: Connection, code: str, keys: Sequence[Key]) -> dict[str, Any]:
    """What `verify.py` checks offline, as JSON: leaves, ways to both roots, the signed note; never a content.

    `note` is empty while no checkpoint covers the event yet. The sheet of `code` exists.
    """
    row = connection.execute(
        select(t.issued_sheet.c.upto, t.issued_sheet.c.content).where(t.issued_sheet.c.code == code)
    ).one()
    body = next(checkpoints.bodies(connection, row.upto - 1, row.upto))
    last = checkpoints.last(connection)
    proof: dict[str, Any] = {
        "format": PROOF, "sheet": code, "content": row.content, "seq": row.upto,
        "leaf": {"sha256": leaf_hash(body, sha256).hex(), "sm3": leaf_hash(body, sm3).hex()},
        "inclusion": {}, "note": "",
        "keys": [first_key(connection, k).text() for k in keys],
        "changes": [
            {"event": body.decode(), "signature": sign.hex()} for body, sign in told_changes(connection)
        ],
    }  # fmt: skip
    if last is not None and last[0] >= row.upto:
        log = LogTree(connection)
        for which, digest in enumerate((sha256, sm3)):
            steps = inclusion_proof(row.upto - 1, last[0], log.nodes(which), digest)
            proof["inclusion"][("sha256", "sm3")[which]] = [step.hex() for step in steps]
        proof["note"] = last[1]
    return proof
