"""Known inputs give known scores: perfect, empty, shifted, merged, split."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluate.matching import match
from pipeline.evaluate.scores import ImageScores, means, pool, score_image

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE_PX = 20
EMPTY: NDArray[np.int32] = np.zeros((120, 160), np.int32)


def _squares(*, shift: int = 0) -> NDArray[np.int32]:
    """Return six squares of 20 px, none at the border, moved down by `shift` px."""
    labels = EMPTY.copy()
    for k in range(6):
        row, column = 10 + 50 * (k // 3) + shift, 10 + 50 * (k % 3)
        labels[row : row + SIDE_PX, column : column + SIDE_PX] = k + 1
    return labels


def _score(predicted: NDArray[np.int32], true: NDArray[np.int32], **given: float) -> ImageScores:
    return score_image(
        predicted, true, match_iou=given.get("match_iou", 0.5), min_side_px=10, nm_per_px=2.0
    )


def test_the_perfect_prediction_scores_one() -> None:
    figures = _score(_squares() * 7, _squares()).figures
    for name in ("foreground_iou", "f1", "ap", "pq", "mean_ap", "count_ratio"):
        assert getattr(figures, name) == 1.0, name
    assert figures.diameter_distance_px == 0
    assert figures.diameter_distance_nm == 0


def test_an_empty_prediction_scores_zero() -> None:
    scores = _score(EMPTY, _squares())
    for name in ("foreground_iou", "f1", "ap", "pq", "mean_ap", "count_ratio"):
        assert getattr(scores.figures, name) == 0.0, name
    assert scores.counts.false_negatives == 6
    assert scores.figures.diameter_distance_px is None


def test_an_empty_truth_scores_zero_and_has_no_count_ratio() -> None:
    scores = _score(_squares(), EMPTY)
    assert (scores.figures.foreground_iou, scores.figures.f1, scores.figures.pq) == (0, 0, 0)
    assert scores.counts.false_positives == 6
    assert scores.figures.count_ratio is None


def test_nothing_in_both_is_undefined_and_not_perfect() -> None:
    assert set(asdict(_score(EMPTY, EMPTY).figures).values()) == {None}


@given(shift=st.integers(0, 19))
@settings(max_examples=20, deadline=None)
def test_a_shift_gives_the_analytic_iou(shift: int) -> None:
    # Two squares of side s moved by k share s (s - k) px of s (s + k) px.
    iou = (SIDE_PX - shift) / (SIDE_PX + shift)
    figures = _score(_squares(shift=shift), _squares()).figures
    assert figures.foreground_iou == pytest.approx(iou)
    matched = 1.0 if iou > 0.5 else 0.0
    assert figures.f1 == matched
    assert figures.ap == matched
    assert figures.pq == pytest.approx(iou * matched)
    assert figures.mean_ap == np.mean([iou > t for t in np.arange(0.5, 0.96, 0.05).round(2)])
    assert figures.count_ratio == 1


def test_two_merged_particles_are_one_false_and_two_missed() -> None:
    true = EMPTY.copy()
    true[10:30, 10:30], true[10:30, 30:50], true[60:80, 60:80] = 1, 2, 3
    predicted = np.where(true == 2, 1, true)
    scores = _score(predicted, true)
    # The pair covers each half of the merged one with an IoU of exactly one half: no match.
    assert scores.figures.foreground_iou == 1
    assert (scores.counts.true_positives, scores.counts.false_positives) == (1, 1)
    assert scores.counts.false_negatives == 2
    assert scores.figures.f1 == pytest.approx(2 / 5)
    assert scores.figures.ap == pytest.approx(1 / 4)
    assert scores.figures.pq == pytest.approx(1 / 2.5)
    assert scores.figures.count_ratio == pytest.approx(2 / 3)


def test_a_split_particle_is_matched_by_its_larger_part() -> None:
    true = EMPTY.copy()
    true[10:40, 10:40] = 1
    predicted = true.copy()
    predicted[30:40, 10:40] = 2  # two thirds and one third
    scores = _score(predicted, true)
    assert (scores.counts.true_positives, scores.counts.false_positives) == (1, 1)
    assert scores.figures.f1 == pytest.approx(2 / 3)
    assert scores.figures.pq == pytest.approx((2 / 3) / 1.5)
    assert scores.figures.count_ratio == 2
    even = true.copy()
    even[25:40, 10:40] = 2
    assert _score(even, true).counts.true_positives == 0


def test_a_stricter_iou_matches_fewer() -> None:
    shifted = _squares(shift=4)  # IoU 2/3
    assert _score(shifted, _squares(), match_iou=0.66).figures.f1 == 1
    assert _score(shifted, _squares(), match_iou=0.67).figures.f1 == 0


def test_the_paper_s_exclusions_leave_the_count_but_not_the_matches() -> None:
    true = _squares()
    true[0:20, 140:160] = 7  # at the border
    true[100:109, 100:130] = 8  # 9 px high
    predicted = _squares()
    scores = _score(predicted, true)
    assert (scores.counts.counted_true, scores.counts.counted_predicted) == (6, 6)
    assert scores.figures.count_ratio == 1
    assert scores.figures.f1 == pytest.approx(12 / 14)


def test_the_distance_of_diameters_is_their_shift_in_px_and_nm() -> None:
    true, predicted = EMPTY.copy(), EMPTY.copy()
    for k in range(3):
        true[10:30, 10 + 40 * k : 30 + 40 * k] = k + 1
        predicted[10:40, 10 + 40 * k : 40 + 40 * k] = k + 1
    figures = _score(predicted, true).figures
    shift = 10 * np.sqrt(4 / np.pi)  # sides of 30 and 20 px as equivalent diameters
    assert figures.diameter_distance_px == pytest.approx(shift)
    assert figures.diameter_distance_nm == pytest.approx(2 * shift)


def test_the_mean_leaves_undefined_images_out_and_pooling_adds_counts() -> None:
    perfect, missed, nothing = (
        _score(_squares(), _squares()),
        _score(EMPTY, _squares()),
        _score(EMPTY, EMPTY),
    )
    images = [perfect, missed, nothing]
    assert means(image.figures for image in images).f1 == 0.5
    pooled = pool(images, nm_per_px=None)
    assert pooled.counts.true_positives == 6
    assert pooled.counts.false_negatives == 6
    assert pooled.figures.f1 == pytest.approx(2 * 6 / (2 * 6 + 6))
    assert pooled.figures.diameter_distance_nm is None


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_pairs_equal_those_found_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = np.zeros((40, 40), np.int32)
    for label in rng.permutation(1000)[:8] + 1:
        row, column, h, w = rng.integers(0, 30, 2).tolist() + rng.integers(3, 12, 2).tolist()
        true[row : row + h, column : column + w] = label
    predicted = np.roll(true, rng.integers(-2, 3, 2), axis=(0, 1)) * 3
    expected = []
    for p in np.unique(predicted[predicted > 0]):
        for t in np.unique(true[true > 0]):
            common = np.count_nonzero((predicted == p) & (true == t))
            union = np.count_nonzero((predicted == p) | (true == t))
            if 2 * common > union:
                expected.append(common / union)
    assert sorted(match(predicted, true).iou) == pytest.approx(sorted(expected))


def test_huge_ids_are_matched_too() -> None:
    large = _squares().astype(np.int64) * 300_000_000
    assert _score(large.astype(np.int32), large.astype(np.int32)).figures.f1 == 1
