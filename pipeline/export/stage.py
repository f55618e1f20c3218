"""Stage `export`: one ZIP of a frozen version, with its data card, manifest and table.

The same version gives the same bytes: entries are in order and carry no dates.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import tifffile

from pipeline import codec, files
from pipeline.contracts import ExportSpec, Manifest, ManifestItem
from pipeline.errors import InputRefused
from pipeline.export.coco_file import write_coco
from pipeline.micrographs import decoding
from pipeline.runner import StageContext, require_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

CARD, MANIFEST, TABLE = "README.md", "manifest.json", "metadata.csv"
ZIP, ANNOTATIONS = "dataset.zip", "annotations/instances.json"
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o644 << 16


def run(spec: ExportSpec, context: StageContext) -> None:
    """Pack the version into ``OUT/dataset.zip``."""
    card = require_folder(spec.card, what="data card")
    manifest = _manifest(card / MANIFEST)
    images = _by_key(spec.images, what="images")
    truth = _by_key(spec.truth, what="label images") if spec.truth else {}
    part = context.out / (ZIP + files.PART)
    try:
        with zipfile.ZipFile(part, "w") as packed:
            for name in (CARD, MANIFEST, TABLE):
                _add(packed, name, card / name, pack=True)
            if spec.with_images or spec.layout == "originals":
                _add_images(packed, manifest, images, context)
            _add_truth(packed, spec, manifest, truth, context)
        part.replace(context.out / ZIP)
    finally:
        part.unlink(missing_ok=True)
    context.metrics["images"] = float(len(manifest.items))
    context.artifact(context.out / ZIP, "export")


def _manifest(path: Path) -> Manifest:
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(str(path), f"cannot be read ({error}).") from None
    manifest = codec.from_jsonable(Manifest, codec.parse_json(text, source=MANIFEST))
    names = {item.file.lower() for item in manifest.items}
    if len(names) != len(manifest.items):
        raise InputRefused(MANIFEST, "gives two images the same file name.")
    for item in manifest.items:
        if PurePosixPath(item.file).name != item.file or item.file.startswith("."):
            raise InputRefused(MANIFEST, f"names a file that is no plain name: {item.file!r}.")
    return manifest


def _by_key(folder: str, *, what: str) -> dict[str, Path]:
    found = require_folder(folder, what=what)
    return {path.name.partition("-")[0]: path for path in sorted(found.iterdir())}


def _add_images(
    packed: zipfile.ZipFile, manifest: Manifest, images: dict[str, Path], context: StageContext
) -> None:
    total = len(manifest.items)
    for done, item in enumerate(manifest.items):
        context.progress(done, total, unit="image", phase="pack")
        if item.key not in images:
            raise InputRefused(item.name, "is not among the images; export the version again.")
        _add(packed, f"images/{item.file}", images[item.key], pack=False)
    context.progress(total, total, unit="image", phase="pack")


def _add_truth(
    packed: zipfile.ZipFile,
    spec: ExportSpec,
    manifest: Manifest,
    truth: dict[str, Path],
    context: StageContext,
) -> None:
    known = [item for item in manifest.items if item.key in truth]
    stems = _label_names(manifest)
    if spec.layout == "coco":
        path = context.out / "instances.json.part"
        try:
            particles = write_coco(
                path,
                manifest,
                lambda item: _labels(truth[item.key], item) if item.key in truth else None,
            )
            _add(packed, ANNOTATIONS, path, pack=True)
        finally:
            path.unlink(missing_ok=True)
        context.metrics["particles"] = float(particles)
    elif spec.layout == "labels":
        for item in known:
            stream = io.BytesIO()
            labels = _labels(truth[item.key], item)
            tifffile.imwrite(stream, labels, compression="zlib", predictor=True, metadata=None)
            _write(packed, f"labels/{stems[item.key]}.tif", stream.getvalue())
    else:
        for item in known:
            _add(packed, f"truth/{stems[item.key]}.png", truth[item.key], pack=False)
    context.metrics["with_truth"] = float(len(known))
    if not known and spec.layout != "originals":
        context.warn("No image of this version has labels; the export holds none.")


def _label_names(manifest: Manifest) -> dict[str, str]:
    """Return the stem of each image, or its whole name where two images share a stem."""
    stems = {item.key: PurePosixPath(item.file).stem for item in manifest.items}
    count = Counter(stems.values())
    return {
        item.key: stems[item.key] if count[stems[item.key]] == 1 else item.file
        for item in manifest.items
    }


def _labels(path: Path, item: ManifestItem) -> NDArray[np.uint16]:
    labels = decoding.decode(path).array
    if labels.shape != (item.height_px, item.width_px) or labels.dtype.kind not in "ui":
        raise InputRefused(item.name, "has labels that do not fit it; correct them first.")
    return labels.astype(np.uint16)


def _add(packed: zipfile.ZipFile, name: str, path: Path, *, pack: bool) -> None:
    """Add a file piece by piece; images are packed already."""
    with (
        path.open("rb") as source,
        packed.open(_entry(name, pack=pack), "w", force_zip64=True) as out,
    ):
        shutil.copyfileobj(source, out, 1 << 20)


def _write(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    packed.writestr(_entry(name, pack=False), content)


def _entry(name: str, *, pack: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    entry.external_attr = _PLAIN_FILE
    return entry
