"""The physics renderer: a scene and drawn parameters become an artificial SEM image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.translate import detector, holder, optics
from pipeline.translate.emission import particle_signal, side_light
from pipeline.translate.fields import Field
from pipeline.translate.geometry import Geometry
from pipeline.translate.parameters import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILL_PX = 2.0  # the holder's signal is carried so far under the particles, for the blur


def render(scene: Geometry, drawn: Drawn, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the micrograph that a microscope with these parameters would take.

    Parameters
    ----------
    scene : Geometry
        The scene, looked at once for all of its images.
    drawn : mapping of str to float
        A value for each range of `RenderRanges`, and `holder_kind`, a position in `holder.KINDS`.
    rng : numpy.random.Generator
        Source of textures and noise.

    Returns
    -------
    ndarray of shape (H, W), uint8
    """
    signal = counted_signal(scene, drawn, rng)
    return detector.digitised(detector.grey_of(signal, scene.on_particle, drawn), drawn, rng)


def counted_signal(scene: Geometry, drawn: Drawn, rng: np.random.Generator) -> Field:
    """Return the counted signal before electronics, shape (H, W), float32."""
    on_particle = scene.on_particle.astype(np.float32)
    particles = particle_signal(scene, drawn, rng)
    ground = holder_signal(scene, on_particle, drawn, rng)
    signal = _through_optics(scene, particles, ground, on_particle, drawn)
    signal = detector.streaks(
        signal,
        signal * on_particle,
        strength=drawn["streaks"],
        length_px=drawn["streak_length_px"],
        rng=rng,
    )
    signal *= detector.shading(scene.shape, strength=drawn["shading"], rng=rng)
    signal = detector.jittered(signal, sigma_px=drawn["scan_jitter_px"], rng=rng)
    return detector.counted(signal, dose_electrons=drawn["dose_electrons"], rng=rng)


def holder_signal(
    scene: Geometry, on_particle: Field, drawn: Drawn, rng: np.random.Generator
) -> Field:
    """Return the signal of the holder, shape (H, W), float32, carried on under the particles.

    Its level and texture, dimmed where particles hide the sky, dimmed or brightened where their
    charge turns the electrons away (halo).
    """
    light = np.power(scene.sky, np.float32(drawn["holder_openness"]))
    if drawn["asymmetry"] > 0:
        light *= side_light(
            scene, strength=drawn["asymmetry"], azimuth_deg=drawn["detector_azimuth_deg"]
        )
    light = _carried_under(light, on_particle)
    texture = holder.texture_of(
        int(drawn["holder_kind"]), scene.shape, drawn["texture_scale_px"], rng
    )
    ground: Field = np.float32(drawn["holder_level"]) + np.float32(drawn["texture"]) * texture
    np.maximum(ground, 0, out=ground)
    ground *= holder.windows(scene.shape, drawn["window_contrast"], rng)
    ground *= light
    near = optics.blur(on_particle, drawn["halo_reach_px"])
    ground *= np.maximum(1 + np.float32(2 * drawn["halo"]) * near, 0.1)
    return ground


def _carried_under(light: Field, on_particle: Field) -> Field:
    beside = 1 - on_particle
    weight = optics.blur(beside, _FILL_PX)
    carried = optics.blur(light * beside, _FILL_PX) / np.maximum(weight, 1e-3)
    return np.where(on_particle > 0, carried, light)


def _through_optics(
    scene: Geometry, particles: Field, ground: Field, on_particle: Field, drawn: Drawn
) -> Field:
    focus_nm = drawn["focus_height"] * float(scene.height_nm.max(initial=0.0))
    widths = {
        "blur_px": drawn["blur_px"],
        "defocus_px_per_um": drawn["defocus_px_per_um"],
        "focus_nm": focus_nm,
    }
    signal = optics.picture(
        particles,
        ground,
        on_particle,
        optics.sigma_at(scene.height_nm, **widths),
        float(optics.sigma_at(np.zeros(1, np.float32), **widths)[0]),
    )
    return optics.bloom(signal, part=drawn["bloom"], reach_px=drawn["bloom_reach_px"])
