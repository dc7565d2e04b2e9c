"""Keys that we generate (`*_key`), in contrast to ids that a diagram names (`*_id`)."""

from __future__ import annotations

import secrets


def new_key(prefix: str) -> str:
    """A unique key: the prefix and 96 random bits in hexadecimal."""
    return prefix + secrets.token_hex(12)
