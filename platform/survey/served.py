"""Bytes of the images of open studies, kept in memory: raters of a study all fetch the same few."""

from __future__ import annotations

import threading
from collections import OrderedDict

from core.files import file_open
from core.models import StoredFile

MOST_BYTES = 64 << 20  # of a process

_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()


def served_bytes(sha256: str) -> bytes:
    """The content of a file; whoever asks has checked that it may be seen."""
    with _lock:
        if (found := _kept.get(sha256)) is not None:
            _kept.move_to_end(sha256)
            return found
    with file_open(StoredFile(sha256=sha256)) as stream:
        content = stream.read()
    with _lock:
        _kept[sha256] = content
        while sum(map(len, _kept.values())) > MOST_BYTES:
            _kept.popitem(last=False)
    return content
