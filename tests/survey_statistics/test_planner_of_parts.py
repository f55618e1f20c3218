"""Designs in which each rater judges a part of the images, judged as their analysis judges them."""

import numpy as np
import pytest

from survey.statistics.arrays import Bools
from survey.statistics.interval import Interval
from survey.statistics.operating import Share, bootstrap_ends, operating
from survey.statistics.outcome import INCOMPLETE, outcome_of
from survey.statistics.planner import plan
from survey.statistics.simulation import Design, Population, decisions_of, impressions
from survey.statistics.stopping import Stopped
from survey.statistics.tidy import Table

ALIKE = Population(d_prime=0, criterion=0, sd_image=0, sd_rater_bias=0, sd_rater_sensitivity=0)
GUESSING = Population(d_prime=0)
HALF = Design(raters=20, artificial=16, real=12, images_per_rater=14)


def dealt(design: Design, number: int) -> Bools:
    """Each rater gets artificial and real images in their proportion, at random."""
    rng = np.random.default_rng(number)
    each = design.images_per_rater or design.images
    artificial = round(each * design.artificial / design.images)
    judged = np.zeros((design.raters, design.images), dtype=bool)
    for row in judged:
        row[rng.permutation(design.artificial)[:artificial]] = True
        row[design.artificial + rng.permutation(design.real)[: each - artificial]] = True
    return judged


def test_a_part_larger_than_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="no more than there are"):
        Design(raters=20, artificial=16, real=12, images_per_rater=29)


def test_a_part_without_saying_which_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing says which"):
        operating(HALF, GUESSING, runs=2, seed=1)


def test_all_of_the_images_are_no_part() -> None:
    whole = Design(raters=20, artificial=16, real=12, images_per_rater=28)
    assert whole.crossed
    found = operating(whole, GUESSING, runs=40, seed=1)
    same = operating(Design(raters=20, artificial=16, real=12), GUESSING, runs=40, seed=1)
    assert found == same


def test_a_simulated_study_has_the_interval_that_its_analysis_would_have() -> None:
    felt = impressions(HALF, GUESSING, runs=1, rng=np.random.default_rng(4))[0]
    judged = dealt(HALF, 1)
    table = Table(
        raters=tuple(f"R{number:02}" for number in range(20)),
        images=tuple(f"{number:02}" for number in range(28)),
        decisions=np.where(judged, decisions_of(felt).astype(float), np.nan),
        grades=np.full((20, 28), np.nan),
        truth=HALF.truth,
        arms=np.where(HALF.truth, "a", ""),
    )
    concluded = outcome_of(table, margin=(0.45, 0.55), seed=9)
    assert concluded.method == INCOMPLETE
    ends = bootstrap_ends(felt, judged, HALF.truth, seed=9, resamples=4000)
    assert isinstance(concluded.interval95, Interval)
    assert isinstance(concluded.interval90, Interval)
    assert ends == pytest.approx((*concluded.interval95, *concluded.interval90))


def test_where_nothing_but_single_answers_varies_the_interval_is_that_of_their_number() -> None:
    """20 raters give 7 answers on each kind, each right with a half: SE = sqrt(1/4 / 280).

    A bootstrap's variance is never taken smaller than that of raters or of images alone, which
    makes the interval wider by some, and narrower never.
    """
    found = operating(
        Design(raters=20, artificial=14, real=14, images_per_rater=14),
        ALIKE,
        runs=150,
        seed=3,
        dealt=dealt,
    )
    assert found.half_width95 is not None
    assert 1 <= found.half_width95.value / (1.96 * (0.25 / 280) ** 0.5) <= 1.25


def test_raters_who_guess_are_told_apart_in_one_study_of_twenty() -> None:
    found = operating(HALF, GUESSING, runs=300, seed=5, dealt=dealt)
    error: Share = found.discriminating
    assert error.value <= 0.05 + 3 * error.se
    assert found.coverage95.value >= 0.95 - 3 * found.coverage95.se


def test_half_of_the_images_for_each_rater_conclude_less_than_all() -> None:
    part, whole = (
        operating(design, Population(d_prime=0.6), runs=120, seed=6, dealt=dealt)
        for design in (
            HALF,
            Design(raters=20, artificial=16, real=12),
        )
    )
    assert part.half_width95 is not None
    assert whole.half_width95 is not None
    assert part.half_width95.value > whole.half_width95.value


def test_a_plan_of_parts_says_what_it_can_conclude_repeats_and_has_no_closed_form() -> None:
    heard: list[tuple[int, int]] = []
    first, second = (
        plan(
            HALF,
            Population(d_prime=1),
            runs=10,
            seed=9,
            dealt=dealt,
            progress=lambda *told: heard.append(told),
        )
        for _ in range(2)
    )
    assert first == second
    assert first.closed_form is None
    assert first.statements[0].startswith("This design cannot conclude equivalence")
    assert heard[0] == (1, 20)
    assert heard[-1] == (20, 20)


def test_a_plan_of_parts_stops_when_asked() -> None:
    with pytest.raises(Stopped):
        plan(HALF, GUESSING, runs=10, seed=1, dealt=dealt, stop=lambda: True)
