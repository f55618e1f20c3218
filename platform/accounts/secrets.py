"""Passwords and links that people read, copy and type once."""

import hashlib
import secrets

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


def one_time_password() -> str:
    """Make a password of 79 bits in four groups, e.g. k7mq-x2vd-9hpt-3wra."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def link_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Give what is kept of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
