"""What goes out of the house: how a person wants to be told, and each letter on its way.

Nothing here is evidence: a notice itself is kept by the log, and read in the product.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.store.tables.base import Id, Key, UtcDateTime, metadata

contact = Table(
    "contact",
    metadata,
    Column("account_key", ForeignKey("account.account_key"), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("since", UtcDateTime, nullable=False),  # earlier notices are not sent
)

delivery = Table(
    "delivery",
    metadata,
    Column("delivery_key", Key, primary_key=True),
    Column("way", String(10), nullable=False),  # mail | hook
    Column("target", String(100), nullable=False),  # the account's key, or the hook's name
    Column("about", Id, nullable=False),  # a notice's key, or the day of a digest
    Column("address", String(254), nullable=False),
    Column("subject", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("status", String(10), nullable=False),  # waiting | sent | given_up
    Column("tries", Integer, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("reason", Text, nullable=False, server_default=""),
    UniqueConstraint("way", "target", "about", name="uq_delivery_about"),
    Index("ix_delivery_waiting", "status", "retry_at"),
    Index("ix_delivery_target", "target", "created_at"),
)
