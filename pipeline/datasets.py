"""Stage `fetch`: real micrographs for those who have none at hand.

EMPS (Yildirim, Cole, J. Chem. Inf. Model. 61, 1136, 2021; MIT licence) is downloaded file by file
and checked by SHA-256 against `emps.json`, from GitHub or from a mirror of the same layout
(``images/ID.png``, ``segmaps/ID.png``).
"""

from __future__ import annotations

import json
import logging
import os
from importlib import resources
from pathlib import Path
from typing import Any

import pooch
import requests

from pipeline.contracts import FetchSpec
from pipeline.errors import StageFailed
from pipeline.runner import StageContext

MIRROR_VARIABLE, DATA_VARIABLE = "SEMBLANCE_MIRROR", "SEMBLANCE_DATA"
_FOLDERS = {"image": "images", "mask": "segmaps"}


def run(spec: FetchSpec, context: StageContext) -> None:
    """Download the data set into ``OUT/images`` and ``OUT/segmaps``."""
    listed = _listed()
    names = list(listed["files"])[: spec.images or None]
    source = (spec.mirror or os.environ.get(MIRROR_VARIABLE) or listed["source"]).rstrip("/")
    logging.getLogger("pooch").setLevel(logging.ERROR)
    context.log(f"EMPS ({listed['licence']} licence), {len(names)} images from {source}")
    for done, name in enumerate(names):
        context.progress(done, len(names), unit="image", phase="download")
        for kind, folder in _FOLDERS.items():
            path = _retrieve(
                f"{source}/{folder}/{name}.png",
                context.out / folder / f"{name}.png",
                sha256=listed["files"][name][kind],
            )
            context.artifact(path, kind)
    context.progress(len(names), len(names), unit="image", phase="download")


def _listed() -> dict[str, Any]:
    text = (resources.files("pipeline") / "emps.json").read_text()
    listed: dict[str, Any] = json.loads(text)
    return listed


def _retrieve(url: str, target: Path, *, sha256: str) -> Path:
    try:
        # pooch writes a temporary file, checks it and renames it; a file that is there is checked.
        pooch.retrieve(
            url,
            known_hash=f"sha256:{sha256}",
            fname=target.name,
            path=target.parent,
            downloader=pooch.HTTPDownloader(timeout=30),
        )
    except requests.RequestException as error:
        raise StageFailed(
            f"{url} cannot be downloaded ({type(error).__name__}). Check the network, or set "
            f"{MIRROR_VARIABLE} to a mirror, or put micrographs into a folder and name it with "
            f"{DATA_VARIABLE}; then start the same command again."
        ) from error
    except ValueError as error:
        raise StageFailed(f"{url} is not the file that was published: {error}") from error
    return target  # not what pooch says, which is absolute where OUT may be relative
