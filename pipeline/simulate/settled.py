"""What Blender gives back: where particles ended, and how the scene looks from above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """Where the particles of a plan ended.

    Attributes
    ----------
    position_nm : ndarray of shape (N, 3), float64
        Centres of mass, as in the plan.
    rotation : ndarray of shape (N, 4), float64
        Unit quaternions (w, x, y, z), w >= 0.
    at_rest, on_holder : ndarray of shape (N,), bool
        Whether a particle has stopped moving, and whether the holder is below it.
    fall_s : float
        Simulated time.
    """

    position_nm: NDArray[np.float64]
    rotation: NDArray[np.float64]
    at_rest: NDArray[np.bool_]
    on_holder: NDArray[np.bool_]
    fall_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """A scene from above, each of shape (H, W), pixel-aligned.

    Attributes
    ----------
    height_nm : ndarray, float32
        Height above the holder, 0 on it.
    labels : ndarray, uint16
        1 + the particle's place in the plan, 0 on the holder.
    edges : ndarray or None, uint8
        Freestyle's lines, 255 on 0; None if they were not asked for.
    """

    height_nm: NDArray[np.float32]
    labels: NDArray[np.uint16]
    edges: NDArray[np.uint8] | None
