"""What the paper's five numbers let one say."""

import pytest

from survey.statistics.published import reanalyse
from survey.statistics.undefined import Undefined


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"n_artificial": 0, "mean_hits": 0}, "images of both kinds"),
        ({"readers": 0}, "needs a rater"),
        ({"mean_hits": 17}, "more artificial images"),
        ({"mean_false_alarms": -1}, "more real images"),
    ],
)
def test_numbers_that_cannot_be_are_refused(changed: dict[str, int], sentence: str) -> None:
    summary = {"n_artificial": 16, "n_real": 12, "readers": 20, "mean_hits": 8}
    summary |= {"mean_false_alarms": 2} | changed
    with pytest.raises(ValueError, match=sentence):
        reanalyse(**summary)


def test_oracle_11_the_paper_taken_apart() -> None:
    found = reanalyse(n_artificial=16, n_real=12, readers=20, mean_hits=8, mean_false_alarms=2)
    assert (found.hit_rate, found.false_alarm_rate) == pytest.approx((0.5, 1 / 6))
    assert found.balanced_accuracy == pytest.approx(2 / 3)
    assert found.hype_error == pytest.approx(1 / 3)
    assert found.d_prime == pytest.approx(0.967422, abs=5e-7)
    assert found.criterion == pytest.approx(0.483711, abs=5e-7)
    assert found.d_prime_log_linear == pytest.approx(0.869424, abs=5e-7)
    assert found.criterion_log_linear == pytest.approx(0.434712, abs=5e-7)
    assert "50.0%" in found.can_be_said[0] and "16.7%" in found.can_be_said[0]
    assert "“real”" in found.can_be_said[2]
    assert found.cannot_be_said[0].startswith("No p value and no interval can be given, because")


def test_oracle_12_all_right_stays_finite_where_corrected() -> None:
    found = reanalyse(n_artificial=16, n_real=12, readers=20, mean_hits=16, mean_false_alarms=0)
    assert isinstance(found.d_prime, Undefined)
    assert found.d_prime_log_linear == pytest.approx(3.658335, abs=5e-7)


def test_means_that_are_no_whole_numbers_are_taken() -> None:
    found = reanalyse(n_artificial=16, n_real=12, readers=20, mean_hits=8.35, mean_false_alarms=2.1)
    assert found.hit_rate == pytest.approx(0.521875)
