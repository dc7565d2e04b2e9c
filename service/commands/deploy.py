"""Deploy a bundle: it must compile; running instances keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from service.commands.register_bundle import register_bundle
from service.definitions import definition_of, sheets_of
from service.engine import compile_bundle
from service.lint.settings import undeclared
from service.lint.tables import table_findings
from service.model.bundle import Bundle
from service.model.errors import BadInput
from service.regulation.settings import moved
from service.store import deployments, history


@dataclass(frozen=True)
class Deployed:
    """Version and digest; `new` is false when the same bundle was the newest already."""

    digest: str
    version: int
    new: bool


def deploy(
    connection: Connection,
    bundle: Bundle,
    *,
    by: str,
    now: datetime,
    act: str = "deploy",
    about: Mapping[str, Any] | None = None,
) -> Deployed:
    """Store a bundle as the newest version. Raises BadInput with all findings, also those on its tables, sheets
    and on settings that it would change past article 28. `act` and `about`: what the log says
    of it."""
    definition = compile_bundle(bundle)
    history.queue_up(connection)  # else two would take the same version number
    if deployments.newest(connection) == bundle.digest:
        version = deployments.version_of(connection, bundle.digest)
        register_bundle(connection, definition, now=now)
        return Deployed(bundle.digest, version, new=False)
    faults = table_findings(definition.decisions, definition.functions)
    found = list(map(str, [*faults, *undeclared(bundle, definition.settings)]))
    newest = deployments.newest(connection)
    if newest is not None:
        found += moved(definition_of(connection, newest).settings, definition.settings)
    if found:
        raise BadInput("；".join(found[:20]))
    sheets_of(definition)
    version = deployments.add(connection, bundle, by, now)
    body = {"actor": by, "bundle": bundle.digest, "version": version, **(about or {})}
    number = history.append(connection, at=now, act=act, body=body)
    register_bundle(connection, definition, now=now, cause=number)
    return Deployed(bundle.digest, version, new=True)
