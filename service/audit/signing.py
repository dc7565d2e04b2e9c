"""The keys with which the service signs: Ed25519 (RFC 8032) for all, another algorithm beside it for checkpoints."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.audit.verify import Checkpoint, Key


class NoteSigner(Protocol):
    """What can sign a note: a program, a card, a server."""

    @property
    def public(self) -> Key:
        """The key that checks its signatures."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message. Raises Refused when it cannot be had now."""


@dataclass(frozen=True)
class Signer:
    """A private key of 32 bytes and the name under which its signatures stand; `beside`: who signs notes too."""

    name: str
    secret: bytes
    beside: tuple[NoteSigner, ...] = ()

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    @cached_property
    def public(self) -> Key:
        """The key that checks its signatures."""
        return Key(self.name, self._private.public_key().public_bytes_raw())

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys that check its notes, its own first."""
        return (self.public, *(signer.public for signer in self.beside))

    def renewed(self) -> Signer:
        """The same name with another secret."""
        return replace(self, secret=secrets.token_bytes(32))

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self._private.sign(message)

    def note(self, checkpoint: Checkpoint) -> str:
        """A checkpoint as a signed note (C2SP signed-note), with a line for each key."""
        text = checkpoint.text()
        lines = ""
        for signer in (self, *self.beside):
            raw = signer.public.short + signer.sign(text.encode())
            lines += f"— {signer.public.name} {base64.b64encode(raw).decode()}\n"
        return f"{text}\n{lines}"
