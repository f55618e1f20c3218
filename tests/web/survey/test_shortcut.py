"""The shortcut audit against truths that are known."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from survey.statistics import shortcut
from survey.statistics.shortcut import area, audit, leave_one_out_scores

Values = np.ndarray[Any, np.dtype[np.float64]]


def drawn(
    seed: int, *, artificial: int, real: int, figures: int, shift: float = 0.0
) -> list[Values]:
    """Independent normal figures; the first is larger by `shift` in artificial images."""
    rng = np.random.default_rng(seed)
    groups = [rng.normal(size=(count, figures)) for count in (artificial, real)]
    groups[0][:, 0] += shift
    return groups


def named(group: Values) -> dict[str, list[float]]:
    return {f"figure-{column}": group[:, column].tolist() for column in range(group.shape[1])}


def audited(groups: list[Values]) -> shortcut.Audit:
    found = audit(artificial=named(groups[0]), real=named(groups[1]))
    assert found is not None
    return found


def test_too_few_images_give_no_audit() -> None:
    groups = drawn(0, artificial=4, real=9, figures=2)
    assert audit(artificial=named(groups[0]), real=named(groups[1])) is None
    assert audit(artificial={}, real={}) is None


def test_delong_s_interval_of_hanley_and_mcneil_s_table() -> None:
    """Ratings of 51 and 58 people: AUC 0.893171, DeLong's standard error 0.030724."""
    normal = np.repeat([1.0, 2, 3, 4, 5], [33, 6, 6, 11, 2])
    abnormal = np.repeat([1.0, 2, 3, 4, 5], [3, 2, 2, 11, 33])
    found = area(abnormal, normal)
    assert found.auc == pytest.approx(0.893171, abs=1e-6)
    logit, reach = np.log(found.auc / (1 - found.auc)), 0.030724 / (found.auc * (1 - found.auc))
    low, high = (1 / (1 + np.exp(-(logit + sign * 1.959964 * reach))) for sign in (-1, 1))
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-5)


def test_an_area_of_one_has_a_lower_bound_below_one() -> None:
    found = area(np.arange(10.0) + 50, np.arange(8.0))
    assert (found.auc, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 8))
    turned = area(np.arange(8.0), np.arange(10.0) + 50)
    assert (turned.auc, turned.low, turned.strength) == (0.0, 0.0, 1.0)
    assert turned.high == pytest.approx(1 - 0.025 ** (1 / 8))


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.0])
def test_a_figure_that_is_shifted_has_the_area_of_two_normal_curves(shift: float) -> None:
    truth = NormalDist().cdf(shift / np.sqrt(2))
    groups = drawn(1, artificial=2000, real=2000, figures=3, shift=shift)
    found = audited(groups)
    assert found.figures["figure-0"].auc == pytest.approx(truth, abs=0.02)
    assert found.combined.auc == pytest.approx(truth, abs=0.02)
    assert found.certain == {"figure-0"}
    assert found.figures["figure-0"].low <= truth <= found.figures["figure-0"].high


def test_independent_shifts_add_up_in_the_discriminant() -> None:
    """Of k figures each shifted by d the best line has d' = d sqrt(k)."""
    groups = drawn(2, artificial=1500, real=1500, figures=4)
    groups[0] += 0.5
    truth = NormalDist().cdf(0.5 * np.sqrt(4) / np.sqrt(2))
    assert audited(groups).combined.auc == pytest.approx(truth, abs=0.02)


def test_without_a_difference_all_together_are_chance_and_the_interval_covers_it() -> None:
    found = [
        audited(drawn(seed, artificial=16, real=12, figures=13)).combined for seed in range(150)
    ]
    assert np.mean([one.auc for one in found]) == pytest.approx(0.5, abs=0.06)
    assert np.mean([one.low <= 0.5 <= one.high for one in found]) >= 0.9
    assert np.mean([one.auc > 0.8 for one in found]) <= 0.05


def test_a_chance_finding_among_many_figures_is_not_certain() -> None:
    found = [audited(drawn(seed, artificial=16, real=12, figures=13)) for seed in range(150)]
    assert np.mean([bool(one.certain) for one in found]) <= 0.1


def test_each_score_is_that_of_a_discriminant_fitted_anew_without_the_image() -> None:
    artificial, real = drawn(3, artificial=9, real=7, figures=4, shift=1.0)
    scales = np.array([1.0, 1e4, 1e-3, 7.0])
    scores = leave_one_out_scores(artificial * scales, real * scales)
    for truth, group in enumerate((real, artificial)):
        for index, image in enumerate(group):
            left = np.delete(group, index, axis=0)
            first, second = (left, real) if truth else (artificial, left)
            pooled = np.concatenate([first - first.mean(axis=0), second - second.mean(axis=0)])
            spread = np.sqrt((pooled**2).sum(axis=0) / (len(pooled) - 2))
            # Standardised by the fold's own spread, then a correlation matrix that is shrunk.
            own, other = first / spread, second / spread
            correlation = (pooled / spread).T @ (pooled / spread) / (len(pooled) - 2)
            part = 4 / (4 + len(pooled))
            matrix = (1 - part) * correlation + part * np.eye(4)
            weights = np.linalg.solve(matrix, own.mean(axis=0) - other.mean(axis=0))
            middle = (own.mean(axis=0) + other.mean(axis=0)) / 2
            expected = (image / spread - middle) @ weights
            assert scores[1 - truth][index] == pytest.approx(expected, rel=1e-8)


def test_units_do_not_matter() -> None:
    artificial, real = drawn(4, artificial=12, real=12, figures=3, shift=1.0)
    scales = np.array([1e-6, 1.0, 1e6])
    one, other = audited([artificial, real]), audited([artificial * scales, real * scales])
    assert one.combined.auc == pytest.approx(other.combined.auc)


def test_a_figure_that_never_varies_is_chance_and_breaks_nothing() -> None:
    artificial, real = drawn(5, artificial=8, real=8, figures=2)
    artificial[:, 1] = real[:, 1] = 256.0
    found = audited([artificial, real])
    assert found.figures["figure-1"].auc == 0.5
    assert np.isfinite([found.combined.auc, found.combined.low, found.combined.high]).all()
    real[:, 1] = 255.0
    assert audited([artificial, real]).combined.auc == 1.0


def test_a_figure_that_sorts_all_images_is_certain_where_chance_hardly_does_it() -> None:
    """Of twelve images there are 924 orders: 13 figures * 2 / 924 is below 5 %; of ten not."""
    for count, expected in ((6, True), (5, False)):
        artificial, real = drawn(6, artificial=count, real=count, figures=13)
        artificial[:, 0] += 50
        assert ("figure-0" in audited([artificial, real]).certain) is expected
