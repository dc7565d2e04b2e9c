"""What the database keeps of a session."""

from __future__ import annotations

import hashlib

HALF = "half"  # the password was right, the second factor is still missing
BY_PROVIDER = "oidc"  # an OpenID provider answers for the person


def session_hash(token: str) -> str:
    """SHA-256 of a session's token: who reads the table cannot log in."""
    return hashlib.sha256(token.encode()).hexdigest()
