"""The key with which the service signs events and checkpoints (Ed25519, RFC 8032)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.audit.verify import Checkpoint, Key


@dataclass(frozen=True)
class Signer:
    """A private key of 32 bytes and the name under which its signatures stand."""

    name: str
    secret: bytes

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    @cached_property
    def public(self) -> Key:
        """The key that checks its signatures."""
        return Key(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self._private.sign(message)

    def note(self, checkpoint: Checkpoint) -> str:
        """A checkpoint as a signed note (C2SP signed-note)."""
        text = checkpoint.text()
        line = base64.b64encode(self.public.short + self.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {line}\n"
