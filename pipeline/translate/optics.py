"""The beam's way to the picture: focus, the order of near and far, glow."""

from __future__ import annotations

import itertools
import math

import numpy as np

from pipeline.translate.fields import Field, resized, smoothed

_LEVELS = 3  # blurred copies between which a height takes its own
_PIXEL_SIGMA = 0.3  # of the mean over a pixel: 1 / sqrt(12)
_STAIRS_PX = 0.7  # over which the stairs of a silhouette on the pixel grid are smoothed


def blur(image: Field, sigma_px: float) -> Field:
    """Return a field of shape (H, W) blurred by a Gaussian; a sigma near 0 changes nothing.

    Wide blurs are made on a grid of half or a quarter of the size, where they are as exact as the
    eye can tell.
    """
    if sigma_px < 0.15:
        return image
    shrink = 4 if sigma_px >= 12 else 2 if sigma_px >= 5 else 1
    if shrink == 1 or min(image.shape) < 16 * shrink:
        return smoothed(image, sigma_px)
    rows, columns = image.shape
    small = resized(image, rows=-(-rows // shrink), columns=-(-columns // shrink))
    return resized(smoothed(small, sigma_px / shrink), rows=rows, columns=columns)


def sigma_at(
    height_nm: Field, *, blur_px: float, defocus_px_per_um: float, focus_nm: float
) -> Field:
    """Return the beam's sigma in px at a height: focus and defocus add in squares.

    The probe widens linearly with the distance from the focal plane (Reimer 1998, chapter 2).
    """
    away_um = (height_nm - focus_nm) / 1e3
    sigma: Field = np.sqrt(blur_px**2 + (defocus_px_per_um * away_um) ** 2)
    return sigma


def picture(
    particles: Field,
    holder: Field,
    on_particle: Field,
    sigma_px: Field,
    holder_sigma_px: float,
) -> Field:
    """Lay particles over the holder, each as sharp as its height lets it be.

    The particles' silhouettes are blurred with their own sigma, so that a holder out of focus has
    sharp particles before it, and half of the step between them stands on the silhouette: the
    border that is seen is the border of the labels.

    Parameters
    ----------
    particles, holder : ndarray of shape (H, W), float32
        Signals of the two layers, the holder's also under the particles.
    on_particle : ndarray of shape (H, W), float32
        1 on particles, 0 beside them.
    sigma_px : ndarray of shape (H, W), float32
        Beam's sigma on the particles.
    holder_sigma_px : float
        Beam's sigma on the holder.
    """
    covered = coverage(on_particle)
    layer = _carried_out(particles, on_particle) * covered
    # What is left to blur after the mean over each pixel, which is in `layer` already.
    sigma_px = np.sqrt(np.maximum(sigma_px**2 - np.float32(_PIXEL_SIGMA**2), 0))
    low, high = _span(sigma_px, on_particle)
    front, cover = blur(layer, low), blur(covered, low)
    if high - low > 0.1:
        spread = on_particle * sigma_px
        wide_cover = blur(on_particle, 2.0)
        # A silhouette is as sharp as the particle it belongs to, on both of its sides.
        local = np.where(wide_cover > 1e-3, blur(spread, 2.0) / np.maximum(wide_cover, 1e-3), low)
        steps = np.linspace(low, high, _LEVELS)
        for below, level in itertools.pairwise(steps):
            part = np.clip((local - below) / (level - below), 0, 1).astype(np.float32)
            front += part * (blur(layer, float(level)) - front)
            cover += part * (blur(covered, float(level)) - cover)
    back: Field = blur(holder, holder_sigma_px)
    back *= 1 - cover
    back += front
    return back


def coverage(on_particle: Field) -> Field:
    """Return the part of each pixel that particles cover, from 0 and 1 at the pixels' centres.

    A blurred step of height 1 rises by 1 / (sigma sqrt(2 pi)) a pixel and a covered part by 1, so
    stretching the blurred mask about a half gives smooth silhouettes at the same place.
    """
    stretch = np.float32(_STAIRS_PX * math.sqrt(2 * math.pi))
    stretched = (smoothed(on_particle, _STAIRS_PX) - np.float32(0.5)) * stretch
    return np.clip(stretched + np.float32(0.5), 0, 1)


def _carried_out(particles: Field, on_particle: Field) -> Field:
    """Return the particles' signal averaged over their own pixels, and carried on beyond them."""
    weight = smoothed(on_particle, _STAIRS_PX)
    carried: Field = smoothed(particles * on_particle, _STAIRS_PX) / np.maximum(weight, 1e-4)
    return carried


def _span(sigma_px: Field, on_particle: Field) -> tuple[float, float]:
    seen = sigma_px[on_particle > 0]
    return (float(seen.min()), float(seen.max())) if seen.size else (0.0, 0.0)


def bloom(signal: Field, *, part: float, reach_px: float) -> Field:
    """Move a part of the signal into a wide glow: electrons set free by backscattered ones.

    The type II secondary electrons of Reimer 1998, chapter 4.
    """
    if part <= 0:
        return signal
    return signal + np.float32(part) * (blur(signal, reach_px) - signal)
