"""Change a key that signs the record: the event that names the new one is signed by both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.audit.signing import NoteSigner
from service.audit.verify import CHANGE_KEY, ED25519, following
from service.commands._administration import log_administration
from service.model.actor import SYSTEM


def change_key(
    connection: Connection, old: NoteSigner, new: NoteSigner, *, reason: str, now: datetime
) -> int:
    """Write the event, which the engine of `connection` signs; returns its number.

    An Ed25519 key signs events, the old one this one too; everything after it has to be signed by the new one: the
    caller puts it in place before the transaction ends. An SM2 key signs no events, so that the old one signs inside
    it, as the new one does. Raises Refused without a reason, or when a signer does not answer.
    """
    both = following(old.public, new.public)
    told = {"old": old.public.text(), "new": new.public.text(), "proof": new.sign(both).hex()}
    if old.public.kind != ED25519:
        told["old_proof"] = old.sign(both).hex()
    return log_administration(
        connection, SYSTEM, CHANGE_KEY, reason=reason, now=now, body={"key": told}
    )
