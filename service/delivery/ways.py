"""The ways that an operator has opened."""

from __future__ import annotations

from dataclasses import dataclass

from service.delivery.hooks import Hook
from service.delivery.mail import MailServer


@dataclass(frozen=True)
class Ways:
    """The mail server (None: no mail), the receivers of hooks, and the address under which people come."""

    mail: MailServer | None
    hooks: tuple[Hook, ...]
    address: str
