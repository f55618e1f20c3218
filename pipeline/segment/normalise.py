"""Grey values to the network's input, the same in training and in prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Part of the image that may lie outside: the brightest thousandth of a megapixel is one particle.
_LOW_PERCENT, _HIGH_PERCENT = 1.0, 99.9
# A blank image must not become a picture of its noise.
_LEAST_RANGE = 0.05
_ENOUGH_PX = 1_000_000

ABOUT: dict[str, Any] = {
    "kind": "percentiles",
    "low": _LOW_PERCENT,
    "high": _HIGH_PERCENT,
    "least_range": _LEAST_RANGE,
}


def grey_range(pixels: NDArray[np.float32]) -> tuple[float, float]:
    """Return the grey values that become 0 and 1.

    Taken from the whole micrograph, so that crops and windows of it are scaled alike.

    Parameters
    ----------
    pixels : ndarray of shape (H, W), float32
        Grey values in [0, 1] without the data bar.
    """
    stride = max(1, int(np.sqrt(pixels.size / _ENOUGH_PX)))
    low, high = np.percentile(pixels[::stride, ::stride], [_LOW_PERCENT, _HIGH_PERCENT])
    return float(low), float(max(high, low + _LEAST_RANGE))


def to_input(pixels: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Scale grey values so that `low` becomes 0 and `high` 1; what lies far outside is clipped."""
    scaled: NDArray[np.float32] = np.clip((pixels - low) / (high - low), -0.5, 1.5)
    return scaled.astype(np.float32, copy=False)
