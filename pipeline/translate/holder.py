"""What particles lie on: silicon, carbon tape, a membrane with pores, a scratched stub.

A texture is a relief seen by the beam: field of mean near 0, shape (H, W), float32, about one
unit strong where it is marked. The kinds follow what is seen on micrographs of dry powders.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from pipeline.translate.fields import Field, resized, smooth_noise, smoothed

KINDS = ("smooth", "wrinkled", "tape", "craters", "pores", "scratches")
# Most powders are looked at on carbon tape.
_CHANCES = (0.1, 0.15, 0.5, 0.1, 0.06, 0.09)
_LINE_PX = 0.8  # half-width of the bright line along a fold


def draw_kind(rng: np.random.Generator) -> int:
    """Draw a kind of holder as its position in `KINDS`."""
    return int(rng.choice(len(KINDS), p=_CHANCES))


def texture_of(
    kind: int, shape: tuple[int, int], scale_px: float, rng: np.random.Generator
) -> Field:
    """Return the texture of a kind of holder.

    Parameters
    ----------
    kind : int
        Position in `KINDS`.
    shape : (int, int)
        Rows and columns.
    scale_px : float
        Size of its features.
    rng : numpy.random.Generator
        Source of randomness.
    """
    slow = specks(shape, rng) if kind else np.zeros(shape, np.float32)
    slow += 0.2 * smooth_noise(shape, 12 * scale_px, rng) + 0.1 * smooth_noise(shape, 1.0, rng)
    name = KINDS[kind]
    if name == "wrinkled":
        slow += wrinkles(shape, scale_px, rng)
    elif name == "tape":
        slow += 0.3 * wrinkles(shape, scale_px, rng) + folds(shape, scale_px, rng)
        slow += blisters(shape, scale_px, rng)
    elif name == "craters":
        slow += craters(shape, scale_px, rng)
    elif name == "pores":
        slow -= 3.0 * pores(shape, scale_px, rng)
    elif name == "scratches":
        slow += scratches(shape, rng)
    return slow


def windows(shape: tuple[int, int], contrast: float, rng: np.random.Generator) -> Field:
    """Return the factor that earlier scans leave: contaminated rectangles, 1 elsewhere."""
    rows, columns = shape
    factor = np.ones(shape, np.float32)
    for _ in range(int(rng.integers(0, 4))):
        top, left = int(rng.integers(-rows // 2, rows)), int(rng.integers(-columns // 2, columns))
        size = float(rng.uniform(0.2, 1.0))
        bottom, right = top + int(size * rows), left + int(size * columns)
        factor[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] *= np.float32(
            1 + contrast * rng.uniform(0.2, 1.0)
        )
    return smoothed(factor, 1.5)


def specks(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return specks of dust a pixel or two wide, far smaller than any particle."""
    rows, columns = shape
    field = np.zeros(shape, np.float32)
    for _ in range(int(rng.poisson(rng.uniform(0, 3e-5) * rows * columns))):
        centre = (int(rng.integers(columns)), int(rng.integers(rows)))
        cv2.circle(field, centre, int(rng.integers(0, 2)), (float(rng.exponential(2.0)),), -1)
    return smoothed(field, 0.7)


