"""A database from its address: `postgres://user:secret@host:5432/name`, else a file of our own."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_POSTGRES = {"postgres", "postgresql"}
NAME = "SEMBLANCE_DATABASE_URL"


def database(url: str, *, file: Path) -> dict[str, Any]:
    """Django's settings of the database at `url`; an empty one is SQLite in `file`."""
    return _postgres(url) if url else _sqlite(file)


def _sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": None,  # the last one that closes would sync the whole log
        "OPTIONS": {
            # Deferred transactions answer "database is locked" when two of them write.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgres(url: str) -> dict[str, Any]:
    # The address may hold a password, so no message repeats it.
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{NAME} is no address ({error}).") from None
    if parts.scheme not in _POSTGRES:
        raise ImproperlyConfigured(
            f"{NAME} starts with {parts.scheme or 'nothing'}://; "
            "write postgres://user:password@host:5432/name."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name or "/" in name:
        raise ImproperlyConfigured(f"{NAME} names no database; it ends in /name.")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    # A socket's folder is written as a host in per-cent signs, or as ?host=/run/postgresql.
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | {"prepare_threshold": _threshold(options.get("prepare_threshold"))},
    }


def _threshold(asked: str | None) -> int | None:
    """psycopg's: `core.composed` has its statements prepared, Django's own cursors never do.

    An old pooler in transaction mode knows no prepared statements: `?prepare_threshold=none`.
    """
    if asked == "none":
        return None
    if asked is not None and not asked.isdecimal():
        raise ImproperlyConfigured(f"{NAME} has a prepare_threshold that is no number, nor none.")
    return int(asked or 5)
