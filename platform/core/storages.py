"""A folder as a storage in which a name is a whole file or nothing."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

PARTS = "parts"
_GIVEN_UP_S = 86_400


class WholeFiles(FileSystemStorage):
    """Django's own writes under the name itself: a disk that fills leaves half a file there.

    Half a file under the name of a hash would be taken for the whole one ever after. So a file is
    written among the `parts` and gets its name when it is whole.
    """

    def _save(self, name: str, content: Any) -> str:
        part = Path(self.path(f"{PARTS}/{uuid.uuid4().hex}"))
        try:
            super()._save(f"{PARTS}/{part.name}", content)  # type: ignore[misc]  # untyped
            whole = Path(self.path(name))
            whole.parent.mkdir(parents=True, exist_ok=True)
            part.replace(whole)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return name

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        """Whoever writes the same name at the same time writes the same content."""
        return max_length is None or len(name) <= max_length

    def parts_sweep(self) -> None:
        """Delete what a process that was killed left over."""
        before = time.time() - _GIVEN_UP_S
        folder = Path(self.path(PARTS))
        for part in folder.iterdir() if folder.is_dir() else ():
            try:
                if part.stat().st_mtime < before:
                    part.unlink()
            except FileNotFoundError:
                continue  # another worker sweeps too