def wrinkles(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Return a drawn-out relief, lit from one side: the derivative of stretched noise."""
    rows, columns = shape
    stretch = float(rng.uniform(1.0, 4.0))
    relief = smooth_noise((rows, max(int(columns / stretch), 1)), scale_px / 2, rng)
    relief = resized(relief, rows=rows, columns=columns, smooth=True)
    angle = float(rng.uniform(0, math.tau))
    down, right = np.gradient(relief)
    lit: Field = np.float32(math.cos(angle)) * right + np.float32(math.sin(angle)) * down
    return lit * np.float32(0.5 / max(float(lit.std()), 1e-6))


def folds(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Return thin bright curls, open and closed: the folds of carbon tape.

    Pieces of the contour lines of smooth noise f; |f| / |grad f| is the distance to its contour
    to first order. Which pieces are seen is slow noise, too.
    """
    lines = np.zeros(shape, np.float32)
    for size in (0.6 * scale_px, 1.2 * scale_px):
        relief = smooth_noise(shape, size, rng) - np.float32(rng.uniform(0.3, 1.3))
        down, right = np.gradient(relief)
        away2 = relief**2 / np.maximum(down**2 + right**2, 1e-8)
        line = np.exp(away2 * np.float32(-0.5 / _LINE_PX**2))
        seen = smooth_noise(shape, 1.5 * size, rng) + smooth_noise(shape, 10 * scale_px, rng)
        lines += line * np.clip(seen - np.float32(rng.uniform(0.4, 1.8)), 0, 2.0)
    return lines


def blisters(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Return round blisters and what lies under the film: closed outlines, faint inside."""
    rows, columns = shape
    field = np.zeros(shape, np.float32)
    count = int(rng.uniform(0, 1.2) * rows * columns / 60.0**2)
    for _ in range(min(count, 2000)):
        centre = (int(rng.integers(columns)), int(rng.integers(rows)))
        long = scale_px * float(rng.uniform(0.35, 1.2))
        axes = (max(int(long), 1), max(int(long * rng.uniform(0.5, 1.0)), 1))
        turn, bright = float(rng.uniform(0, 180)), float(rng.exponential(0.8))
        start, sweep = float(rng.uniform(0, 360)), float(rng.uniform(90, 400))
        inside = float(rng.normal(0, 0.2)) * bright
        cv2.ellipse(field, centre, axes, turn, 0, 360, (inside,), -1)
        cv2.ellipse(field, centre, axes, turn, start, start + min(sweep, 360), (bright,), 1)
    return smoothed(field, 0.7)


def craters(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Return shallow pits with a bright lip, of many sizes."""
    rows, columns = shape
    lip, pit = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    count = int(rng.uniform(0.3, 1.5) * rows * columns / (25.0 * scale_px) ** 2)
    for _ in range(min(count, 1500)):
        centre = (int(rng.integers(columns)), int(rng.integers(rows)))
        radius = scale_px * float(rng.lognormal(0.2, 0.6))
        axes = (max(int(radius), 1), max(int(radius * rng.uniform(0.6, 1.0)), 1))
        turn, depth = float(rng.uniform(0, 180)), float(rng.uniform(0.2, 1.5))
        cv2.ellipse(pit, centre, axes, turn, 0, 360, (-depth,), -1)
        cv2.ellipse(lip, centre, axes, turn, 0, 360, (depth,), 1)
    return smoothed(pit, max(scale_px / 4, 0.8)) + smoothed(lip, 0.9)


def pores(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Return the holes of a filter membrane, 1 in a hole: the low tail of band-limited noise."""
    band = smooth_noise(shape, scale_px / 2, rng) - smooth_noise(shape, 2 * scale_px, rng)
    level = float(rng.uniform(1.6, 2.4))
    holes: Field = np.clip((band - np.float32(level)) * 2, 0, 1)
    return holes


def scratches(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return the lines that polishing leaves: mostly along one direction."""
    rows, columns = shape
    field = np.zeros(shape, np.float32)
    main = float(rng.uniform(0, math.pi))
    for _ in range(int(rng.integers(5, 60))):
        angle = main + float(rng.normal(0, 0.15))
        middle = (float(rng.uniform(0, columns)), float(rng.uniform(0, rows)))
        half = float(rng.uniform(0.05, 0.8)) * max(shape)
        along = (half * math.cos(angle), half * math.sin(angle))
        ends = [
            (int(middle[0] + sign * along[0]), int(middle[1] + sign * along[1])) for sign in (-1, 1)
        ]
        cv2.line(field, ends[0], ends[1], (float(rng.normal(0.3, 0.8)),), 1)
    return smoothed(field, float(rng.uniform(0.6, 1.5)))
