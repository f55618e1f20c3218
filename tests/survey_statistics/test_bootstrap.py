"""The double bootstrap: it agrees with Obuchowski-Rockette where that works, and goes further."""

import numpy as np
import pytest

from survey.statistics.arrays import Bools, Floats
from survey.statistics.bootstrap import Bootstrap, double_bootstrap
from survey.statistics.primary import Primary, obuchowski_rockette
from survey.statistics.simulation import Design, Population, decisions_of, impressions
from survey.statistics.stopping import Stopped
from survey.statistics.undefined import Undefined

DESIGN = Design(raters=20, artificial=16, real=12)


def study(seed: int, design: Design = DESIGN, **figures: float) -> tuple[Floats, Bools]:
    population = Population(**{"d_prime": 0.0, **figures})
    felt = impressions(design, population, runs=1, rng=np.random.default_rng(seed))
    return decisions_of(felt)[0].astype(float), design.truth


def bootstrap(decisions: Floats, truth: Bools, **options: int) -> Bootstrap:
    found = double_bootstrap(decisions, truth, **{"resamples": 1000, "seed": 1, **options})  # type: ignore[arg-type]
    assert isinstance(found, Bootstrap)
    return found


def test_raters_of_one_kind_only_give_no_interval() -> None:
    decisions, truth = study(1)
    decisions[1:, truth] = np.nan
    assert double_bootstrap(decisions, truth, seed=1) == Undefined(
        "Fewer than two raters judged both kinds: nothing says how much raters differ."
    )


def test_one_image_of_an_arm_gives_no_interval() -> None:
    decisions, truth = study(1)
    arms = ["a"] + ["b"] * 27
    found = double_bootstrap(decisions, truth, arms, seed=1)
    assert found == Undefined(
        "Only one image of a kind was judged: nothing says how much images differ."
    )


def test_answers_that_never_vary_give_no_interval() -> None:
    truth = DESIGN.truth
    found = double_bootstrap(np.tile(truth, (5, 1)), truth, seed=1)
    assert isinstance(found, Undefined)


def test_few_resamples_are_refused() -> None:
    decisions, truth = study(1)
    with pytest.raises(ValueError, match="say little"):
        double_bootstrap(decisions, truth, resamples=10, seed=1)


def test_it_stops_when_asked() -> None:
    decisions, truth = study(1)
    with pytest.raises(Stopped):
        double_bootstrap(decisions, truth, seed=1, stop=lambda: True)


def test_one_seed_gives_one_interval_and_progress_reaches_the_end() -> None:
    decisions, truth = study(2)
    heard: list[int] = []
    first = double_bootstrap(
        decisions, truth, resamples=500, seed=3, progress=lambda done, _: heard.append(done)
    )
    assert heard == [200, 400, 500]
    assert first == bootstrap(decisions, truth, resamples=500, seed=3)
    assert first != bootstrap(decisions, truth, resamples=500, seed=4)


def test_complete_answers_have_the_interval_of_obuchowski_and_rockette() -> None:
    # Two ways to one variance: their ratio over many studies is near 1.
    ratios = []
    for seed in range(30):
        decisions, truth = study(seed, d_prime=0.8, sd_rater_sensitivity=0.8)
        exact = obuchowski_rockette(decisions, truth)
        assert isinstance(exact, Primary)
        found = bootstrap(decisions, truth, resamples=600)
        assert found.accuracy == pytest.approx(exact.accuracy)
        ratios.append(found.se / exact.se)
    assert np.mean(ratios) == pytest.approx(1, abs=0.06)
    assert np.std(ratios) < 0.12


def test_raters_without_a_kind_are_left_out_and_counted() -> None:
    decisions, truth = study(4)
    decisions[0, truth] = np.nan
    found = bootstrap(decisions, truth)
    assert (found.raters, found.raters_left_out) == (19, 1)


def test_arms_of_one_generator_change_nothing() -> None:
    decisions, truth = study(5)
    with_arms = double_bootstrap(decisions, truth, ["g"] * 28, resamples=500, seed=2)
    assert with_arms == bootstrap(decisions, truth, resamples=500, seed=2)


def test_incomplete_blocks_keep_the_error_near_five_percent() -> None:
    design = Design(raters=20, artificial=30, real=30)
    rng = np.random.default_rng(6)
    missed = wider = 0
    for seed in range(200):
        decisions, truth = study(1000 + seed, design)
        decisions[rng.random(decisions.shape) < 0.6] = np.nan
        found = bootstrap(decisions, truth, resamples=200)
        missed += not found.interval95.low <= 0.5 <= found.interval95.high
        wider += found.percentile95.half_width > found.interval95.half_width
    assert missed <= 20  # binomial: 5 % of 200 is 10, and 21 or more has a chance of 1 in 500
    assert wider > 150
