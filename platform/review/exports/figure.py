"""A micrograph with the outlines of its particles as SVG, to go into a paper."""

from __future__ import annotations

import base64
from xml.sax.saxutils import escape, quoteattr

from core.files import file_open
from review.exports.outlines import outlines_read
from review.exports.provenance import provenance_line
from review.models import MaskVersion, ReviewItem
from review.particles import particles_read

_MOST_BYTES = 30_000_000  # of the micrograph; drawing programs give up on larger ones
COUNTED, LEFT_OUT = "#e69f00", "#56b4e9"


def outlines_svg(version: MaskVersion) -> str:
    """A path a particle, in pixels of the micrograph, which lies below; dashed: not counted.

    Each path is named by its particle, as in the table, the COCO file and the ROI set.
    """
    item = version.item
    width, height = item.width_px, item.height_px
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">',
        f"<title>{escape(item.name)}: outlines of particles</title>",
        f"<desc>{escape(provenance_line(version))}</desc>",
        *_micrograph(item),
        f'<g id="outlines" fill="none" stroke={quoteattr(COUNTED)} stroke-width="1.5" '
        'stroke-linejoin="round">',
        *_paths(version),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _micrograph(item: ReviewItem) -> list[str]:
    # What was kept of some images has outlines drawn in already.
    if item.view_is_overlay or item.view.size_bytes > _MOST_BYTES:
        return []
    with file_open(item.view) as stream:
        content = base64.b64encode(stream.read()).decode()
    return [
        f'<image id="micrograph" width="{item.width_px}" height="{item.height_px}" '
        f'preserveAspectRatio="none" href="data:{item.view.media_type};base64,{content}"/>'
    ]


def _paths(version: MaskVersion) -> list[str]:
    columns = particles_read(version.particles)["columns"]
    why = dict(zip(columns["label"], columns["excluded"], strict=True))
    lines = []
    for label, polygons in sorted(outlines_read(version).items()):
        path = "".join("M" + "L".join(f"{x} {y}" for x, y in polygon) + "Z" for polygon in polygons)
        said = f"{label}, not counted: {why[label]}" if why.get(label) else str(label)
        dashes = f' stroke={quoteattr(LEFT_OUT)} stroke-dasharray="4 3"' if why.get(label) else ""
        lines.append(
            f'<path id="particle-{label}" d="{path}"{dashes}><title>{escape(said)}</title></path>'
        )
    return lines
