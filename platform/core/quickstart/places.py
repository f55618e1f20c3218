"""Where the quickstart keeps its things below SEMBLANCE_HOME, and which of them a page may show."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

REPORT = "report.html"
# What a report is made of. Weights, checkpoints and specs stay inside.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


def home() -> Path:
    return Path(settings.SEMBLANCE_HOME) / "quickstart"


def record_path() -> Path:
    return home() / "record.json"


def log_path() -> Path:
    return home() / "log.txt"


def fetched() -> Path:
    return Path(settings.SEMBLANCE_HOME) / "datasets" / "emps"


def run_name(label: str, arguments: list[str]) -> str:
    """A folder's name that is the same for the same work: a folder never changes its spec."""
    digest = hashlib.sha256("\0".join(arguments).encode()).hexdigest()[:8]
    word = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:40] or "run"
    return f"{word}-{digest}"


def public_file(run: str, name: str) -> tuple[Path, str] | None:
    """A file of a run with its content type, if it is one that a page may show."""
    root = (home() / run).resolve()
    if root.parent != home().resolve():
        return None
    try:
        path = (root / name).resolve()
    except (OSError, ValueError):  # a name with a zero byte, a loop of links
        return None
    content_type = _TYPES.get(path.suffix.lower())
    if content_type is None or not path.is_relative_to(root) or not path.is_file():
        return None
    return path, content_type
