"""Lines of a log without what a link lets in by, and without network addresses."""

from __future__ import annotations

import logging
import re

# Parts of addresses that let somebody in; whoever reads a log must not be able to use them.
_KEYS = re.compile(r"(/(?:survey/(?:join|resume|dry-run)|accounts/invitation)/)[^/\s'\"?>]+")
_NETWORK = re.compile(r"\bip=\S+?(?=[:,]?(?:\s|$))")  # as gunicorn writes it


def discreet(text: str) -> str:
    return _NETWORK.sub("ip=(left out)", _KEYS.sub(r"\1(left out)", text))


class DiscreetFormatter(logging.Formatter):
    """Over the whole line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))
