"""Random views of an artificial image: where the crop lies, and how the microscope was set.

The renderer already varies the physics; this varies what lies between it and the file: scale,
orientation, focus, gain, noise and compression. Contrast is never inverted: in a secondary
electron image particles are the bright ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCALE = (0.6, 1.6)
_GAMMA = (0.65, 1.5)
_CONTRAST = (0.6, 1.35)
_BRIGHTNESS = (-0.15, 0.15)
_BLUR_PX = (0.4, 1.6)
_SHARPEN = (0.3, 1.2)
_NOISE = (0.01, 0.12)
_GRAIN_PX = (0.4, 0.9)
_SHADING = 0.35
_JPEG_QUALITY = (30, 90)


def crop_matrix(
    rng: np.random.Generator, *, centre: tuple[float, float], crop_px: int
) -> NDArray[np.float64]:
    """Draw the affine map from crop to image pixels: scale, turn, mirror.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    centre : tuple of float
        (row, column) in the image that comes to lie in the middle of the crop.
    crop_px : int
        Side of the crop.

    Returns
    -------
    ndarray of shape (2, 3), float64
        For `cv2.warpAffine` with ``WARP_INVERSE_MAP``; acts on (column, row, 1).
    """
    scale = np.exp(rng.uniform(*np.log(SCALE))) if rng.random() < 0.75 else 1.0
    quarter_turns = rng.integers(4) * np.pi / 2
    angle = quarter_turns + (rng.uniform(-np.pi / 4, np.pi / 4) if rng.random() < 0.3 else 0.0)
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    linear = np.array([[cosine * mirror, -sine], [sine * mirror, cosine]])
    middle = np.full(2, (crop_px - 1) / 2)
    shift = np.array([centre[1], centre[0]]) - linear @ middle
    return np.column_stack([linear, shift])


def warp(
    image: NDArray[np.uint8] | NDArray[np.uint16],
    matrix: NDArray[np.float64],
    *,
    crop_px: int,
    nearest: bool,
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Cut a crop of side `crop_px` from an image; beyond its border it is mirrored."""
    flags = cv2.WARP_INVERSE_MAP | (cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR)
    cut = cv2.warpAffine(
        image, matrix, (crop_px, crop_px), flags=flags, borderMode=cv2.BORDER_REFLECT_101
    )
    return cut  # type: ignore[return-value]


def vary_grey(crop: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Change a crop as another setting of the microscope would.

    Parameters
    ----------
    crop : ndarray of shape (H, W), float32
        Scaled by `normalise.to_input`: about 0 to 1.
    rng : numpy.random.Generator
        Where chance comes from.
    """
    if rng.random() < 0.5:
        gamma = np.exp(rng.uniform(*np.log(_GAMMA)))
        crop = np.sign(crop) * np.abs(crop) ** np.float32(gamma)
    if rng.random() < 0.4:
        crop = crop * (1 + _SHADING * _smooth_field(rng, crop.shape))
    crop = crop * np.float32(rng.uniform(*_CONTRAST)) + np.float32(rng.uniform(*_BRIGHTNESS))
    if rng.random() < 0.35:
        crop = _blurred(crop, rng.uniform(*_BLUR_PX))
    elif rng.random() < 0.25:
        crop = crop + np.float32(rng.uniform(*_SHARPEN)) * (crop - _blurred(crop, 1.0))
    if rng.random() < 0.8:
        crop = crop + _grain(rng, crop.shape)
    if rng.random() < 0.15:
        crop = _compressed(crop, int(rng.integers(*_JPEG_QUALITY)))
    return np.clip(crop, -0.5, 1.5).astype(np.float32, copy=False)


def _blurred(image: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    return cv2.GaussianBlur(image, (0, 0), sigma_px)  # type: ignore[return-value]


def _smooth_field(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    coarse = rng.uniform(-1, 1, (3, 3)).astype(np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return field.astype(np.float32, copy=False)


def _grain(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    noise = rng.standard_normal(shape, dtype=np.float32)
    if rng.random() < 0.4:  # a slow scan or a resized image has noise that is not white
        noise = _blurred(noise, rng.uniform(*_GRAIN_PX))
        noise /= noise.std()
    strength = np.exp(rng.uniform(*np.log(_NOISE)))
    return noise * np.float32(strength)


def _compressed(crop: NDArray[np.float32], quality: int) -> NDArray[np.float32]:
    grey = np.clip((crop + 0.5) * 127.5, 0, 255).astype(np.uint8)
    _, code = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    back = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    return back.astype(np.float32) / np.float32(127.5) - np.float32(0.5)
