"""The course of a session: errors and leans over the positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.statistics.clustered import Estimate
from survey.statistics.learning import Stretch, slope, stretches
from survey.statistics.tidy import Rows
from survey.statistics.undefined import Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Changes per ten positions, and the parts wrong along the way for drawing."""

    right_per_ten: Estimate | Undefined  # of the part right
    artificial_per_ten: Estimate | Undefined  # of the part that said "artificial"
    log_ms_per_ten: Estimate | Undefined  # of the logarithm of the response time
    wrong: tuple[Stretch, ...]
    wrong_artificial: tuple[Stretch, ...]  # among artificial images
    wrong_real: tuple[Stretch, ...]


def course_of(rows: Rows) -> Course:
    """Follow the answers that have a position."""
    placed = ~np.isnan(rows.position)
    position, rater = rows.position[placed], rows.rater[placed]
    right, said = rows.correct[placed], rows.said_artificial[placed]
    timed = placed & (rows.response_ms > 0)
    truth = rows.is_artificial[placed]
    return Course(
        right_per_ten=slope(right, position, rater),
        artificial_per_ten=slope(said, position, rater),
        log_ms_per_ten=slope(
            np.log(rows.response_ms[timed]), rows.position[timed], rows.rater[timed]
        ),
        wrong=stretches(~right, position, rater),
        wrong_artificial=stretches(~right[truth], position[truth], rater[truth]),
        wrong_real=stretches(~right[~truth], position[~truth], rater[~truth]),
    )
