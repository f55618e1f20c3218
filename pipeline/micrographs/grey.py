"""From any accepted pixel type to grey values in [0, 1], saying what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_unit_grey(
    array: NDArray[Any], *, white_is_zero: bool
) -> tuple[NDArray[np.float32] | None, tuple[str, ...]]:
    """Return grey values in [0, 1] and notes on what was done.

    8 bit values are divided by 255; 16 bit values by the largest number of as many bits as the
    image uses (12 bit cameras store 0 to 4095 in 16 bit); floats that leave [0, 1] and signed or
    32 bit integers are scaled from their own minimum and maximum.

    Parameters
    ----------
    array : ndarray of shape (H, W) or (H, W, 1 to 4)
        Grey, grey and alpha, RGB or RGBA; bool, integer or float.
    white_is_zero : bool
        The file counts from white to black.

    Returns
    -------
    pixels : ndarray of shape (H, W), float32, or None
        None where a float is NaN or infinite.
    notes : tuple of str
    """
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return None, ()
    flat, notes = _one_channel(array)
    pixels, scaled = _scaled(flat)
    if white_is_zero:
        pixels, scaled = 1 - pixels, (*scaled, "white counted as 0, inverted")
    return np.ascontiguousarray(pixels), notes + scaled


def _one_channel(array: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    if array.ndim == 2:
        return array, ()
    notes: tuple[str, ...] = ()
    channels = array.shape[2]
    if channels in (2, 4):
        alpha = array[..., -1]
        if alpha.min() != alpha.max():
            notes = ("transparency left out",)
    if channels <= 2:
        return array[..., 0], notes
    red, green, blue = array[..., 0], array[..., 1], array[..., 2]
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return red, ("grey stored as colour, one channel taken", *notes)
    if array.dtype not in (np.uint8, np.uint16, np.float32):
        array = array.astype(np.float32)
    # Rec. 601 luma, as OpenCV, Pillow and ImageJ's weighted conversion have it.
    return cv2.cvtColor(np.ascontiguousarray(array[..., :3]), cv2.COLOR_RGB2GRAY), (
        "colour turned to grey",
        *notes,
    )


def _scaled(flat: NDArray[Any]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    if flat.dtype == np.bool_:
        return flat.astype(np.float32), ("1 bit",)
    if flat.dtype == np.uint8:
        return flat.astype(np.float32) / np.float32(255), ()
    if flat.dtype == np.uint16:
        bits = max(8, int(flat.max()).bit_length())
        used = "" if bits == 16 else f", {bits} of them used"
        return flat.astype(np.float32) / np.float32(2**bits - 1), (f"16 bit{used}",)
    kind = f"{8 * flat.dtype.itemsize} bit {'float' if flat.dtype.kind == 'f' else 'integer'}"
    if flat.dtype.kind == "f" and flat.min() >= 0 and flat.max() <= 1:
        return flat.astype(np.float32), (kind,)
    # Halved first: the difference of two finite doubles can be infinite.
    halves = flat.astype(np.float64) / 2
    low, span = halves.min(), np.ptp(halves)
    halves -= low
    if span > 0:
        halves /= span
    return halves.astype(np.float32), (f"{kind}, scaled from its minimum and maximum",)
