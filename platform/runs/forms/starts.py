"""Where a form may start from other than the defaults: values that fit a purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runs.presets import POWDERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    key: str
    title: str
    note: str
    spec: Mapping[str, Any]


STARTS: dict[str, tuple[Start, ...]] = {
    "simulate": (
        Start(
            key="powders",
            title="Mixed powders",
            note="Mostly titania-like grains with some round and long ones: what one network "
            "for many powders learns from.",
            spec={**POWDERS, "scenes": 24, "particles": [80, 320]},
        ),
        Start(
            key="spheres",
            title="Silica spheres",
            note="Round, nearly of one size.",
            spec={"shapes": ["sphere"], "diameter_nm": [250.0, 450.0], "diameter_cv": 0.06},
        ),
        Start(
            key="rods",
            title="Rods",
            note="Short and long rods in equal numbers.",
            spec={"shapes": ["short_rod", "long_rod"], "diameter_cv": 0.25},
        ),
        Start(
            key="look",
            title="A first look",
            note="Two small scenes, in well under a minute.",
            spec={"scenes": 2, "particles": [20, 40], "width_px": 320, "height_px": 256},
        ),
    ),
    "render": (
        Start(
            key="quiet",
            title="Slow scan",
            note="Many electrons, little charging, a smooth holder.",
            spec={
                "dose_electrons": [2000.0, 5000.0],
                "charge_patches": [0.0, 0.05],
                "streaks": [0.0, 0.0],
                "texture": [0.0, 0.1],
            },
        ),
        Start(
            key="hard",
            title="Fast scan, charging",
            note="Few electrons, streaks and halos: a network that has seen them is hard to upset.",
            spec={
                "dose_electrons": [60.0, 500.0],
                "charge_patches": [0.05, 0.3],
                "streaks": [0.02, 0.12],
                "line_noise_grey": [0.5, 2.0],
            },
        ),
    ),
    "cyclegan-train": (
        Start(
            key="paper",
            title="The paper's networks",
            note="64 channels and 9 blocks, and its stop rule; for a GPU.",
            spec={"ngf": 64, "ndf": 64, "blocks": 9, "crop_px": 256, "stop_score": 0.5},
        ),
        Start(
            key="look",
            title="A first look",
            note="200 steps, to see whether the images fit; nothing to train with.",
            spec={"steps": 200, "sample_every": 50},
        ),
    ),
    "segment-train": (
        Start(
            key="look",
            title="A first network",
            note="150 steps; it finds most particles that stand alone.",
            spec={"steps": 150, "validate_every": 50},
        ),
        Start(
            key="large",
            title="Large, for a GPU",
            note="Twice the channels, larger batches, 8,000 steps.",
            spec={"steps": 8000, "batch": 16, "features": [32, 64, 128, 256, 512, 32]},
        ),
    ),
    "segment-predict": (
        Start(
            key="fine",
            title="Very small particles",
            note="The network sees every pixel, and small pieces count.",
            spec={"scale": 1.0, "min_area_px": 12, "min_side_px": 4},
        ),
    ),
}


def start_of(stage: str, key: str) -> Start | None:
    return next((one for one in STARTS.get(stage, ()) if one.key == key), None)
