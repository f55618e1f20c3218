"""The signal that leaves the particles: yield against tilt, rims, openness, side light.

Signals are in units of a flat, open particle surface. Arrays have shape (H, W), float32.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pipeline.translate.fields import Field, smooth_noise
from pipeline.translate.geometry import Geometry
from pipeline.translate.parameters import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAIN_LIMITS = (0.35, 3.0)
_ROUGHEST = 0.25
_PATCH_PX = 60.0  # charge spreads over clusters, not over single particles


def secondary_yield(slope_right: Field, slope_up: Field, *, exponent: float, limit: float) -> Field:
    """Return the yield of secondary electrons over that of a flat surface.

    delta(theta) = 1/cos(theta)^n, n falling with the atomic number from about 1.3 to 0.65 (Reimer,
    Scanning Electron Microscopy, 2nd ed. 1998, chapter 4), clipped where a grazing beam leaves
    through the far side of the particle. Micrographs of oxide grains look flatter than that, so
    the default range of n reaches lower.
    """
    tangent2 = slope_right * slope_right
    tangent2 += slope_up * slope_up
    tangent2 += 1
    # 1/cos = sqrt(1 + tan^2)
    grown = np.power(tangent2, np.float32(exponent / 2), out=tangent2)
    yielded: Field = np.minimum(grown, np.float32(limit), out=grown)
    return yielded


def side_light(scene: Geometry, *, strength: float, azimuth_deg: float) -> Field:
    """Return the part of the signal that a detector on one side collects, 1 on a flat surface.

    Surfaces that face the detector are brighter (Lambert's cosine about the normal, the shading
    of an Everhart-Thornley detector in Reimer 1998, chapter 6); what neighbours hide of the
    sky on its side is lost.
    """
    angle = math.radians(azimuth_deg)
    cos, sin = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    length = np.sqrt(1 + scene.slope_right**2 + scene.slope_up**2)
    facing = -(cos * scene.slope_right + sin * scene.slope_up) / length
    shadow = cos * scene.sky_right + sin * scene.sky_up
    light = 1 + np.float32(strength) * (facing + shadow)
    collected: Field = np.maximum(light, np.float32(0.05), out=light)
    return collected


def particle_signal(scene: Geometry, drawn: Drawn, rng: np.random.Generator) -> Field:
    """Return the signal of the particles; what stands on the holder has no meaning."""
    signal = secondary_yield(
        scene.slope_right,
        scene.slope_up,
        exponent=drawn["yield_exponent"],
        limit=drawn["yield_limit"],
    )
    signal += rim(scene, strength=drawn["rim_strength"], width_nm=drawn["rim_width_nm"])
    signal *= np.power(scene.sky, np.float32(drawn["particle_openness"]))
    if drawn["asymmetry"] > 0:
        signal *= side_light(
            scene, strength=drawn["asymmetry"], azimuth_deg=drawn["detector_azimuth_deg"]
        )
    shape = scene.shape
    patches = smooth_noise(shape, _PATCH_PX, rng) * np.float32(drawn["charge_patches"])
    gain = particle_gains(scene, drawn, rng)[scene.labels] * np.exp(patches)
    signal *= np.clip(gain, *_GAIN_LIMITS).astype(np.float32)
    signal *= _surface(scene, drawn, rng)
    return signal


def rim(scene: Geometry, *, strength: float, width_nm: float) -> Field:
    """Return the extra signal at free edges, where electrons leave through the side as well.

    Decays with the depth from which secondary electrons, and those that backscattered ones set
    free, still get out (edge effect; Seiler 1983, J. Appl. Phys. 54:R1).
    """
    depth = scene.edge_px * np.float32(-scene.nm_per_px / width_nm)
    glow: Field = np.exp(depth)
    glow *= scene.free_edge
    glow *= np.float32(strength)
    return glow


def particle_gains(scene: Geometry, drawn: Drawn, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return each particle's brightness by its label, entry 0 for the holder being 1.

    Particles charge differently, and the higher ones the more: their way to ground is longer and
    fewer neighbours catch their electrons.
    """
    labels = scene.labels.ravel()
    pixels = np.bincount(labels)
    height_um = np.bincount(labels, weights=scene.height_nm.ravel()) / np.maximum(pixels, 1) / 1e3
    present = np.flatnonzero(pixels[1:]) + 1
    lowest = float(height_um[present].min()) if present.size else 0.0
    spread = rng.normal(0.0, drawn["particle_spread"], pixels.size)
    gains = np.exp(spread) * np.maximum(1 + drawn["height_gain"] * (height_um - lowest), 0.3)
    gains[0] = 1.0
    by_label: NDArray[np.float32] = gains.astype(np.float32)
    return by_label


def _surface(scene: Geometry, drawn: Drawn, rng: np.random.Generator) -> Field:
    """Faint roughness, its strength different from particle to particle, strong on a few."""
    scale_px = max(drawn["roughness_scale_nm"] / scene.nm_per_px, 0.5)
    shape = scene.shape
    grain = smooth_noise(shape, scale_px, rng) + smooth_noise(shape, 3 * scale_px, rng)
    strength = rng.exponential(drawn["roughness"], int(scene.labels.max()) + 1)
    strength = np.minimum(strength, _ROUGHEST).astype(np.float32)
    texture: Field = np.maximum(1 + strength[scene.labels] * grain, np.float32(0.1))
    return texture
