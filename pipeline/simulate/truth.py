"""What is exactly known of a settled scene, and its folder on disk. Knows no Blender."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import grey_dilation, grey_erosion
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from pipeline import files, layout
from pipeline.contracts import ParticleTruth, SceneTruth
from pipeline.simulate import particles
from pipeline.simulate.scene import ScenePlan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.simulate.settled import Settled, Views

_LABEL_LIMIT = np.iinfo(np.uint16).max


def scene_truth(plan: ScenePlan, settled: Settled, views: Views) -> SceneTruth:
    """Describe a settled scene and each of its particles, label 1 first."""
    visible = np.bincount(views.labels.ravel(), minlength=len(plan.particles) + 1)
    border = np.concatenate([views.labels[[0, -1]].ravel(), views.labels[:, [0, -1]].ravel()])
    at_border = set(np.unique(border).tolist())
    return SceneTruth(
        index=plan.index,
        seed=plan.seed,
        arrangement=plan.arrangement,
        width_px=plan.width_px,
        height_px=plan.height_px,
        nm_per_px=plan.nm_per_px,
        top_nm=float(views.height_nm.max()),
        fall_s=settled.fall_s,
        never_rested=int((settled.on_holder & ~settled.at_rest).sum()),
        left_holder=int((~settled.on_holder).sum()),
        particles=tuple(
            _particle(plan, settled, k, int(visible[k + 1]), k + 1 in at_border)
            for k in range(len(plan.particles))
        ),
    )


def _particle(
    plan: ScenePlan, settled: Settled, k: int, visible_px: int, touches_border: bool
) -> ParticleTruth:
    planned = plan.particles[k]
    outline = _outline_px(plan, settled, k)
    silhouette_px = pixels_inside(outline)
    return ParticleTruth(
        label=k + 1,
        shape=planned.solid.shape,
        diameter_nm=planned.diameter_nm,
        size_nm=_triple(planned.solid.extent * planned.diameter_nm),
        position_nm=_triple(settled.position_nm[k]),
        rotation=_quadruple(settled.rotation[k]),
        visible_px=visible_px,
        silhouette_px=silhouette_px,
        visible_fraction=min(1.0, visible_px / silhouette_px) if silhouette_px else 0.0,
        touches_border=touches_border,
        at_rest=bool(settled.at_rest[k]),
        on_holder=bool(settled.on_holder[k]),
    )


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    a, b, c = values.tolist()
    return a, b, c


def _quadruple(values: NDArray[np.float64]) -> tuple[float, float, float, float]:
    a, b, c, d = values.tolist()
    return a, b, c, d


# --- silhouettes ------------------------------------------------------------------------------


def _outline_px(plan: ScenePlan, settled: Settled, k: int) -> NDArray[np.float64]:
    """Return the outline seen from above as a convex polygon (V, 2) of (row, column), in px.

    Pixel (r, c) has its centre at (r + 0.5, c + 0.5).
    """
    planned = plan.particles[k]
    mesh = particles.render_mesh(planned.solid, diameter_px=plan.largest_px(planned.solid))
    w, x, y, z = settled.rotation[k]
    turned = Rotation.from_quat([x, y, z, w]).apply(mesh.vertices * planned.diameter_nm)
    seen = (turned + settled.position_nm[k])[:, :2] / plan.nm_per_px
    flat = np.column_stack([0.5 * plan.height_px - seen[:, 1], seen[:, 0] + 0.5 * plan.width_px])
    return np.asarray(flat[ConvexHull(flat).vertices])


def pixels_inside(polygon: NDArray[np.float64]) -> int:
    """Count the pixel centres inside a convex polygon, also those outside of the image.

    Parameters
    ----------
    polygon : ndarray of shape (V, 2), float64
        Corners (row, column) in order round the polygon; centres lie at half-integers.
    """
    top, bottom = polygon[:, 0].min(), polygon[:, 0].max()
    rows = np.arange(math.ceil(top - 0.5), math.floor(bottom - 0.5) + 1) + 0.5
    if not len(rows):
        return 0
    start, end = polygon, np.roll(polygon, -1, axis=0)
    rise = end[:, 0] - start[:, 0]
    start, end, rise = start[rise != 0], end[rise != 0], rise[rise != 0]
    part = (rows[:, None] - start[:, 0]) / rise  # (R, V): where each row cuts each side
    columns = start[:, 1] + part * (end[:, 1] - start[:, 1])
    hit = (part >= 0.0) & (part <= 1.0)
    left = np.where(hit, columns, np.inf).min(axis=1)
    right = np.where(hit, columns, -np.inf).max(axis=1)
    counts = np.floor(right - 0.5) - np.ceil(left - 0.5) + 1.0
    return int(np.maximum(counts, 0.0).sum())


# --- the folder of a scene --------------------------------------------------------------------


def label_rim(labels: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return the particles' pixels beside another particle or the holder, shape (H, W)."""
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=bool)
    differs = grey_dilation(labels, footprint=cross) != grey_erosion(labels, footprint=cross)
    return np.asarray(differs & (labels > 0))


def rimmed_mask(views: Views) -> NDArray[np.uint8]:
    """Return the paper's annotation mask: white particles, each with a dark rim, (H, W), uint8.

    The rim is Freestyle's line and the border of the label. Freestyle alone leaves gaps: where
    flush faces meet, as those of cubes do, neither has a silhouette.
    """
    mask = np.where((views.labels > 0) & ~label_rim(views.labels), 255, 0).astype(np.uint8)
    return mask if views.edges is None else np.minimum(mask, 255 - views.edges)


def write_scene(out: Path, plan: ScenePlan, settled: Settled, views: Views) -> SceneTruth:
    """Write the folder of a scene (see `pipeline.layout`) whole or not at all."""
    if len(plan.particles) > _LABEL_LIMIT:
        raise ValueError(f"{len(plan.particles)} particles do not fit 16-bit labels")
    truth = scene_truth(plan, settled, views)
    scale = 65535.0 / truth.top_nm if truth.top_nm > 0 else 0.0
    with files.folder_in_one_piece(layout.scene_folder(out, plan.index)) as folder:
        files.write_tiff(folder / layout.HEIGHT, views.height_nm)
        shown = np.rint(views.height_nm * scale).astype(np.uint16)
        files.write_png(folder / layout.HEIGHT_PNG, shown)
        files.write_png(folder / layout.LABELS, views.labels)
        mask = np.where(views.labels > 0, 255, 0).astype(np.uint8)
        files.write_png(folder / layout.MASK, mask)
        if views.edges is not None:
            files.write_png(folder / layout.EDGES, views.edges)
        files.write_png(folder / layout.RIMMED, rimmed_mask(views))
        files.write_json(folder / layout.TRUTH, truth)
    return truth
