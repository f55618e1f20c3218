"""The broker from its address; the default is a file and needs no server."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NAME = "SEMBLANCE_BROKER_URL"
_KINDS = ("redis", "rediss", "amqp", "amqps", "memory", "sqla+sqlite")
CONNECT_S = 2


def broker_url(url: str, *, file: Path) -> str:
    if not url:
        return f"sqla+sqlite:///{file}"
    kind = url.partition("://")[0]
    if kind not in _KINDS:
        # The address may hold a password, so it is not repeated.
        raise ImproperlyConfigured(
            f"{NAME} starts with {kind[:20]}; write redis://host:6379/0 or amqp://user:password@host//."
        )
    return url


def broker_options(url: str) -> dict[str, Any]:
    """A page must not wait for a broker that is away."""
    if not url.startswith("redis"):
        return {}
    return {"socket_connect_timeout": CONNECT_S, "socket_timeout": 5 * CONNECT_S}
