"""Label images and binary masks from files of any origin to instance labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from pipeline.errors import InputRefused
from pipeline.micrographs import decoding, list_images

if TYPE_CHECKING:
    from numpy.typing import NDArray

JPEG_SUFFIXES = (".jpg", ".jpeg")


def read_labels(path: Path, *, connectivity: Literal[4, 8] = 4) -> NDArray[np.int32]:
    """Read instance labels, 0 on the ground.

    An image of whole numbers holds instance ids, except where it is a binary mask: 1 bit, or 8 bit
    with a single value besides 0, or 16 bit with 65535 alone. A mask's connected pieces become the
    instances.

    Parameters
    ----------
    path : Path
        Label image or mask; PNG or TIFF, grey or colour with equal channels.
    connectivity : {4, 8}
        Neighbours that join pixels of a mask.

    Returns
    -------
    ndarray of shape (H, W), int32

    Raises
    ------
    InputRefused
        It is no image, in colour, blurred by JPEG, or holds fractions or negative numbers.
    """
    if path.suffix.lower() in JPEG_SUFFIXES:
        raise InputRefused(path.name, "is a JPEG, which blurs labels; save them as PNG or TIFF.")
    plane = _plane(path.name, decoding.decode(path).array)
    if plane.dtype.kind == "f":
        if not (np.isfinite(plane).all() and (plane == np.rint(plane)).all()):
            raise InputRefused(path.name, "holds fractions; labels are whole numbers.")
    elif plane.dtype == np.bool_:
        plane = plane.astype(np.uint8)
    if plane.min() < 0 or plane.max() >= 2**31:
        raise InputRefused(path.name, "holds numbers that are no labels; use 0 to 2147483647.")
    if _is_mask(plane):
        return components(plane != 0, connectivity=connectivity)
    return plane.astype(np.int32)


def label_file(named: str) -> Path:
    """Return a label image by its own name or by that of the folder that holds nothing else."""
    path = Path(named)
    if not path.is_dir():
        return path
    found = list_images(path)
    if len(found) > 1:
        raise InputRefused(named, "holds more than one image; name the label image itself.")
    return found[0]


def components(mask: NDArray[np.bool_], *, connectivity: Literal[4, 8] = 4) -> NDArray[np.int32]:
    """Return labels from 1 on for the connected pieces of a mask of shape (H, W)."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=connectivity)
    return np.asarray(labels, np.int32)


def _plane(name: str, array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim == 2:
        return array
    if array.shape[2] >= 3:
        for channel in (1, 2):
            if not np.array_equal(array[..., 0], array[..., channel]):
                raise InputRefused(name, "is in colour; save labels as one channel of numbers.")
    return array[..., 0]


def _is_mask(plane: NDArray[Any]) -> bool:
    top = plane.max()
    if top == 0 or not (plane.dtype == np.uint8 or top == 65535):
        return False
    return bool(((plane == 0) | (plane == top)).all())
