"""What the database keeps of a session."""

from __future__ import annotations

import hashlib


def session_hash(token: str) -> str:
    """SHA-256 of a session's token: who reads the table cannot log in."""
    return hashlib.sha256(token.encode()).hexdigest()
