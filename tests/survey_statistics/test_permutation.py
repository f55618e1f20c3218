"""Relabelling images: exact where few, seeded where many, undefined where it means nothing."""

import numpy as np
import pytest

from survey.statistics.permutation import Permutation, image_permutation, permuted
from survey.statistics.undefined import Undefined


def test_a_missing_answer_is_undefined() -> None:
    found = image_permutation(np.array([[1, np.nan], [1, 0]]), [True, False])
    assert isinstance(found, Undefined)
    assert "every image" in found.reason


@pytest.mark.parametrize(("truth", "kind"), [([True] * 2, "real"), ([False] * 2, "artificial")])
def test_images_of_one_kind_are_undefined(truth: list[bool], kind: str) -> None:
    assert image_permutation([[1, 0]], truth) == Undefined(f"No {kind} image was judged.")


def test_images_that_all_got_the_same_answers_are_undefined() -> None:
    assert isinstance(image_permutation(np.ones((3, 4)), [True, True, False, False]), Undefined)


def test_oracle_20_is_exact() -> None:
    found = permuted(np.array([0.9, 0.8, 0.6]), np.array([0.2, 0.4, 0.1]))
    assert isinstance(found, Permutation)
    assert found.p_value == pytest.approx(0.1)
    assert (found.exact, found.resamples) == (True, 20)
    assert found.label == "these raters, new images"


def test_the_seed_alone_decides_the_relabellings() -> None:
    answers = np.random.default_rng(5).random((6, 28)) < 0.5
    truth = np.arange(28) < 16

    def once(seed: int) -> Permutation | Undefined:
        return image_permutation(answers, truth, seed=seed, resamples=500)

    assert once(1) == once(1)
    assert once(1) != once(2)
    found = once(1)
    assert isinstance(found, Permutation)
    assert not found.exact


def test_raters_who_are_always_right_have_the_smallest_p_there_is() -> None:
    truth = np.arange(28) < 16
    found = image_permutation(np.tile(truth, (5, 1)), truth, resamples=999)
    assert isinstance(found, Permutation)
    assert found.p_value == pytest.approx(2 / 1000)
