"""The evidence of one project or of the whole log, as a package that verifies without the service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, true

from service.audit import tree
from service.audit.package import EVIDENCE, PackageWriter
from service.audit.verify import CHANGE_KEY, Key
from service.engine import state_digest
from service.model.errors import NotFound, Refused
from service.queries.log_tree import LogTree
from service.queries.signing_keys import first_key
from service.store import blobs, checkpoints, deployments
from service.store import tables as t

CONSISTENCY = (
    500  # of so many of the newest checkpoints an extract proves that they are its beginning
)


def write_evidence(
    connection: Connection,
    stream: IO[bytes],
    *,
    keys: Sequence[Key],
    files: Path,
    project_no: str | None = None,
    held_size: int | None = None,
) -> None:
    """Write the package of a project, or of the whole log, up to the newest checkpoint and beyond.

    `keys` check the notes, that of events first. `files` is the folder of attachments. `held_size`: an extract
    also proves that the auditor's own checkpoint of that size is its beginning. Raises NotFound; Refused when
    an extract is asked for and its last event has no checkpoint yet.
    """
    project_key = _project(connection, project_no) if project_no else None
    scope = "project" if project_key else "all"
    manifest = {"format": EVIDENCE, "scope": scope, "origin": keys[0].name, "project": project_no}
    digests = sorted(_attachments(connection, project_key))
    with PackageWriter(stream, {**manifest, "attachments": digests}) as package:
        first = first_key(connection, keys[0])
        package.add("key.txt", [f"{key.text()}\n".encode() for key in (first, *keys[1:])])
        notes = checkpoints.notes(connection)
        for size, note in notes[-CONSISTENCY:] if project_key else notes:
            package.add(f"checkpoints/{size:012d}.txt", [note.encode()])
            stamp = checkpoints.stamp(connection, size)
            if stamp:
                package.add(f"checkpoints/{size:012d}.tsr", [stamp])
        package.add("events.jsonl", _lines(connection, project_key, "body"))
        package.add("signatures.txt", _lines(connection, project_key, "signature"))
        if project_key:
            package.add("proofs.json", [_proofs(connection, project_key, held_size)])
        for digest, filled in _submissions(connection, project_key):
            package.add(f"submissions/{digest}.json", [filled.encode()])
        package.add("states.json", [_states(connection, project_key)])
        for digest in _bundles(connection, project_key):
            bundle = deployments.read_back(connection, digest)
            for path in sorted(bundle.files):
                package.add(f"bundles/{digest}/{path}", [bundle.files[path]])
        for digest in digests:
            content = blobs.read(files, digest)
            if content is not None:
                package.add(f"attachments/{digest}", [content])
        package.add_checker()


def _project(connection: Connection, no: str) -> str:
    key = connection.execute(select(t.project.c.project_key).where(t.project.c.no == no)).scalar()
    if key is None:
        raise NotFound(f"没有编号为 {no} 的项目。")
    return str(key)


def _of(query: Select[Any], column: Any, project_key: str | None) -> Select[Any]:
    return query if project_key is None else query.where(column == project_key)


def _told(project_key: str | None) -> ColumnElement[bool]:
    """The events of a package: all, or those of a project and every change of the key, without which no
    signature can be checked."""
    e = t.event.c
    if project_key is None:
        return true()
    return or_(e.project_key == project_key, and_(e.act == CHANGE_KEY, e.instance_key.is_(None)))


def _lines(connection: Connection, project_key: str | None, column: str) -> Iterator[bytes]:
    query = select(t.event.c[column]).where(_told(project_key))
    for (text,) in connection.execute(query.order_by(t.event.c.seq)):
        yield f"{text or ''}\n".encode()


def _submissions(connection: Connection, project_key: str | None) -> Iterator[tuple[str, str]]:
    query = _of(
        select(t.submission.c.digest, t.submission.c.content),
        t.submission.c.project_key,
        project_key,
    )
    seen = set()
    for row in connection.execute(query.order_by(t.submission.c.digest)):
        if row.digest not in seen:
            seen.add(row.digest)
            yield row.digest, row.content


def _states(connection: Connection, project_key: str | None) -> bytes:
    """SHA-256 of each instance's state as it is stored now: that of its last event, or somebody changed it."""
    query = _of(
        select(t.instance.c.instance_key, t.instance.c.state),
        t.instance.c.project_key,
        project_key,
    )
    found = {r.instance_key: state_digest(bytes(r.state)) for r in connection.execute(query)}
    return json.dumps(found, sort_keys=True).encode()


def _attachments(connection: Connection, project_key: str | None) -> set[str]:
    found: set[str] = set()
    for _, content in _submissions(connection, project_key):
        found.update(_digests(json.loads(content)))
    return found


def _digests(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("digest"), str):
            yield data["digest"]
        for value in data.values():
            yield from _digests(value)
    elif isinstance(data, list):
        for value in data:
            yield from _digests(value)


def _bundles(connection: Connection, project_key: str | None) -> list[str]:
    if project_key is None:
        return sorted(connection.execute(select(t.deployment.c.digest)).scalars())
    found = set()
    for line in _lines(connection, project_key, "body"):
        digest = json.loads(line).get("bundle")
        if digest:
            found.add(digest)
    return sorted(found)


def _proofs(connection: Connection, project_key: str, held_size: int | None) -> bytes:
    last = checkpoints.last(connection)
    query = select(t.event.c.seq).where(_told(project_key))
    numbers = list(connection.execute(query.order_by(t.event.c.seq)).scalars())
    if last is None or numbers[-1] > last[0]:
        raise Refused("这个项目最近的事件还没有检查点，请先签发检查点再导出。")
    size, nodes = last[0], LogTree(connection).nodes(0)
    older = {n for n, _ in checkpoints.notes(connection)[-CONSISTENCY:] if n < size}
    older |= {held_size} if held_size and held_size <= size else set()
    instances = connection.execute(
        select(t.instance.c.instance_key, t.instance.c.seq).where(
            t.instance.c.project_key == project_key
        )
    )
    data = {
        "inclusion": {n: _hex(tree.inclusion_proof(n - 1, size, nodes)) for n in numbers},
        "consistency": {n: _hex(tree.consistency_proof(n, size, nodes)) for n in sorted(older)},
        "instances": {row.instance_key: row.seq for row in instances},
    }
    return json.dumps(data, sort_keys=True).encode()


def _hex(proof: list[bytes]) -> list[str]:
    return [step.hex() for step in proof]
