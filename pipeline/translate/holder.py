"""What particles lie on: silicon, carbon tape, a membrane with pores, a scratched stub.

A texture is a relief seen by the beam: field of mean near 0, shape (H, W), float32, about one
unit strong where it is marked. The kinds follow what is seen on micrographs of dry powders.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from pipeline.translate.fields import Field, resized, smooth_noise, smoothed

KINDS = ("smooth", "wrinkled", "crescents", "craters", "pores", "scratches")
# The carbon tapes come first: most powders are looked at on one.
_CHANCES = (0.2, 0.2, 0.25, 0.15, 0.08, 0.12)


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
    slow = 0.25 * smooth_noise(shape, 12 * scale_px, rng) + 0.12 * smooth_noise(shape, 1.2, rng)
    name = KINDS[kind]
    if name == "wrinkled":
        slow += wrinkles(shape, scale_px, rng)
    elif name == "crescents":
        slow += 0.5 * wrinkles(shape, 3 * scale_px, rng) + crescents(shape, scale_px, rng)
    elif name == "craters":
        slow += craters(shape, scale_px, rng)
    elif name == "pores":
        slow -= 2.0 * pores(shape, scale_px, rng)
    elif name == "scratches":
        slow += scratches(shape, rng)
    return slow


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


def crescents(shape: tuple[int, int], scale_px: float, rng: np.random.Generator) -> Field:
    """Return thin bright arcs and curls: edges of blisters and folds of carbon tape."""
    rows, columns = shape
    field = np.zeros(shape, np.float32)
    count = int(rng.uniform(0.2, 2.5) * rows * columns / (60.0 * scale_px) ** 1.6)
    for _ in range(min(count, 2000)):
        centre = (int(rng.integers(columns)), int(rng.integers(rows)))
        long = scale_px * float(rng.lognormal(-0.1, 0.5))
        axes = (max(int(long), 1), max(int(long * rng.uniform(0.3, 1.0)), 1))
        start = float(rng.uniform(0, 360))
        sweep = float(rng.choice((360.0, rng.uniform(50, 220)), p=(0.2, 0.8)))
        bright = float(rng.exponential(1.2))
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(field, centre, axes, turn, start, start + sweep, (bright,), 1)
    return smoothed(field, 0.8)


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
