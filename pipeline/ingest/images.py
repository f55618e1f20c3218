"""One image taken in: web view, thumbnail, hashes, pixel size, data bar, labels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline import files
from pipeline.contracts import IngestedImage, IngestRefusal, IngestSpec
from pipeline.errors import InputRefused
from pipeline.ingest import metadata
from pipeline.ingest.coco_files import MOST_LABELS, labels_of
from pipeline.ingest.plan import Task
from pipeline.ingest.records import Record, place
from pipeline.ingest.refused import Refused, shown
from pipeline.looks import phash
from pipeline.micrographs import Micrograph, read_micrograph
from pipeline.micrographs.known import Known

if TYPE_CHECKING:
    from numpy.typing import NDArray

THUMBNAIL_PX, THUMBNAIL_QUALITY = 320, 85


def take(task: Task, spec: IngestSpec, out: Path) -> Record:
    """Take one image in, or say why not; its truth may be refused by itself."""
    path = place(task.image, spec, out)
    try:
        micrograph = read_micrograph(path, known=Known())
    except InputRefused as error:
        return _left_out(task, error.reason)
    grey = np.rint(micrograph.pixels * 255).astype(np.uint8)  # (H, W), [0, 1] -> 0..255
    name = f"{task.number:05d}"
    view = files.write_png(out / "views" / f"{name}.png", grey)
    thumbnail = files.write_bytes(out / "thumbs" / f"{name}.jpg", _thumbnail(grey))
    looks = phash(grey[: micrograph.bar_row])
    image = _described(task, micrograph, path=path, looks=looks)
    image = replace(
        image,
        view=view.relative_to(out).as_posix(),
        thumbnail=thumbnail.relative_to(out).as_posix(),
    )
    try:
        return _with_truth(image, task, spec, out)
    except InputRefused as error:
        refusal = Refused(_truth_name(task), "truth", f"{error.reason} Its image was taken.")
        return Record(image=image, refused=(refusal.noted(),))


def _left_out(task: Task, reason: str) -> Record:
    refusal = Refused(task.image.name, "unreadable", reason)
    return Record(image=None, refused=(refusal.noted(),))


def _described(task: Task, micrograph: Micrograph, *, path: Path, looks: str) -> IngestedImage:
    height_px, width_px = micrograph.pixels.shape
    nm_per_px, source = micrograph.nm_per_px, micrograph.nm_per_px_source
    stated = metadata.nm_per_px_of(task.row)
    if stated is not None:  # a person wrote it down, perhaps because the tag is wrong
        nm_per_px, source = stated, f"table {task.table}"
    return IngestedImage(
        number=task.number,
        name=shown(task.image.name),
        uploaded=task.image.uploaded,
        original=task.image.original,
        sha256=files.sha256_of(path),
        width_px=width_px,
        height_px=height_px,
        view="",
        thumbnail="",
        phash=looks,
        nm_per_px=nm_per_px,
        nm_per_px_source=source,
        bar_row=micrograph.bar_row,
        notes=micrograph.notes,
        truth="",
        particles=None,
        tags=metadata.tags_of(task.row),
        **metadata.texts_of(task.row),
    )


def _thumbnail(grey: NDArray[np.uint8]) -> bytes:
    height_px, width_px = grey.shape
    scale = min(1.0, THUMBNAIL_PX / max(height_px, width_px))
    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY])
    return encoded.tobytes()


# --- truth ------------------------------------------------------------------------------------


def _truth_name(task: Task) -> str:
    return task.truth.name if task.truth else f"{task.outlines_name}, {task.image.pure.name}"


def _with_truth(image: IngestedImage, task: Task, spec: IngestSpec, out: Path) -> Record:
    size = {"height_px": image.height_px, "width_px": image.width_px}
    refused: tuple[IngestRefusal, ...] = ()
    if task.truth is not None:
        from pipeline.measure import read_labels  # most of a second, for pandas

        labels = _fitting(
            read_labels(place(task.truth, spec, out), connectivity=spec.connectivity), **size
        )
    elif task.outlines:
        objects: list[Any] = json.loads((out / task.outlines).read_text())
        name = _truth_name(task)
        labels, skipped = labels_of(objects, name=name, **size)
        if skipped:
            reason = f"{skipped} of its {len(objects)} objects have no outline that makes sense."
            refused = (Refused(name, "truth", reason).noted(),)
    else:
        return Record(image=image, refused=())
    path = files.write_png(out / "truth" / f"{task.number:05d}.png", labels)
    counts = np.bincount(labels.ravel())
    named = path.relative_to(out).as_posix()
    found = replace(image, truth=named, particles=int(np.count_nonzero(counts[1:])))
    return Record(image=found, refused=refused)


def _fitting(labels: NDArray[np.int32], *, height_px: int, width_px: int) -> NDArray[np.uint16]:
    """Return labels as uint16, ids kept where they fit, or refuse them."""
    if labels.shape != (height_px, width_px):
        raise InputRefused(
            "labels",
            f"is {labels.shape[1]} x {labels.shape[0]} px, its image {width_px} x {height_px} px; "
            "export it at the image's size.",
        )
    if labels.max() <= MOST_LABELS:
        return labels.astype(np.uint16)
    known, places = np.unique(labels, return_inverse=True)
    if len(known) > MOST_LABELS:
        raise InputRefused("labels", f"holds {len(known):,} labels; {MOST_LABELS:,} can be kept.")
    renumbered = places.reshape(labels.shape) + (0 if known[0] == 0 else 1)
    return renumbered.astype(np.uint16)
