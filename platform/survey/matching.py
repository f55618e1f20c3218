"""Content-matched pairs: each artificial image with the real one that is most like it."""

from __future__ import annotations

from collections.abc import Sequence

from survey.facts import UNKNOWN, facts_of
from survey.models import Answer, Stimulus

# Figures of the picture that people see as brightness, contrast, detail and grain.
FIGURES = ("mean_grey", "sd_grey", "sharpness_grey2", "noise_grey")
OTHER_SHAPE, OTHER_MATERIAL = 100.0, 10.0  # against distances of a few standard deviations


def matched(stimuli: Sequence[Stimulus]) -> dict[int, int]:
    """Number of a stimulus -> number of its pair, from 1; who finds no partner is left out.

    First of all like shapes, then like materials, then near figures; over all pairs together the
    sum of the distances is the smallest that there is.
    """
    # Loaded only where somebody matches.
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    real = [s for s in stimuli if s.truth == Answer.REAL]
    artificial = [s for s in stimuli if s.truth == Answer.ARTIFICIAL]
    if not real or not artificial:
        return {}
    values = np.array([[float(s.figures.get(name, 0)) for name in FIGURES] for s in stimuli])
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    place = {s.number: row for row, s in zip(scaled, stimuli, strict=True)}
    costs = np.array(
        [
            [
                float(np.linalg.norm(place[a.number] - place[r.number])) + _strangeness(a, r)
                for r in real
            ]
            for a in artificial
        ]
    )
    found: dict[int, int] = {}
    for number, (row, column) in enumerate(zip(*linear_sum_assignment(costs), strict=True), 1):
        found[artificial[row].number] = found[real[column].number] = number
    return found


def _strangeness(one: Stimulus, other: Stimulus) -> float:
    penalty = 0.0
    for value, its, fine in zip(
        facts_of(one), facts_of(other), (OTHER_SHAPE, OTHER_MATERIAL), strict=True
    ):
        if UNKNOWN not in (value, its) and value != its:
            penalty += fine
    return penalty
