"""Passwords and links that people read, copy and type once."""

import hashlib
import secrets

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


def one_time_password(secret: str = "") -> str:
    """Make a password of 79 bits in four groups, e.g. k7mq-x2vd-9hpt-3wra.

    The same `secret` (of a form that was sent twice) makes the same one.
    """
    rest = int(digest(secret or link_token()), 16)  # 256 bits: letters come alike often
    letters = ""
    for _ in range(16):
        rest, place = divmod(rest, len(_LETTERS))
        letters += _LETTERS[place]
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def link_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Give what is kept of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
