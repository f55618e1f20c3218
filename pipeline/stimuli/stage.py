"""The stage `stimuli`: chosen images become stimuli that differ in nothing but what they show.

Every image goes the same way, and the stage is not told which are real: decode, grey, cut the data
bar off, cut to one size, write as `pipeline.stimuli.bare_png`. Writes ``stimuli/NAME.png`` for the
image NAME.* and ``report.json`` with the figures of each (`pipeline.stimuli.figures`). Pictures
that say what to answer (`pipeline.stimuli.attention`) get the same size and are written alike.

What people know of data bars stands in ``micrographs.json`` (`pipeline.micrographs.known`).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import files
from pipeline.errors import InputRefused
from pipeline.micrographs import list_images, read_micrograph
from pipeline.runner import require_folder
from pipeline.stimuli.attention import attention_picture, wanted
from pipeline.stimuli.bare_png import bare_png
from pipeline.stimuli.figures import StimulusFigures, figures_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.contracts import StimuliSpec
    from pipeline.runner import StageContext

STIMULI, REPORT = "stimuli", "report.json"
SMALLEST_PX, SMALL_PX = 64, 256  # refused below the first, warned of below the second


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``report.json``."""

    width_px: int
    height_px: int
    bytes: int
    stimuli: tuple[StimulusFigures, ...]
    attention: tuple[str, ...]  # names of the pictures that were drawn


def run(spec: StimuliSpec, context: StageContext) -> None:
    """Make every image of a folder alike.

    Raises
    ------
    InputRefused
        The folder is missing, or holds no image that can be used.
    """
    drawn = [wanted(entry) for entry in spec.attention]
    folder = require_folder(spec.images, what="chosen images")
    sizes = _sizes(list_images(folder), spec, context)
    if not sizes:
        raise InputRefused(spec.images, "holds no image that can be used; choose others.")
    height_px = spec.height_px or min(spec.largest_px, *(size[0] for size in sizes.values()))
    width_px = spec.width_px or min(spec.largest_px, *(size[1] for size in sizes.values()))
    made: list[StimulusFigures] = []
    for done, (path, (high, wide)) in enumerate(sizes.items()):
        context.progress(done, len(sizes), unit="images", phase="cut")
        if high < height_px or wide < width_px:
            context.refuse(
                path.name,
                f"shows {wide} x {high} px without its data bar, and {width_px} x {height_px} px "
                "are asked for; choose a larger image or a smaller size.",
            )
            continue
        pixels, bar_row = _micrograph(path, spec)
        row, column = _corner((high - height_px, wide - width_px), path, spec)
        cut = pixels[row : row + height_px, column : column + width_px]
        target = context.out / STIMULI / f"{path.stem}.png"
        context.artifact(files.write_bytes(target, bare_png(cut)), "stimulus")
        made.append(
            figures_of(
                cut,
                name=path.name,
                whole=pixels,
                bar_row=bar_row,
                corner=(row, column),
            )
        )
    context.progress(len(sizes), len(sizes), unit="images", phase="cut")
    if not made:
        raise InputRefused(spec.images, "holds no image of the size asked for; ask for a smaller.")
    for name, text in drawn:
        picture = attention_picture(
            text, name=name, height_px=height_px, width_px=width_px, seed=spec.seed
        )
        target = context.out / STIMULI / f"{name}.png"
        context.artifact(files.write_bytes(target, bare_png(picture)), "stimulus")
    if min(width_px, height_px) < SMALL_PX:
        context.warn(
            f"All images are cut to {width_px} x {height_px} px, because the smallest has no more; "
            "leave it out, and the others can be shown larger."
        )
    size_bytes = (context.out / STIMULI / f"{Path(made[0].name).stem}.png").stat().st_size
    report = Report(
        width_px=width_px,
        height_px=height_px,
        bytes=size_bytes,
        stimuli=tuple(made),
        attention=tuple(name for name, _ in drawn),
    )
    context.artifact(files.write_json(context.out / REPORT, report), "report")
    context.metrics |= {
        "images": float(len(made)),
        "width_px": float(width_px),
        "height_px": float(height_px),
    }


def _sizes(
    paths: list[Path], spec: StimuliSpec, context: StageContext
) -> dict[Path, tuple[int, int]]:
    """Return (height, width) of each image without its bar; what cannot be used is refused."""
    sizes = {}
    for done, path in enumerate(paths):
        context.progress(done, len(paths), unit="images", phase="look")
        try:
            pixels, _ = _micrograph(path, spec)
        except InputRefused as refused:
            context.refuse(refused.name, refused.reason)
            continue
        height_px, width_px = pixels.shape
        if min(height_px, width_px) < SMALLEST_PX:
            context.refuse(
                path.name,
                f"shows {width_px} x {height_px} px without its data bar; each side needs "
                f"{SMALLEST_PX} px.",
            )
        else:
            sizes[path] = (height_px, width_px)
    context.progress(len(paths), len(paths), unit="images", phase="look")
    return sizes


def _micrograph(path: Path, spec: StimuliSpec) -> tuple[NDArray[np.uint8], int | None]:
    """Return the image as (H, W) uint8 without its data bar, and the row at which that began."""
    read = read_micrograph(path)
    bar_row = read.bar_row if spec.data_bar else None
    return np.rint(read.pixels[:bar_row] * 255).astype(np.uint8), bar_row


def _corner(room: tuple[int, int], path: Path, spec: StimuliSpec) -> tuple[int, int]:
    """Return the first row and column of the crop."""
    if spec.crop == "centre":
        return room[0] // 2, room[1] // 2
    # A seed of its own for each image: the choice of the others cannot move its crop.
    rng = np.random.default_rng([spec.seed, zlib.crc32(path.name.encode())])
    return int(rng.integers(room[0] + 1)), int(rng.integers(room[1] + 1))
