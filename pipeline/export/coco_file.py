"""Writing COCO instances, one image after the other, so that memory does not grow with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scipy import ndimage

from pipeline import coco
from pipeline.contracts import Manifest, ManifestItem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CATEGORY = {"id": 1, "name": "particle", "supercategory": "particle"}
LabelsOf = Callable[[ManifestItem], "NDArray[np.uint16] | None"]


def write_coco(path: Path, manifest: Manifest, labels_of: LabelsOf) -> int:
    """Write the instances of all images of a version; return how many particles there are."""
    image_id = {item.key: number for number, item in enumerate(manifest.items, start=1)}
    count = 0
    with path.open("w", encoding="utf-8") as out:
        head = {
            "info": {
                "description": f"{manifest.dataset}, version {manifest.version}",
                "version": str(manifest.version),
                "contributor": manifest.source,
                "manifest_sha256": manifest.manifest_sha256,
            },
            "licenses": [{"id": 1, "name": manifest.licence, "url": ""}],
            "categories": [CATEGORY],
        }
        out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "images": [')
        for number, item in enumerate(manifest.items):
            out.write(",\n" if number else "\n")
            out.write(json.dumps(_image(item, image_id[item.key]), ensure_ascii=False))
        out.write('\n], "annotations": [')
        for item in manifest.items:
            labels = labels_of(item)
            for annotation in _annotations(labels) if labels is not None else ():
                out.write(",\n" if count else "\n")
                count += 1
                out.write(json.dumps({"id": count, "image_id": image_id[item.key], **annotation}))
        out.write("\n]}\n")
    return count


def _image(item: ManifestItem, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "file_name": item.file,
        "width": item.width_px,
        "height": item.height_px,
        "license": 1,
        "nm_per_px": item.nm_per_px,
    }


def _annotations(labels: NDArray[np.uint16]) -> Iterator[dict[str, Any]]:
    """Yield the COCO object of each label of an image of shape (H, W)."""
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is None:
            continue
        mask = labels[box] == label
        top, left = box[0].start, box[1].start
        rings, has_holes = coco.rings_of(mask)
        if has_holes:
            segmentation: Any = coco.runs_of(labels == label)
        else:
            segmentation = [
                [value for x, y in ring for value in (x + left, y + top)] for ring in rings
            ]
        yield {
            "category_id": 1,
            "segmentation": segmentation,
            "area": int(mask.sum()),
            "bbox": [left, top, mask.shape[1], mask.shape[0]],
            "iscrowd": 0,
        }
