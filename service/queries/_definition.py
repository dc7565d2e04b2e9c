"""The compiled definition of a digest, for reading."""

from __future__ import annotations

from sqlalchemy import Connection

from service.engine import Definition, compile_bundle
from service.store import deployments

_known: dict[str, Definition] = {}


def definition_of(connection: Connection, digest: str) -> Definition:
    """The definition of a digest, compiled once."""
    if digest not in _known:
        if len(_known) >= 8:
            _known.pop(next(iter(_known)))
        _known[digest] = compile_bundle(deployments.read_back(connection, digest))
    return _known[digest]


def newest_definition(connection: Connection) -> Definition | None:
    """The newest deployment's definition, if there is one."""
    digest = deployments.newest(connection)
    return None if digest is None else definition_of(connection, digest)
