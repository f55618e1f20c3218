"""Made answers for tests: raters and images that differ, by a seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def made(
    raters: int = 6,
    artificial: int = 10,
    real: int = 8,
    *,
    d_prime: float = 1.0,
    seed: int = 0,
    **columns: Any,
) -> pd.DataFrame:
    """Rows as a study gives them: one a presentation, all answered."""
    rng = np.random.default_rng(seed)
    images = artificial + real
    truth = np.arange(images) < artificial
    latent = (
        rng.normal(size=(raters, images))
        + rng.normal(0, 0.5, images)
        + rng.normal(0, 0.3, (raters, 1))
        + d_prime * (truth - 0.5)
    )
    said = latent > 0.3
    frame = pd.DataFrame(
        {
            "rater": np.repeat([f"R{number:03}" for number in range(raters)], images),
            "image": np.tile([f"{number:03}" for number in range(images)], raters),
            "truth": np.tile(np.where(truth, "artificial", "real"), raters),
            "arm": np.tile(np.where(truth, np.where(np.arange(images) % 2, "a", "b"), ""), raters),
            "kind": "main",
            "decision": np.where(said, "artificial", "real").ravel(),
            "confidence": 1 + np.minimum(np.abs(latent - 0.3).ravel().astype(int), 2),
            "response_ms": np.exp(rng.normal(8, 0.5, raters * images)),
            "position": np.concatenate([rng.permutation(images) + 1 for _ in range(raters)]),
            "expertise": np.repeat(rng.choice(["expert", "novice"], raters), images),
        }
    )
    return frame.assign(**columns)
