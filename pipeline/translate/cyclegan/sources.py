"""The two sides of the training in memory: height maps of scenes, and real micrographs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.filters import threshold_li

from pipeline import layout
from pipeline.errors import InputRefused
from pipeline.layout import Scene
from pipeline.micrographs import list_images, read_micrograph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.contracts import CycleGanTrainSpec
    from pipeline.runner import StageContext

T = TypeVar("T")

# Some 140 images of 1024 x 704, 0.8 GB on each side. The paper saw no gain above 30.
MOST_PX = 100_000_000
SMOOTHING_PX = 1.5
SAME_SCALE = 0.1  # sizes of pixels that differ by less count as equal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One image of either side.

    Attributes
    ----------
    pixels : ndarray of shape (H, W), float32
        Range [0, 1].
    covered : ndarray of shape (H + 1, W + 1), int32
        Integral image of the pixels that show a particle: ``covered[r, c]`` of them lie above row
        r and left of column c.
    """

    pixels: NDArray[np.float32]
    covered: NDArray[np.int32]

    def coverage(self, row: int, column: int, side_px: int) -> float:
        """Return the part of a square that shows particles."""
        bottom, right = row + side_px, column + side_px
        inside = self.covered[bottom, right] - self.covered[row, right]
        inside = inside - self.covered[bottom, column] + self.covered[row, column]
        return float(inside) / side_px**2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sources:
    """Both sides, and the size of a pixel on both where it is known."""

    heights: list[Picture]
    real: list[Picture]
    nm_per_px: float | None


def read_sources(spec: CycleGanTrainSpec, context: StageContext) -> Sources:
    """Read scenes and real images; what cannot be used is refused on the context.

    Real images whose pixel size is stated and differs from the scenes' are brought to the
    scenes' scale, so that artificial particles get texture of the right size.

    Raises
    ------
    InputRefused
        One of the sides has nothing left.
    """
    scenes = {folder.name: Scene(folder=folder) for folder in layout.scene_folders(spec.scenes)}
    scene_nm_per_px = next(iter(scenes.values())).truth().nm_per_px
    scales: set[float | None] = set()

    def scene_picture(scene: Scene) -> Picture:
        height = unit_height(scene)
        return _picture(height, height > 0, spec.crop_px)

    def real_picture(path: Path) -> Picture:
        pixels, nm_per_px = _real_pixels(path, scene_nm_per_px)
        scales.add(nm_per_px)
        return _picture(pixels, _shows_particle(pixels), spec.crop_px)

    order = np.random.default_rng((spec.seed, 3))
    heights = _read_all(scenes, scene_picture, order, context, what="scenes")
    paths = {path.name: path for path in list_images(Path(spec.real))}
    real = _read_all(paths, real_picture, order, context, what="real images")
    if not heights:
        raise InputRefused(spec.scenes, "no scene in it can be used; the lines above say why.")
    if not real:
        raise InputRefused(spec.real, "no image in it can be used; the lines above say why.")
    known = None not in scales
    if not known:
        context.log(
            "Not all real images state their pixel size: pixels are taken as they are, as if they "
            f"had the scenes' {scene_nm_per_px:g} nm."
        )
    return Sources(heights=heights, real=real, nm_per_px=scene_nm_per_px if known else None)


def unit_height(scene: Scene) -> NDArray[np.float32]:
    """Return a scene's height map over its highest point: (H, W), float32, [0, 1], holder at 0.

    Raises
    ------
    InputRefused
        It is missing or damaged.
    """
    height = scene.height_nm()
    if height.ndim != 2 or not np.isfinite(height).all():
        raise InputRefused(scene.folder.name, "its height map is damaged; simulate it again.")
    top = float(height.max())
    unit: NDArray[np.float32] = np.clip(height / top if top > 0 else height, 0.0, 1.0)
    return unit.astype(np.float32, copy=False)


def _read_all(
    items: Mapping[str, T],
    read: Callable[[T], Picture],
    order: np.random.Generator,
    context: StageContext,
    *,
    what: str,
) -> list[Picture]:
    """Read items in random order until there are enough pixels; refuse what cannot be used."""
    found: list[Picture] = []
    taken_px = 0
    for done, name in enumerate(order.permutation(sorted(items)).tolist()):
        if taken_px >= MOST_PX:
            context.warn(f"{done} of {len(items)} {what} are used, as many as memory is meant for.")
            break
        try:
            picture = read(items[name])
        except InputRefused as refusal:
            context.refuse(name, refusal.reason)
            continue
        taken_px += picture.pixels.size
        found.append(picture)
        context.progress(done + 1, len(items), unit="images", phase=f"reading {what}")
    return found


def _real_pixels(path: Path, scene_nm_per_px: float) -> tuple[NDArray[np.float32], float | None]:
    """Return a micrograph above its data bar, in the scenes' scale where its own is known."""
    image = read_micrograph(path)
    pixels = np.ascontiguousarray(image.pixels[: image.bar_row])
    if image.nm_per_px is None:
        return pixels, None
    factor = image.nm_per_px / scene_nm_per_px
    if abs(factor - 1) > SAME_SCALE:  # nearly equal is left alone: resampling blurs the noise
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        resized = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how)
        pixels = np.clip(resized, 0, 1).astype(np.float32)
    return pixels, image.nm_per_px


def _shows_particle(pixels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Guess where a micrograph shows particles: brighter than Li's threshold after smoothing."""
    smooth = gaussian_filter(pixels, SMOOTHING_PX)
    shown: NDArray[np.bool_] = smooth > threshold_li(smooth)  # type: ignore[no-untyped-call]
    return shown


def _picture(pixels: NDArray[np.float32], shows: NDArray[np.bool_], crop_px: int) -> Picture:
    rows, columns = pixels.shape
    if min(rows, columns) < crop_px:
        raise InputRefused(
            "image",
            f"{columns} x {rows} px is smaller than the crops of {crop_px} px; lower crop_px.",
        )
    covered = np.pad(shows, ((1, 0), (1, 0))).cumsum(0, np.int32).cumsum(1, np.int32)
    return Picture(pixels=pixels, covered=covered)
