"""Scenes and pairs: what stages hand to each other through folders."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.contracts.specs import Arrangement, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticleTruth:
    """What is exactly known of one simulated particle.

    Lengths are in nm; `position_nm` is (x, y, z) of the centre of mass, x to the right and y up
    from the middle of the image, z above the holder; `rotation` is a unit quaternion (w, x, y, z);
    `size_nm` holds the full lengths along the particle's own axes. `silhouette_px` counts the
    whole particle seen from above, also what others hide and what lies beyond the image's border.
    """

    label: int
    shape: Shape
    diameter_nm: float
    size_nm: tuple[float, float, float]
    position_nm: tuple[float, float, float]
    rotation: tuple[float, float, float, float]
    visible_px: int
    silhouette_px: int
    visible_fraction: float
    touches_border: bool
    at_rest: bool
    on_holder: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneTruth:
    """`scene.json`: what is exactly known of a simulated scene."""

    index: int
    seed: int
    arrangement: Arrangement
    width_px: int
    height_px: int
    nm_per_px: float
    top_nm: float
    fall_s: float
    never_rested: int
    left_holder: int
    particles: tuple[ParticleTruth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An artificial SEM image and the scene that it shows.

    `image` and `scene` are paths relative to the folder of `pairs.json`; `parameters` are the
    values drawn for this image; `phash` is its perceptual hash (`pipeline.looks`), empty where an
    earlier release made it.
    """

    image: str
    scene: str
    parameters: dict[str, float]
    phash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairList:
    """`pairs.json` of a translate stage."""

    generator: str
    pairs: tuple[Pair, ...]
