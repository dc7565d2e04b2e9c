"""The evidence of a project, of a period or of the whole log, as a package that verifies without the service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, func, select

from service.audit.package import EVIDENCE, PackageWriter
from service.audit.verify import Key
from service.engine import state_digest
from service.queries.evidence_extent import Extent, Period, extent_of
from service.queries.evidence_proofs import CONSISTENCY, proofs
from service.queries.signing_keys import first_key
from service.store import blobs, checkpoints, deployments
from service.store import tables as t

AT_ONCE = 500  # digests in one question to the database


def write_evidence(
    connection: Connection,
    stream: IO[bytes],
    *,
    keys: Sequence[Key],
    files: Path,
    project_no: str | None = None,
    period: Period | None = None,
    held_size: int | None = None,
) -> None:
    """Write the package of a project or of a period, up to the newest checkpoint; or of the whole log, and beyond.

    `keys` check the notes, that of events first. `files` is the folder of attachments. `held_size`: an extract
    also proves that the auditor's own checkpoint of that size is its beginning. Raises NotFound, BadInput; Refused
    when an extract is asked for and its last event has no checkpoint yet, or nothing happened in the period.
    """
    extent = extent_of(connection, project_no, period)
    manifest = {
        "format": EVIDENCE, "scope": extent.scope, "origin": keys[0].name, "project": project_no, **extent.told(),
    }  # fmt: skip
    filled = _Filled(connection, extent)
    digests = sorted(filled.attachments())
    with PackageWriter(stream, {**manifest, "attachments": digests}) as package:
        told = (f"{first_key(connection, key).text()}\n".encode() for key in keys)
        package.add("key.txt", told)
        for size, note in _notes(connection, extent):
            package.add(f"checkpoints/{size:012d}.txt", [note.encode()])
            stamp = checkpoints.stamp(connection, size)
            if stamp:
                package.add(f"checkpoints/{size:012d}.tsr", [stamp])
        package.add("events.jsonl", _lines(connection, extent, "body"))
        package.add("signatures.txt", _lines(connection, extent, "signature"))
        if extent.scope != "all":
            package.add("proofs.json", [proofs(connection, extent, held_size)])
        for digest, content in filled.rows():
            package.add(f"submissions/{digest}.json", [content.encode()])
        package.add("states.json", [_states(connection, extent)])
        for digest in filled.bundles:
            bundle = deployments.read_back(connection, digest)
            for path in sorted(bundle.files):
                package.add(f"bundles/{digest}/{path}", [bundle.files[path]])
        for digest in digests:
            found = blobs.read(files, digest)
            if found is not None:
                package.add(f"attachments/{digest}", [found])
        package.add_checker()


def _notes(connection: Connection, extent: Extent) -> list[tuple[int, str]]:
    """The checkpoints that go with it."""
    notes = checkpoints.notes(connection)
    if extent.period:
        return [n for n in notes if extent.first <= n[0] <= extent.last or n == notes[-1]]
    return notes[-CONSISTENCY:] if extent.project_key else notes


def _lines(connection: Connection, extent: Extent, column: str) -> Iterator[bytes]:
    query = select(t.event.c[column]).where(extent.events).order_by(t.event.c.seq)
    for (text,) in connection.execute(query):
        yield f"{text or ''}\n".encode()


class _Filled:
    """What the events name by digest: submissions, and in them attachments; bundles."""

    def __init__(self, connection: Connection, extent: Extent) -> None:
        self.connection = connection
        self.wanted: list[str] | None = None  # all
        if extent.scope == "all":
            self.bundles = sorted(connection.execute(select(t.deployment.c.digest)).scalars())
            return
        named: dict[str, set[str]] = {"bundle": set(), "submission": set()}
        for line in _lines(connection, extent, "body"):
            event = json.loads(line)
            for name, found in named.items():
                if event.get(name):
                    found.add(event[name])
        self.bundles, self.wanted = sorted(named["bundle"]), sorted(named["submission"])

    def rows(self) -> Iterator[tuple[str, str]]:
        """(digest, content) of each submission, once, in order."""
        s = t.submission.c
        query = select(s.digest, func.max(s.content)).group_by(s.digest).order_by(s.digest)
        for part in self._parts():
            asked = query if part is None else query.where(s.digest.in_(part))
            for row in self.connection.execute(asked):
                yield row[0], row[1]

    def _parts(self) -> Iterator[list[str] | None]:
        if self.wanted is None:
            yield None
            return
        for start in range(0, len(self.wanted), AT_ONCE):
            yield self.wanted[start : start + AT_ONCE]

    def attachments(self) -> set[str]:
        """Digests of the files that were attached."""
        return {digest for _, content in self.rows() for digest in _digests(json.loads(content))}


def _states(connection: Connection, extent: Extent) -> bytes:
    """SHA-256 of each instance's state as it is stored now: that of its last event, or somebody changed it.

    Of a period: of the instances that nothing has moved since.
    """
    i, e = t.instance.c, t.event.c
    query = select(i.instance_key, i.state)
    if extent.project_key:
        query = query.where(i.project_key == extent.project_key)
    elif extent.period:
        last = (
            select(e.instance_key, func.max(e.instance_seq).label("number"))
            .where(extent.events, e.instance_seq.is_not(None))
            .group_by(e.instance_key)
            .subquery()
        )
        query = query.join(last, last.c.instance_key == i.instance_key)
        query = query.where(last.c.number == i.seq)
    found = {r.instance_key: state_digest(bytes(r.state)) for r in connection.execute(query)}
    return json.dumps(found, sort_keys=True).encode()


def _digests(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("digest"), str):
            yield data["digest"]
        for value in data.values():
            yield from _digests(value)
    elif isinstance(data, list):
        for value in data:
            yield from _digests(value)
