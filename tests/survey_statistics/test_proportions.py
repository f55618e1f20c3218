"""Parts within one rater, against Newcombe's table and exact values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from survey.statistics.interval import Interval
from survey.statistics.proportions import binomial_p, clopper_pearson, fisher_p, holm, wilson
from survey.statistics.undefined import Undefined

# Oracle 8: Newcombe 1998, table I.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


def test_nothing_counted_is_undefined_everywhere() -> None:
    nothing = Undefined("Nothing was counted.")
    assert wilson(0, 0) == clopper_pearson(0, 0) == binomial_p(0, 0) == nothing
    assert fisher_p(0, 0, 1, 2) == Undefined("No artificial image was judged.")
    assert fisher_p(1, 2, 0, 0) == Undefined("No real image was judged.")


def test_more_than_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


@pytest.mark.parametrize(("successes", "total", "score", "exact"), NEWCOMBE)
def test_oracle_8_intervals_are_newcombes(
    successes: int, total: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    assert wilson(successes, total) == pytest.approx(score, abs=6e-5)
    assert clopper_pearson(successes, total) == pytest.approx(exact, abs=6e-5)


def test_oracle_11_fishers_p_of_the_paper() -> None:
    assert fisher_p(8, 16, 2, 12) == pytest.approx(0.114395, abs=5e-7)


def test_oracle_13_exact_binomial() -> None:
    assert binomial_p(18, 28) == pytest.approx(0.184933, abs=5e-7)
    assert binomial_p(18, 28, alternative="greater") == pytest.approx(0.092467, abs=5e-7)


def test_holm_counts_only_the_tests_that_were_made() -> None:
    why = Undefined("This rater judged nothing.")
    first, second, *others = holm([0.01, why, 0.04, 0.03])
    assert second == why
    assert [first, *others] == pytest.approx([0.03, 0.06, 0.06])
    assert holm([why]) == (why,)
    assert holm([]) == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_part_and_mirror(counted: tuple[int, int]) -> None:
    successes, total = counted
    for method in (wilson, clopper_pearson):
        found, mirrored = method(successes, total), method(total - successes, total)
        assert isinstance(found, Interval) and isinstance(mirrored, Interval)
        assert found.low - 1e-12 <= successes / total <= found.high + 1e-12
        assert mirrored == pytest.approx((1 - found.high, 1 - found.low))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(tuple(multipletests(p_values, method="holm")[1]))
