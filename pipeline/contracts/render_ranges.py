"""The ranges from which the physics renderer draws the parameters of each image.

Here and not in `pipeline.translate`, because contracts know no stage. The defaults hold what
in-lens micrographs of oxide grains show at 5 to 10 nm a pixel, and spread well round it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pipeline.codec import Param

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)  # no slots: it is mixed into a spec that has some
class RenderRanges:
    """From-to of each parameter; an image takes one value of each.

    Signals are in units of a flat, open particle surface, greys in units of 0 to 255.
    """

    # --- emission
    yield_exponent: Annotated[
        Range,
        Param("Exponent n of the yield 1/cos(tilt)^n.", ge=0, le=3, ordered=True),
    ] = (0.15, 0.9)
    yield_limit: Annotated[
        Range, Param("Highest yield of a tilted surface.", ge=1, le=20, ordered=True)
    ] = (1.4, 3.5)
    rim_strength: Annotated[
        Range, Param("Extra signal at a particle's free edge.", ge=0, le=5, ordered=True)
    ] = (0.1, 0.9)
    rim_width_nm: Annotated[
        Range,
        Param("Depth over which it decays.", unit="nm", gt=0, le=1000, ordered=True),
    ] = (7.0, 30.0)
    holder_level: Annotated[
        Range, Param("Signal of the flat holder.", ge=0, le=2, ordered=True)
    ] = (0.08, 0.65)
    particle_spread: Annotated[
        Range,
        Param("Spread of the particles' brightness (log sigma).", ge=0, le=1, ordered=True),
    ] = (0.03, 0.3)
    height_gain: Annotated[
        Range,
        Param("Gain of brightness with height.", unit="1/µm", ge=-5, le=5, ordered=True),
    ] = (0.0, 1.0)
    roughness: Annotated[
        Range,
        Param("Mean contrast of the particles' surface texture.", ge=0, le=1, ordered=True),
    ] = (0.005, 0.06)
    roughness_scale_nm: Annotated[
        Range, Param("Its grain.", unit="nm", gt=0, le=1e5, ordered=True)
    ] = (8.0, 50.0)

    # --- the way to the detector
    particle_openness: Annotated[
        Range,
        Param("Power of the visible sky that dims crevices.", ge=0, le=5, ordered=True),
    ] = (0.25, 1.2)
    holder_openness: Annotated[
        Range,
        Param("The same for the holder beside particles.", ge=0, le=5, ordered=True),
    ] = (0.2, 1.4)
    asymmetry: Annotated[
        Range,
        Param("Light from one side; 0 is an in-lens detector.", ge=0, le=1, ordered=True),
    ] = (0.0, 0.5)
    detector_azimuth_deg: Annotated[
        Range,
        Param(
            "Where the detector stands; 0 right, 90 top.",
            unit="°",
            ge=-360,
            le=360,
            ordered=True,
        ),
    ] = (0.0, 360.0)

    # --- charging
    halo: Annotated[
        Range,
        Param("Change of the holder's signal near particles.", ge=-1, le=2, ordered=True),
    ] = (-0.45, 0.15)
    halo_reach_px: Annotated[
        Range, Param("Reach of that halo.", unit="px", gt=0, le=1000, ordered=True)
    ] = (6.0, 40.0)
    charge_patches: Annotated[
        Range,
        Param("Slow changes of the particles' brightness (sigma).", ge=0, le=1, ordered=True),
    ] = (0.0, 0.2)
    streaks: Annotated[
        Range,
        Param("Horizontal streaks on and beside particles.", ge=0, le=1, ordered=True),
    ] = (0.0, 0.06)
    streak_length_px: Annotated[
        Range, Param("Length of the streaks.", unit="px", gt=0, le=5000, ordered=True)
    ] = (15.0, 150.0)

    # --- the holder
    texture: Annotated[
        Range,
        Param("Signal of the holder's texture.", ge=0, le=2, ordered=True),
    ] = (0.04, 0.5)
    texture_scale_px: Annotated[
        Range, Param("Size of its features.", unit="px", gt=0, le=200, ordered=True)
    ] = (4.5, 16.0)

    window_contrast: Annotated[
        Range,
        Param(
            "Change of the holder's signal where it was scanned before.",
            ge=-1,
            le=1,
            ordered=True,
        ),
    ] = (-0.2, 0.1)

    # --- optics
    blur_px: Annotated[
        Range, Param("Beam's sigma in focus.", unit="px", ge=0, le=10, ordered=True)
    ] = (0.3, 0.95)
    focus_height: Annotated[
        Range,
        Param("Focal plane, as a part of the scene's height.", ge=-1, le=2, ordered=True),
    ] = (0.0, 1.0)
    defocus_px_per_um: Annotated[
        Range,
        Param(
            "Blur added with distance from it.",
            unit="px/µm",
            ge=0,
            le=50,
            ordered=True,
        ),
    ] = (0.0, 1.5)
    bloom: Annotated[
        Range, Param("Part of the signal in a wide glow.", ge=0, le=1, ordered=True)
    ] = (0.0, 0.06)
    bloom_reach_px: Annotated[
        Range, Param("Sigma of that glow.", unit="px", gt=0, le=200, ordered=True)
    ] = (3.0, 12.0)

    # --- electronics
    dose_electrons: Annotated[
        Range,
        Param(
            "Electrons counted in a pixel of signal 1.",
            unit="e/px",
            gt=0,
            le=1e7,
            ordered=True,
        ),
    ] = (150.0, 5000.0)
    electronic_noise_grey: Annotated[
        Range,
        Param("Gaussian noise (sigma).", unit="grey", ge=0, le=128, ordered=True),
    ] = (0.2, 3.0)
    line_noise_grey: Annotated[
        Range,
        Param("Offset of each scan line (sigma).", unit="grey", ge=0, le=128, ordered=True),
    ] = (0.0, 1.0)
    scan_jitter_px: Annotated[
        Range,
        Param("Shift of each scan line (sigma).", unit="px", ge=0, le=2, ordered=True),
    ] = (0.0, 0.1)
    shading: Annotated[
        Range,
        Param("Brightness slope across the image.", ge=0, le=1, ordered=True),
    ] = (0.0, 0.3)
    black_grey: Annotated[
        Range,
        Param("Grey of no signal.", unit="grey", ge=-100, le=200, ordered=True),
    ] = (-5.0, 30.0)
    particle_grey: Annotated[
        Range,
        Param("Grey of signal 1.", unit="grey", ge=1, le=500, ordered=True),
    ] = (90.0, 200.0)
    clipped_part: Annotated[
        Range,
        Param("Part of the particles' pixels that may be white.", ge=0, lt=1, ordered=True),
    ] = (0.0, 0.05)
    gamma: Annotated[
        Range, Param("Exponent of the signal's way to grey.", gt=0, le=5, ordered=True)
    ] = (0.8, 1.2)
