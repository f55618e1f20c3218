"""From signal to grey: streaks, shading, contrast, shot noise, scan lines, 8 bits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

from pipeline.translate.fields import Field
from pipeline.translate.parameters import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHITE = 255.0
_FADE = 6.0  # the charge is forgotten so much faster than the signal wanders


def streaks(
    signal: Field, charged: Field, *, strength: float, length_px: float, rng: np.random.Generator
) -> Field:
    """Return the signal with the horizontal streaks of charging.

    While the beam crosses a charged particle the signal wanders and takes a while to come back:
    noise along each line, first-order with a decay length, as strong as the charge lately crossed.
    """
    if strength <= 0:
        return signal
    decay = math.exp(-1 / length_px)
    fade = math.exp(-_FADE / length_px)
    lately = lfilter([np.float32(1 - fade)], [np.float32(1), np.float32(-fade)], charged, axis=1)
    kick = rng.standard_normal(signal.shape, dtype=np.float32)
    # Most lines hardly wander and a few do so visibly.
    lines = np.minimum(rng.exponential(0.7, (signal.shape[0], 1)), 2.0)
    kick *= lines.astype(np.float32)
    gain = np.float32(math.sqrt(1 - decay**2))  # keeps the wandering's variance at 1
    wander = lfilter([gain], [np.float32(1), np.float32(-decay)], kick, axis=1)
    moved: Field = (signal + np.float32(strength) * wander * lately).astype(np.float32)
    return np.maximum(moved, 0, out=moved)


def shading(shape: tuple[int, int], *, strength: float, rng: np.random.Generator) -> Field:
    """Return a smooth factor across the image: a slope and a bow, at most `strength` from 1."""
    rows, columns = shape
    down = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    a, b, c, d = (np.float32(v) for v in rng.uniform(-1, 1, 4))
    factor: Field = 1 + np.float32(strength / 4) * (
        a * down + b * across + c * (down**2 - 1) + d * (across**2 - 1)
    )
    return factor


def jittered(signal: Field, *, sigma_px: float, rng: np.random.Generator) -> Field:
    """Shift each scan line by a part of a pixel: vibration and stray fields."""
    shift = np.clip(rng.normal(0, sigma_px, (signal.shape[0], 1)), -1, 1).astype(np.float32)
    if sigma_px <= 0:
        return signal
    right = np.concatenate((signal[:, 1:], signal[:, -1:]), axis=1)
    left = np.concatenate((signal[:, :1], signal[:, :-1]), axis=1)
    moved: Field = signal + np.maximum(shift, 0) * (right - signal)
    moved += np.maximum(-shift, 0) * (left - signal)
    return moved


def counted(signal: Field, *, dose_electrons: float, rng: np.random.Generator) -> Field:
    """Return the signal as counted electrons over the dose: Poisson, variance = signal / dose.

    Above some 20 electrons the normal distribution of the same mean and variance is taken, which
    is five times as fast and, at 8 bits, the same.
    """
    mean = np.maximum(signal, 0)
    mean *= np.float32(dose_electrons)
    noise = rng.standard_normal(signal.shape, dtype=np.float32)
    noise *= np.sqrt(mean)
    noise += mean
    few = mean < 20
    if few.any():
        noise[few] = rng.poisson(mean[few])
    noise *= np.float32(1 / dose_electrons)
    return noise


def grey_of(signal: Field, on_particle: NDArray[np.bool_], drawn: Drawn) -> Field:
    """Return the grey of a signal, not yet clipped: 0 is `black_grey`, 1 is `particle_grey`.

    Where more of the particles than `clipped_part` would be white, the contrast is turned down
    until it is not, as whoever sits at the microscope does.
    """
    black = np.float32(drawn["black_grey"])
    span = np.float32(drawn["particle_grey"]) - black
    bent: Field = np.power(np.maximum(signal, 0), np.float32(drawn["gamma"]))
    if on_particle.any():
        bright = np.quantile(bent[on_particle], 1 - drawn["clipped_part"])
        span = np.minimum(span, (_WHITE - black) / np.maximum(bright, np.float32(1e-3)))
    bent *= np.float32(span)
    bent += black
    return bent


def digitised(grey: Field, drawn: Drawn, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Add the noise of the electronics and of each line, and clip to 8 bits."""
    noise = rng.standard_normal(grey.shape, dtype=np.float32)
    noise *= np.float32(drawn["electronic_noise_grey"])
    noise += grey
    lines = rng.normal(0, drawn["line_noise_grey"], (grey.shape[0], 1))
    noise += lines.astype(np.float32)
    image: NDArray[np.uint8] = np.clip(np.rint(noise), 0, _WHITE).astype(np.uint8)
    return image
