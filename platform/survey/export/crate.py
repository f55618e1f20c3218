"""What is in a bundle, as RO-Crate: every file with its kind, size and hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath

from survey.models import Study

NAME = "ro-crate-metadata.json"
_KINDS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


def crate_file(*, study: Study, files: Mapping[str, bytes], says: Mapping[str, str]) -> bytes:
    """The crate's metadata over `files`; `says` describes some of them."""
    from rocrate.rocrate import ROCrate  # loaded where a bundle is made

    crate = ROCrate(gen_preview=False)
    crate.name = study.name
    crate.description = "A blinded survey: are these micrographs real or artificial?"
    if study.closed_at:
        crate.datePublished = study.closed_at
    for path, content in sorted(files.items()):
        told = {
            "name": says.get(path, PurePosixPath(path).name),
            "encodingFormat": _KINDS.get(PurePosixPath(path).suffix, "application/octet-stream"),
            "contentSize": str(len(content)),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        crate.add_file(dest_path=path, properties=told)
    return (json.dumps(crate.metadata.generate(), indent=2, default=str) + "\n").encode()
