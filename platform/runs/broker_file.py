"""Housekeeping of the broker in a file: its transport hides delivered messages, and keeps them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from django.conf import settings

PREFIX = "sqla+sqlite:///"


def forget_delivered() -> None:
    """Delete the messages that were delivered."""
    address = settings.CELERY_BROKER_URL
    if not address.startswith(PREFIX):
        return
    path = Path(address.removeprefix(PREFIX))
    if not path.is_file():
        return
    # Another process may hold it, or it has no tables yet: the next start does it.
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("DELETE FROM kombu_message WHERE visible = 0")
        file.commit()
