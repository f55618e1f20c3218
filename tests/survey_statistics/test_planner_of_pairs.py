"""Designs that show pairs, judged as their analysis judges them."""

import numpy as np
import pytest

from survey.statistics.arrays import Bools, Floats
from survey.statistics.clustered import Estimate
from survey.statistics.clustered_batch import clustered_means
from survey.statistics.expected_power import expected
from survey.statistics.operating import operating
from survey.statistics.pairs import pairs
from survey.statistics.planner import plan
from survey.statistics.planner_search import needed
from survey.statistics.simulation import Design, Population, impressions_of_pairs
from survey.statistics.undefined import Undefined

ALIKE = Population(d_prime=0, sd_image=0, sd_rater_bias=0, sd_rater_sensitivity=0)
GUESSING = Population(d_prime=0)


def of_pairs(raters: int, count: int, each: int | None = None) -> Design:
    return Design(raters=raters, artificial=count, real=count, images_per_rater=each, pairs=True)


def drawn(design: Design, population: Population, *, runs: int, seed: int) -> Floats:
    return impressions_of_pairs(design, population, runs=runs, rng=np.random.default_rng(seed))


def test_pairs_of_unequal_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="as many artificial as real"):
        Design(raters=20, artificial=16, real=12, pairs=True)
    with pytest.raises(ValueError, match="no more than there are"):
        of_pairs(20, 16, 17)


@pytest.mark.parametrize("answered", [1.0, 0.5])
def test_a_simulated_study_has_the_interval_that_its_analysis_would_have(answered: float) -> None:
    felt = drawn(of_pairs(9, 14), Population(d_prime=0.6), runs=40, seed=2)
    given = np.random.default_rng(3).random(felt.shape) < answered
    batch = clustered_means(felt > 0, given)
    (low95, high95), (low90, high90) = batch.interval(0.95), batch.interval(0.90)
    for study in range(40):
        whole = pairs(np.where(given[study], felt[study] > 0, np.nan))
        assert isinstance(whole.part_right, Estimate)
        assert not isinstance(whole.interval90, Undefined)
        ends = (low95[study], high95[study], low90[study], high90[study])
        assert ends == pytest.approx((*whole.part_right.interval, *whole.interval90), abs=1e-12)


def test_studies_that_say_nothing_of_their_error_have_no_interval() -> None:
    right = np.ones((1, 4, 6))
    assert np.isnan(clustered_means(right).interval()[0]).all()
    one_rater = np.arange(4)[None, :, None] == 0
    answers = np.arange(24).reshape(1, 4, 6) % 2
    assert np.isnan(clustered_means(answers, one_rater).interval()[0]).all()
    with pytest.raises(ValueError, match="studies, raters, pairs"):
        clustered_means(right[0])


def test_without_any_spread_a_pair_is_judged_by_root_two_of_d_prime() -> None:
    """Green & Swets: the part right is Phi(d' / sqrt 2), 0.7602 at d' = 1."""
    population = Population(d_prime=1, sd_image=0, sd_rater_bias=9, sd_rater_sensitivity=0)
    assert population.pairs_judged_rightly == pytest.approx(0.760250, abs=5e-7)
    felt = drawn(of_pairs(40, 60), population, runs=40, seed=1)
    assert (felt > 0).mean() == pytest.approx(0.760250, abs=4 * (0.76 * 0.24 / felt.size) ** 0.5)


def test_pairs_are_two_images_of_the_same_people_seen_at_once() -> None:
    """A pair is right where the artificial image makes the stronger impression of the two."""
    population = Population(d_prime=0.8, sd_image=0.7, sd_rater_sensitivity=0.5)
    rng = np.random.default_rng(7)
    raters, count = 4000, 200
    skill = 0.8 + 0.5 * rng.standard_normal((raters, 1))
    artificial, real = 0.7 * rng.standard_normal((2, 1, count))
    felt_artificial = skill / 2 + artificial + rng.standard_normal((raters, count))
    felt_real = -skill / 2 + real + rng.standard_normal((raters, count))
    right = (felt_artificial > felt_real).mean(axis=0)
    error = right.std() / count**0.5
    assert population.pairs_judged_rightly == pytest.approx(right.mean(), abs=4 * error)


