"""What a worker process knows of itself."""

from __future__ import annotations

import threading

stopping = threading.Event()  # set when this worker is asked to shut down


def name_of(hostname: str | None) -> str:
    return (hostname or "worker")[:120]
