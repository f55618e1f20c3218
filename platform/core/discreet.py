"""Lines of a log without what a link lets in by, and without network addresses."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

# Parts of addresses that let somebody in; whoever reads a log must not be able to use them.
_DOORS = "survey/join|survey/resume|survey/simulated|survey/dry-run|accounts/invitation"
_KEYS = re.compile(rf"(/(?:{_DOORS})/)[^/\s'\"?>]+")
_NETWORK = re.compile(r"\bip=\S+?(?=[:,]?(?:\s|$))")  # as gunicorn writes it


def discreet(text: str) -> str:
    return _NETWORK.sub("ip=(left out)", _KEYS.sub(r"\1(left out)", text))


def stand_in_address(request: HttpRequest) -> str:
    """Stand in for a browser's address where sign-ins that failed are counted.

    The same all day, another one tomorrow, and without the installation's key nothing to be
    guessed from; written as a private IPv6 address, as the column takes nothing else.
    """
    told = f"{datetime.now(UTC).date()} {_address(request)}"
    made = hmac.digest(f"address {settings.SECRET_KEY}".encode(), told.encode(), hashlib.sha256)
    return str(ipaddress.IPv6Address(b"\xfd" + made[:15]))


def _address(request: HttpRequest) -> str:
    """The address of the browser, as far as somebody says it whom we trust."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.SEMBLANCE_TRUSTED_PROXIES
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not proxies or len(told) < proxies:
        return peer
    return _without_port(told[-proxies].strip()) or peer


def _without_port(text: str) -> str:
    """Some proxies add the port, which is another one for each connection; empty if no address."""
    for one in (text, text.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(one.removeprefix("[").removesuffix("]")))
        except ValueError:
            continue
    return ""


class DiscreetFormatter(logging.Formatter):
    """Over the whole line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))
