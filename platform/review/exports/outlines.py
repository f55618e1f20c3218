"""Outlines as COCO annotations and as ImageJ's ROI set; the stage `edit-labels` has traced them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from core.files import file_open
from review.exports.provenance import provenance, provenance_line
from review.models import MaskVersion
from review.particles import particles_read

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # equal masks give equal files


def outlines_read(version: MaskVersion) -> dict[int, list[list[list[int]]]]:
    """The polygons of each particle, [x, y] along the edges of pixels."""
    if version.outlines is None:
        raise ValueError(f"{version} has no outlines yet")
    with file_open(version.outlines) as stream:
        told = json.load(stream)
    return {int(label): polygons for label, polygons in told["outlines"].items()}


def coco_bytes(versions: Iterable[MaskVersion]) -> bytes:
    """COCO's object detection format; `info` and each image say what made them."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for version in versions:
        item = version.item
        images.append(
            {
                "id": item.pk,
                "file_name": item.name,
                "width": item.width_px,
                "height": item.height_px,
                "provenance": provenance(version),
            }
        )
        areas = _areas(version)
        for label, polygons in sorted(outlines_read(version).items()):
            flat = [[value for point in polygon for value in point] for polygon in polygons]
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": item.pk,
                    "category_id": 1,
                    "iscrowd": 0,
                    "segmentation": flat,
                    "area": areas.get(label, 0),
                    "bbox": _box(polygons),
                    "label": label,
                }
            )
    told = {
        "info": {
            "description": "Particles segmented and reviewed with Semblance",
            "version": "1.0",
        },
        "licenses": [],
        "categories": [{"id": 1, "name": "particle", "supercategory": ""}],
        "images": images,
        "annotations": annotations,
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()


def roi_set_bytes(version: MaskVersion) -> bytes:
    """A ZIP of ROIs, one a polygon, named by the particle; ImageJ's ROI manager opens it."""
    import roifile  # it brings numpy, which no web process needs to start

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, polygon in _named(outlines_read(version)):
            roi = roifile.ImagejRoi.frompoints(polygon, name=name)
            roi.roitype = roifile.ROI_TYPE.POLYGON
            archive.writestr(zipfile.ZipInfo(f"{name}.roi", _NO_DATE), roi.tobytes())
        # ImageJ passes over what is no ROI.
        archive.writestr(zipfile.ZipInfo("provenance.txt", _NO_DATE), provenance_line(version))
    return stream.getvalue()


def _named(
    outlines: dict[int, list[list[list[int]]]],
) -> Iterator[tuple[str, list[list[int]]]]:
    for label, polygons in sorted(outlines.items()):
        for piece, polygon in enumerate(polygons):
            yield f"{label:05d}" + (f"-{piece + 1}" if len(polygons) > 1 else ""), polygon


def _areas(version: MaskVersion) -> dict[int, int]:
    columns = particles_read(version.particles)["columns"]
    return dict(zip(columns["label"], columns["area_px2"], strict=True))


def _box(polygons: list[list[list[int]]]) -> list[int]:
    xs = [point[0] for polygon in polygons for point in polygon]
    ys = [point[1] for polygon in polygons for point in polygon]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
