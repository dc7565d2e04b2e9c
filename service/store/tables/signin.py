"""What binds an account to more than its password."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, UniqueConstraint

from service.store.tables.base import UtcDateTime, metadata

# A secret that an authenticator shares (RFC 6238), encrypted under a key that the database does not hold.
second_factor = Table(
    "second_factor",
    metadata,
    Column("account_key", ForeignKey("account.account_key"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("confirmed_at", UtcDateTime),  # none: begun, not in force
    Column("last_step", BigInteger, nullable=False),  # a code is good once
)

# Who an OpenID provider says that somebody is, and whose account that is.
identity = Table(
    "identity",
    metadata,
    Column("issuer", String(300), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account_key", ForeignKey("account.account_key"), nullable=False),
    Column("bound_at", UtcDateTime, nullable=False),
    UniqueConstraint("issuer", "account_key", name="uq_identity_account"),
)
