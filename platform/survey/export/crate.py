"""What is in a bundle, as RO-Crate: every file with its kind, size and hash.

The dataset itself has what DataCite asks for (schema 4.6: creator, title, publisher, year, type;
subjects, dates, language, description), in the words of schema.org as RO-Crate wants them. The DOI
and the publisher come with the deposit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from survey.models import Study

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

NAME = "ro-crate-metadata.json"
UNKNOWN = ":unav"  # DataCite's word for what is not known yet
SUBJECTS = ("electron microscopy", "artificial images", "visual Turing test", "reader study")
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
    _described(crate, study)
    for path, content in sorted(files.items()):
        told = {
            "name": says.get(path, PurePosixPath(path).name),
            "encodingFormat": _KINDS.get(PurePosixPath(path).suffix, "application/octet-stream"),
            "contentSize": str(len(content)),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        crate.add_file(dest_path=path, properties=told)
    return (json.dumps(crate.metadata.generate(), indent=2, default=str) + "\n").encode()


def _described(crate: ROCrate, study: Study) -> None:
    """Say of the dataset what DataCite asks for."""
    from rocrate.model import ContextEntity, Person

    crate.name = study.name
    crate.description = (
        "A blinded survey: are these micrographs real or artificial? Answers of raters under "
        "pseudonyms, the protocol that was fixed beforehand, and the analysis."
    )
    if study.closed_at:
        crate.datePublished = study.closed_at
    name = study.owner.get_full_name() or study.owner.get_username()
    crate.creator = crate.add(Person(crate, "#creator", properties={"name": name}))
    publisher = {
        "@type": "Organization",
        "name": UNKNOWN,
        "description": "Not known yet: the archive in which the data are deposited.",
    }
    crate.publisher = crate.add(ContextEntity(crate, "#publisher", properties=publisher))
    more: dict[str, Any] = {
        "additionalType": "Survey",
        "inLanguage": "en",
        "keywords": ", ".join(SUBJECTS),
        "dateCreated": study.created_at.date().isoformat(),
    }
    if study.opened_at and study.closed_at:
        collected = (study.opened_at.date().isoformat(), study.closed_at.date().isoformat())
        more["temporalCoverage"] = "/".join(collected)  # DataCite's date "Collected"
    for name, value in more.items():
        crate.root_dataset[name] = value