@pytest.mark.parametrize(
    ("design", "population"),
    [
        (of_pairs(20, 14), Population(d_prime=1)),
        (of_pairs(8, 20), Population(d_prime=0.5)),
        (of_pairs(20, 100), Population(d_prime=0, sd_rater_sensitivity=0)),
    ],
)
def test_the_closed_form_agrees_with_the_simulation(design: Design, population: Population) -> None:
    found, quick = operating(design, population, runs=600, seed=4), expected(design, population)
    assert found.accuracy == quick.accuracy
    assert found.half_width95 is not None
    assert quick.half_width95 == pytest.approx(found.half_width95.value, rel=0.05)
    share = found.distinguishable
    assert quick.distinguishable == pytest.approx(share.value, abs=0.06 + 3 * share.se)


@pytest.mark.parametrize("each", [None, 20])
@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_raters_who_guess_are_told_apart_in_one_study_of_twenty(
    each: int | None, spread: float
) -> None:
    population = Population(d_prime=0, sd_rater_sensitivity=spread)
    found = operating(of_pairs(20, 40, each), population, runs=800, seed=6, dealt=half_of_them)
    error = found.discriminating
    assert error.value <= 0.05 + 3 * error.se
    assert found.coverage95.value >= 0.95 - 3 * found.coverage95.se


def half_of_them(design: Design, number: int) -> Bools:
    rng = np.random.default_rng(number)
    judged = np.zeros((design.raters, design.shown), dtype=bool)
    for row in judged:
        row[rng.permutation(design.shown)[: design.images_per_rater]] = True
    return judged


def test_where_nothing_but_single_answers_varies_the_interval_is_that_of_their_number() -> None:
    """30 raters x 30 pairs, each right with a half: SE = sqrt(1/4 / 900), or a little more."""
    found = operating(of_pairs(30, 30), ALIKE, runs=300, seed=3)
    assert found.half_width95 is not None
    assert 1 <= found.half_width95.value / (2.045 * (0.25 / 900) ** 0.5) <= 1.15


def test_few_pairs_cannot_conclude_equivalence_and_more_raters_do_not_help() -> None:
    found = plan(of_pairs(20, 28), Population(d_prime=1), runs=200, seed=1)
    assert not found.can_conclude_equivalence
    assert found.at_chance.equivalent.value == 0
    assert found.statements[0].startswith("This design cannot conclude equivalence: its 90 %")
    assert found.statements[0].endswith("It takes more pairs.")
    assert "At a part of pairs judged rightly of 0.7" in found.statements[1]
    assert found.closed_form is not None
    assert plan(of_pairs(20, 28), Population(d_prime=1), runs=200, seed=1) == found


def test_many_pairs_conclude_equivalence_where_raters_guess() -> None:
    found = plan(
        of_pairs(40, 600), Population(d_prime=1, sd_rater_sensitivity=0.1), runs=60, seed=1
    )
    assert found.can_conclude_equivalence
    assert found.statements[0].startswith("If raters guess, ")


def test_the_margin_decides_over_pairs() -> None:
    narrow, wide = (
        operating(of_pairs(20, 40), GUESSING, margin=margin, runs=200, seed=1).equivalent.value
        for margin in ((0.49, 0.51), (0.3, 0.7))
    )
    assert narrow == 0
    assert wide > 0.8


def test_as_many_pairs_are_looked_for_as_a_power_needs() -> None:
    found = needed(
        of_pairs(12, 10),
        Population(d_prime=0.5),
        vary="images",
        goal="distinguishable",
        runs=300,
        seed=1,
    )
    assert found.found is not None
    assert found.found.pairs
    assert found.found.artificial == found.found.real
    powers = {trial.design.artificial: trial.power.value for trial in found.trials}
    assert powers[found.found.artificial] >= 0.8
    smaller = [power for count, power in powers.items() if count < found.found.artificial]
    assert all(power < 0.8 for power in smaller)


def test_no_number_of_pairs_makes_guessing_distinguishable() -> None:
    found = needed(
        of_pairs(12, 10), GUESSING, vary="images", goal="distinguishable", runs=10, seed=1
    )
    assert found.found is None
    assert found.reason.startswith("Even 5000 pairs give")


def test_a_part_of_the_pairs_without_saying_which_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing says which"):
        operating(of_pairs(20, 40, 20), GUESSING, runs=2, seed=1)
