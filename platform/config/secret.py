"""The secret key of an installation: made once, kept in a file that only its owner reads."""

import os
import secrets
import tempfile
from pathlib import Path


def secret_key(path: Path) -> str:
    """Read the key in `path`; make it first where there is none yet."""
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret_key")  # mode 0600
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        # A hard link appears whole and never replaces: two first starts at once read one key.
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
