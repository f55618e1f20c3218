"""Simulated studies have the rates and spreads that were asked for, and the same seed repeats."""

import numpy as np
import pytest

from survey.statistics.sdt import Counts, criterion, d_prime
from survey.statistics.simulation import (
    Design,
    Population,
    blocks,
    confidence_of,
    decisions_of,
    from_rates,
    impressions,
)

DESIGN = Design(raters=20, artificial=16, real=12)


def test_a_design_with_one_rater_is_refused() -> None:
    with pytest.raises(ValueError, match="two raters"):
        Design(raters=1, artificial=16, real=12)


def test_a_negative_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Population(d_prime=0, sd_image=-1)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_rates_that_no_finite_population_has_are_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="ends excluded"):
        from_rates(rate, 0.5)


def test_the_paper_s_rates_give_a_population_with_these_rates() -> None:
    population = from_rates(8 / 16, 2 / 12)
    assert population.hit_rate == pytest.approx(8 / 16)
    assert population.false_alarm_rate == pytest.approx(2 / 12)
    assert population.balanced_accuracy == pytest.approx(2 / 3)
    # Spreads hide some of the average rater's skill: pooled, d' is the .967 of oracle 11.
    assert population.d_prime == pytest.approx(0.967422 * population.total_sd, abs=1e-5)


@pytest.mark.parametrize("criterion", [-1.3, 0.0, 0.5, 0.672])
def test_guessing_is_a_half_sharp_whatever_raters_lean_to(criterion: float) -> None:
    assert Population(d_prime=0, criterion=criterion).balanced_accuracy == 0.5


def test_simulated_rates_are_those_of_the_population() -> None:
    population = Population(d_prime=1.2, criterion=0.4)
    felt = impressions(DESIGN, population, runs=2000, rng=np.random.default_rng(1))
    said = decisions_of(felt)
    assert said.shape == (2000, 20, 28)
    assert said[..., DESIGN.truth].mean() == pytest.approx(population.hit_rate, abs=0.01)
    assert said[..., ~DESIGN.truth].mean() == pytest.approx(population.false_alarm_rate, abs=0.01)


def test_without_spreads_the_answers_have_the_d_prime_and_criterion_asked_for() -> None:
    population = Population(
        d_prime=1.0, criterion=0.3, sd_image=0, sd_rater_bias=0, sd_rater_sensitivity=0
    )
    said = decisions_of(impressions(DESIGN, population, runs=3000, rng=np.random.default_rng(2)))
    hits, alarms = said[..., DESIGN.truth], said[..., ~DESIGN.truth]
    counts = Counts(
        hits=int(hits.sum()),
        misses=int((~hits).sum()),
        false_alarms=int(alarms.sum()),
        correct_rejections=int((~alarms).sum()),
    )
    assert d_prime(counts) == pytest.approx(1.0, abs=0.02)
    assert criterion(counts) == pytest.approx(0.3, abs=0.02)


def test_confidence_has_six_steps_and_agrees_with_the_decision() -> None:
    felt = impressions(DESIGN, Population(d_prime=1), runs=20, rng=np.random.default_rng(3))
    confidence = confidence_of(felt)
    assert set(np.unique(confidence)) == {1, 2, 3, 4, 5, 6}
    np.testing.assert_array_equal(confidence >= 4, decisions_of(felt))


def test_one_seed_gives_one_set_of_studies() -> None:
    population = Population(d_prime=1)
    first, second = (
        np.concatenate(list(blocks(DESIGN, population, runs=50, seed=7))) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_many_studies_come_in_blocks_that_fit_in_memory() -> None:
    large = Design(raters=200, artificial=150, real=150)
    sizes = [len(block) for block in blocks(large, Population(d_prime=0), runs=40, seed=1)]
    assert sizes == [33, 7]
