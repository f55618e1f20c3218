"""The folded parameters of a stage by subject, so that people find theirs."""

from __future__ import annotations

from collections.abc import Sequence

Groups = tuple[tuple[str, tuple[str, ...]], ...]

OTHERS = "More"

GROUPS: dict[str, Groups] = {
    "simulate": (
        ("Particles", ("size_distribution", "diameter_cv", "arrangements")),
        ("Image", ("width_px", "height_px", "edges")),
        ("Simulation", ("fall_limit_s", "scene_timeout_s", "scenes_per_process")),
    ),
    "render": (
        (
            "Emission",
            (
                "yield_exponent",
                "yield_limit",
                "rim_strength",
                "rim_width_nm",
                "holder_level",
                "particle_spread",
                "height_gain",
                "roughness",
                "roughness_scale_nm",
            ),
        ),
        (
            "The way to the detector",
            ("particle_openness", "holder_openness", "asymmetry", "detector_azimuth_deg"),
        ),
        (
            "Charging",
            ("halo", "halo_reach_px", "charge_patches", "streaks", "streak_length_px"),
        ),
        ("The holder", ("texture", "texture_scale_px", "window_contrast")),
        (
            "Optics",
            ("blur_px", "focus_height", "defocus_px_per_um", "bloom", "bloom_reach_px"),
        ),
        (
            "Electronics",
            (
                "dose_electrons",
                "electronic_noise_grey",
                "line_noise_grey",
                "scan_jitter_px",
                "shading",
                "black_grey",
                "particle_grey",
                "clipped_part",
                "gamma",
            ),
        ),
    ),
    "cyclegan-train": (
        ("Networks", ("ngf", "ndf", "blocks", "discriminator_layers", "precision")),
        ("Losses", ("cycle_weight", "identity_weight")),
        ("Training", ("batch", "learning_rate", "decay_from", "history", "noise_sigma")),
        ("When to stop", ("stop_score", "stop_window")),
        ("What is kept", ("sample_every", "checkpoint_every")),
    ),
    "segment-train": (
        ("Network", ("features", "precision")),
        ("Training", ("crop_px", "learning_rate", "validation_part", "validate_every")),
    ),
    "segment-predict": (
        ("Image", ("data_bar", "window_px", "scale", "precision")),
        (
            "Particles",
            ("foreground_threshold", "seed_distance_px", "min_area_px", "min_side_px"),
        ),
    ),
}


def grouped(stage: str, names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """`names` by subject, those of no subject last."""
    subjects = GROUPS.get(stage, ())
    found = [(title, [name for name in group if name in names]) for title, group in subjects]
    placed = {name for _, group in subjects for name in group}
    found.append((OTHERS if subjects else "", [name for name in names if name not in placed]))
    return [(title, group) for title, group in found if group]
