"""Reading a COCO instances file: the objects of each image, one small file an image."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import coco, files
from pipeline.contracts import IngestRefusal
from pipeline.ingest.refused import Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_JSON_MB = 1000
MOST_LABELS = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlined:
    """An image that a COCO file names, and the file that holds its objects."""

    file_name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoRead:
    """What one COCO file tells."""

    outlined: tuple[Outlined, ...]
    refused: tuple[IngestRefusal, ...]


def read_coco(path: Path, *, name: str, out: Path, folder: str) -> CocoRead:
    """Split the COCO file `path` by image into ``out / folder``."""
    try:
        images, objects = _parse(path, name)
    except Refused as refusal:
        return CocoRead(outlined=(), refused=(refusal.noted(),))
    outlined, refused = [], []
    for number, (key, file_name) in enumerate(images.items()):
        if objects.get(key):
            target = out / folder / f"{number:05d}.json"
            files.write_json(target, objects[key])
            outlined.append(Outlined(file_name=file_name, path=target.relative_to(out).as_posix()))
    lost = sum(len(found) for key, found in objects.items() if key not in images)
    if lost:
        reason = f"has {lost} objects of images that it does not list; they were left out."
        refused.append(Refused(name, "coco", reason).noted())
    return CocoRead(outlined=tuple(outlined), refused=tuple(refused))


def _parse(path: Path, name: str) -> tuple[dict[int, str], dict[int, list[Any]]]:
    if path.stat().st_size > LONGEST_JSON_MB * 1_000_000:
        raise Refused(name, "coco", f"is over {LONGEST_JSON_MB} MB; split it by image.")
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError, MemoryError):
        raise Refused(name, "coco", "is not JSON that can be read.") from None
    if not isinstance(data, dict) or not isinstance(data.get("images"), list):
        raise Refused(name, "coco", "is JSON, but no COCO instances: it has no list `images`.")
    images: dict[int, str] = {}
    objects: dict[int, list[Any]] = {}
    for image in data["images"]:
        if not isinstance(image, dict) or type(image.get("id")) is not int:
            raise Refused(name, "coco", "lists an image without a whole number as `id`.")
        images[image["id"]] = str(image.get("file_name", ""))
    annotations = data.get("annotations")
    for found in annotations if isinstance(annotations, list) else []:
        if not isinstance(found, dict) or type(found.get("image_id")) is not int:
            raise Refused(name, "coco", "has an object without a whole number as `image_id`.")
        objects.setdefault(found["image_id"], []).append(found.get("segmentation"))
    return images, objects


def labels_of(
    objects: list[Any], *, name: str, height_px: int, width_px: int
) -> tuple[NDArray[np.uint16], int]:
    """Return the label image of COCO objects, shape (H, W), and how many objects were left out.

    Where two objects overlap the smaller lies on top: a small particle in front of a large one
    would be lost below it.
    """
    masks, skipped = [], 0
    for segmentation in objects[:MOST_LABELS]:
        try:
            mask = coco.mask_of(segmentation, height_px=height_px, width_px=width_px)
        except coco.BadOutline:
            skipped += 1
            continue
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows):
            box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
            masks.append((int(mask.sum()), box, mask[box]))
        else:
            skipped += 1
    if not masks:
        raise Refused(name, "truth", "has no object whose outline makes sense in this image.")
    labels = np.zeros((height_px, width_px), np.uint16)
    order = sorted(range(len(masks)), key=lambda i: -masks[i][0])
    for index in order:
        _, box, mask = masks[index]
        labels[box][mask] = index + 1
    return labels, skipped + len(objects[MOST_LABELS:])
