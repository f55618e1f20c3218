"""Exact equivalence of a part, against PASS."""

import pytest

from survey.statistics.tost import reject_counts, tost_p, tost_power
from survey.statistics.undefined import Undefined


def test_nothing_counted_is_undefined() -> None:
    assert tost_p(0, 0, low=0.45, high=0.55) == Undefined("Nothing was counted.")


def test_too_few_answers_can_never_show_equivalence() -> None:
    assert isinstance(reject_counts(28, low=0.45, high=0.55), Undefined)
    assert tost_power(28, [0.5], low=0.45, high=0.55) == (0.0,)


def test_a_margin_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="lower end first"):
        tost_p(1, 2, low=0.6, high=0.4)


def test_oracle_14_region_and_power() -> None:
    assert reject_counts(500, low=0.5, high=0.7) == (269, 332)
    power = tost_power(500, [0.60, 0.61, 0.62, 0.63, 0.64], low=0.5, high=0.7)
    assert power == pytest.approx((0.9965, 0.9940, 0.9815, 0.9482, 0.8783), abs=5e-5)


def test_oracle_15_p_of_280_among_560() -> None:
    assert tost_p(280, 560, low=0.45, high=0.55) == pytest.approx(0.0098726, abs=5e-8)
