"""That the events of an extract stand in what the newest checkpoint has signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from service.audit import tree
from service.audit.verify import CHANGE_KEY
from service.model.errors import Refused
from service.queries.evidence_extent import Extent
from service.queries.log_tree import DIGESTS, LogTree
from service.store import checkpoints
from service.store import tables as t

CONSISTENCY = (
    500  # of so many of the newest checkpoints an extract proves that they are its beginning
)
NAMES = ("sha256", "sm3")


def proofs(connection: Connection, extent: Extent, held_size: int | None) -> bytes:
    """`proofs.json` of a project or a period; it also proves that the auditor's own checkpoint of `held_size` is its
    beginning. Raises Refused when an event has no checkpoint yet."""
    made = _of_period if extent.period else _of_project
    return json.dumps(made(connection, extent, held_size), sort_keys=True).encode()


def _of_project(connection: Connection, extent: Extent, held_size: int | None) -> dict[str, Any]:
    last = checkpoints.last(connection)
    query = select(t.event.c.seq).where(extent.events)
    numbers = list(connection.execute(query.order_by(t.event.c.seq)).scalars())
    if last is None or numbers[-1] > last[0]:
        raise Refused("这个项目最近的事件还没有检查点，请先签发检查点再导出。")
    size, nodes = last[0], LogTree(connection).nodes(0)
    instances = connection.execute(
        select(t.instance.c.instance_key, t.instance.c.seq).where(
            t.instance.c.project_key == extent.project_key
        )
    )
    older = _older(connection, size, held_size)
    return {
        "inclusion": {n: _hex(tree.inclusion_proof(n - 1, size, nodes)) for n in numbers},
        "consistency": {n: _hex(tree.consistency_proof(n, size, nodes)) for n in older},
        "instances": {row.instance_key: row.seq for row in instances},
    }


def _of_period(connection: Connection, extent: Extent, held_size: int | None) -> dict[str, Any]:
    log = LogTree(connection)
    size = checkpoints.notes(connection)[-1][0]
    older = sorted({*_older(connection, size, held_size), extent.last})
    both = [(name, log.nodes(i), DIGESTS[i]) for i, name in enumerate(NAMES)]
    return {
        "first": extent.first,
        "edge": {name: _hex(tree.edge(extent.first - 1, nodes)) for name, nodes, _ in both},
        "consistency": {
            n: {
                name: _hex(tree.consistency_proof(n, size, nodes, digest))
                for name, nodes, digest in both
            }
            for n in older
        },
        "outside": list(_outside(connection, extent, size, log)),
    }


def _outside(
    connection: Connection, extent: Extent, size: int, log: LogTree
) -> Iterator[dict[str, Any]]:
    """Events outside the period that it cannot be read without: changes of a key, and the proposals of its repairs."""
    e, r = t.event.c, t.repair.c
    repaired = select(e.instance_key).where(extent.events, e.act == "repair_instance")
    proposals = select(r.proposed_at).where(r.instance_key.in_(repaired))
    query = (
        select(e.seq, e.body, e.signature)
        .where(
            or_(
                and_(e.act == CHANGE_KEY, e.instance_key.is_(None)),
                and_(e.act == "propose_repair", e.at.in_(proposals)),
            ),
            or_(e.seq < extent.first, e.seq > extent.last),
            e.seq <= size,
        )
        .order_by(e.seq)
    )
    for row in connection.execute(query):
        steps = tree.inclusion_proof(row.seq - 1, size, log.nodes(0))
        yield {"event": row.body, "signature": row.signature or "", "inclusion": _hex(steps)}


def _older(connection: Connection, size: int, held_size: int | None) -> list[int]:
    """Sizes of earlier checkpoints that are proven to be a beginning."""
    older = {n for n, _ in checkpoints.notes(connection)[-CONSISTENCY:] if n < size}
    return sorted(older | ({held_size} if held_size and held_size <= size else set()))


def _hex(proof: list[bytes]) -> list[str]:
    return [step.hex() for step in proof]
