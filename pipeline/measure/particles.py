"""The table of particles: one row each, lengths in px and nm, and why a particle does not count."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline import units
from pipeline.measure import calipers
from pipeline.measure.outlines import FREE, outlines_of
from pipeline.measure.pixel_sums import Particles, moments_of, particles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOUCHES_BORDER = "touches border"
LENGTHS = ("equivalent_diameter", "minimum_feret", "maximum_feret", "perimeter")


def too_small(min_side_px: int) -> str:
    """Return the reason for leaving out particles with a shorter side under `min_side_px`."""
    return f"shorter side under {min_side_px} px"


def measure_labels(
    labels: NDArray[Any],
    *,
    nm_per_px: float | None,
    exclude_border: bool,
    min_side_px: int,
    valid_rows: int | None = None,
) -> pd.DataFrame:
    """Measure the particles of a label image.

    Masks drawn by the pixel-centre rule measure within 1 % at any sub-pixel place: discs and
    ellipses from 36 px (width), at 98 of 100 places from 20 px; squares turned against the pixel
    grid from 40 px; along the grid exactly where the side is a whole number of px, else from
    100 px, since one mask fits all sides from 99 to 101 px. Outlines of other kinds have a
    minimum Feret diameter within 1.2 px and a maximum one within 0.9 px, 2.4 px at right angles.

    Parameters
    ----------
    labels : ndarray of shape (H, W), integer
        Instance ids, 0 on the ground.
    nm_per_px : float or None
        Pixel size; None leaves the columns in nm empty (NaN).
    exclude_border : bool
        Exclude particles that touch the border, as the paper does.
    min_side_px : int
        Exclude particles whose bounding box has a shorter side under it; the paper: 10.
    valid_rows : int, optional
        Rows of micrograph above the data bar. What lies below is not measured, and the last of
        these rows is a border.

    Returns
    -------
    pandas.DataFrame
        One row a particle, ascending by label: `label`, `centroid_row_px`, `centroid_column_px`
        (pixel centres are whole numbers), `area_px2`, `equivalent_diameter_px`,
        `minimum_feret_px`, `maximum_feret_px`, `perimeter_px`, `aspect_ratio` (maximum over
        minimum Feret diameter), `circularity` (4 pi area / perimeter²), `outline`, the bounding
        box `top_px`, `left_px`, `height_px`, `width_px`, the lengths and the area in nm,
        `border_weight` (Miles and Lantuéjoul) and `excluded` (a reason, or empty).
    """
    valid = labels[:valid_rows]
    found = particles_of(valid)
    if not len(found.ids):
        return _finish(_empty(), nm_per_px)
    moments = moments_of(found)
    outlines = outlines_of(found, moments)
    minimum, maximum, perimeter = _with_free_outlines(found, outlines)
    box = _boxes(found)
    at_border = _at_border(box, valid.shape)
    table = pd.DataFrame(
        {
            "label": found.ids,
            "centroid_row_px": moments.row,
            "centroid_column_px": moments.column,
            "area_px2": moments.area.astype(np.int64),
            "equivalent_diameter_px": [units.equivalent_diameter(area) for area in moments.area],
            "minimum_feret_px": minimum,
            "maximum_feret_px": maximum,
            "perimeter_px": perimeter,
            "aspect_ratio": maximum / minimum,
            "circularity": 4 * np.pi * moments.area / perimeter**2,
            "outline": outlines.kind.astype(object),
            "top_px": box[:, 0],
            "left_px": box[:, 1],
            "height_px": box[:, 2],
            "width_px": box[:, 3],
            "border_weight": _border_weights(box, at_border, valid.shape),
        }
    )
    reasons = np.where(_short(box, min_side_px), too_small(min_side_px), "").astype(object)
    if exclude_border:
        reasons[at_border] = TOUCHES_BORDER
    return _finish(table.assign(excluded=reasons), nm_per_px)


def counted_diameters_px(labels: NDArray[Any], *, min_side_px: int) -> NDArray[np.float64]:
    """Return the equivalent diameters of the particles that count, as `measure_labels` has them.

    Parameters
    ----------
    labels : ndarray of shape (H, W), integer
        Instance ids, 0 on the ground.
    min_side_px : int
        Particles whose bounding box has a shorter side under it do not count, nor do those at the
        border.

    Returns
    -------
    ndarray of shape (n,), float64, px
    """
    found = particles_of(labels)
    if not len(found.ids):
        return np.zeros(0)
    area = np.bincount(found.numbers.ravel())[1:]
    box = _boxes(found)
    counts = ~(_at_border(box, labels.shape) | _short(box, min_side_px))
    return np.array([units.equivalent_diameter(pixels) for pixels in area[counts]], float)


def _boxes(found: Particles) -> NDArray[np.int64]:
    """Return top, left, height and width of each particle, shape (n, 4), px."""
    return np.array(
        [[r.start, c.start, r.stop - r.start, c.stop - c.start] for r, c in found.boxes], np.int64
    )


def _short(box: NDArray[np.int64], min_side_px: int) -> NDArray[np.bool_]:
    shorter: NDArray[np.bool_] = box[:, 2:].min(axis=1) < min_side_px
    return shorter


def _with_free_outlines(
    found: Particles, outlines: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    minimum, maximum = outlines.minimum_feret.copy(), outlines.maximum_feret.copy()
    perimeter = outlines.perimeter.copy()
    for number in np.flatnonzero(outlines.kind == FREE):
        mask = found.numbers[found.boxes[number]] == number + 1
        minimum[number], maximum[number] = calipers.feret_diameters(mask)
        perimeter[number] = calipers.perimeter(mask)
    return minimum, maximum, perimeter


def _at_border(box: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    top, left, height, width = box.T
    touches: NDArray[np.bool_] = (
        (top == 0) | (left == 0) | (top + height == shape[0]) | (left + width == shape[1])
    )
    return touches


def _border_weights(
    box: NDArray[np.int64], at_border: NDArray[np.bool_], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return how many particles each one stands for; 0 for those at the border.

    A particle of w x h px is seen whole with the probability (W - w)(H - h) / (W H), so large ones
    are lost more often; one over it makes up for that (Miles 1974, Lantuéjoul 1978).
    """
    height_px, width_px = shape
    free = np.maximum(height_px - box[:, 2], 1) * np.maximum(width_px - box[:, 3], 1)
    return np.where(at_border, 0.0, height_px * width_px / free)


def _finish(table: pd.DataFrame, nm_per_px: float | None) -> pd.DataFrame:
    """Add the columns in nm before the last two."""
    scale = np.nan if nm_per_px is None else nm_per_px
    for name in LENGTHS:
        table[f"{name}_nm"] = table[f"{name}_px"].map(partial(units.nm_from_px, nm_per_px=scale))
    table["area_nm2"] = table["area_px2"].map(partial(units.nm2_from_px2, nm_per_px=scale))
    last = ["border_weight", "excluded"]
    return table[[*(name for name in table.columns if name not in last), *last]]


def _empty() -> pd.DataFrame:
    whole = ("label", "area_px2", "top_px", "left_px", "height_px", "width_px")
    names = (
        *("label", "centroid_row_px", "centroid_column_px", "area_px2", "equivalent_diameter_px"),
        *("minimum_feret_px", "maximum_feret_px", "perimeter_px", "aspect_ratio", "circularity"),
        *("outline", "top_px", "left_px", "height_px", "width_px", "border_weight", "excluded"),
    )
    kinds = {name: "int64" if name in whole else "float64" for name in names}
    kinds |= {"outline": "object", "excluded": "object"}
    return pd.DataFrame({name: pd.Series([], dtype=kinds[name]) for name in names})
