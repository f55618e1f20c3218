"""Files that lie on the server already: read once into the storage, links never followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from core.files import files_store
from exchange.errors import ExchangeRefused
from exchange.services.imports import Incoming, LeftOut
from exchange.services.names import clean_path


def folder_read(
    *, root: Path, parts: tuple[str, ...] = (), most_files: int | None = None
) -> tuple[list[Incoming], list[LeftOut]]:
    """Store the files below `root`, or only those of its folders and files named in `parts`.

    Raises ExchangeRefused where the folder cannot be read, or holds more than `most_files`.
    """
    try:
        is_folder = root.is_dir()
    except OSError:
        is_folder = False
    if not is_folder or not os.access(root, os.R_OK | os.X_OK):
        raise ExchangeRefused(
            f"{root} is not a folder that the server can read; check the path, and that the "
            "account which runs Semblance may open it."
        )
    plain: list[Path] = []
    left_out: list[LeftOut] = []
    for path in _files(root, parts):
        name = clean_path(path.relative_to(root).as_posix())
        if path.is_symlink():
            left_out.append(LeftOut(name, "link", "is a link; put the file itself there."))
        elif not path.is_file():
            left_out.append(LeftOut(name, "link", "is no plain file."))
        elif not os.access(path, os.R_OK):
            left_out.append(LeftOut(name, "unreadable", "may not be read by the server."))
        elif most_files is not None and len(plain) >= most_files:
            raise ExchangeRefused(
                f"{root} holds more than {most_files:,} files, too many to wait for in a browser. "
                "Nothing was taken. Start it at a shell: manage.py import_folder PATH --dataset "
                "NAME --owner PERSON."
            )
        else:
            plain.append(path)
    try:
        stored = files_store(plain)
    except OSError as error:
        raise ExchangeRefused(
            f"{error.filename or root} cannot be read or stored ({error.strerror}). Nothing was "
            "taken; start it again when that is mended."
        ) from None
    names = (clean_path(path.relative_to(root).as_posix()) for path in plain)
    return [Incoming(name, file) for name, file in zip(names, stored, strict=True)], left_out


def _files(root: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    for start in [root / part for part in parts] if parts else [root]:
        if start.is_file():
            yield start
        for folder, folders, names in os.walk(start):
            folders.sort()
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            for name in sorted([*names, *links]):
                yield Path(folder) / name
