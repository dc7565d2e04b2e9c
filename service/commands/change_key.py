"""Change the key that signs the record: the old one signs the event that names the new one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from service.audit.signing import Signer
from service.audit.verify import CHANGE_KEY, following
from service.commands._administration import log_administration
from service.model.actor import SYSTEM


def change_key(
    connection: Connection, old: Signer, new: Signer, *, reason: str, now: datetime
) -> int:
    """Write the event, which the engine of `connection` signs with the old key; returns its number.

    Everything after it has to be signed by the new one: the caller puts it in place before the transaction ends.
    Raises Refused without a reason.
    """
    proof = new.sign(following(old.public, new.public)).hex()
    told = {"old": old.public.text(), "new": new.public.text(), "proof": proof}
    return log_administration(
        connection, SYSTEM, CHANGE_KEY, reason=reason, now=now, body={"key": told}
    )
