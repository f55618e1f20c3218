"""Crops and their targets: aligned, in range, the same for the same seed, split by scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import files, layout
from pipeline.errors import InputRefused
from pipeline.segment import augment, data, normalise
from tests.pipeline.segment.discs import write_pairs

CROP = 64


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_pairs(tmp_path_factory.mktemp("pairs"), seed=1, scenes=5))


def test_a_single_scene_is_refused(tmp_path: Path) -> None:
    root = write_pairs(tmp_path, seed=1, scenes=1)
    with pytest.raises(InputRefused, match="simulate at least two"):
        data.read_split([str(root)], validation_part=0.1, seed=0)


def test_an_image_that_does_not_fit_its_labels_is_refused(tmp_path: Path) -> None:
    root = write_pairs(tmp_path, seed=1, scenes=2)
    files.write_png(root / layout.IMAGES / "00001.png", np.zeros((50, 50), np.uint8))
    with pytest.raises(InputRefused, match=r"00001\.png.*translate it again"):
        data.read_split([str(root)], validation_part=0.1, seed=0)


def test_scenes_are_split_and_no_image_of_a_held_out_scene_is_trained_on(pairs: str) -> None:
    split = data.read_split([pairs, pairs], validation_part=0.4, seed=0)
    assert len(split.training) == 6  # three scenes, named twice
    assert len(split.validation) == 2  # one image of each held-out scene
    trained = {id(image.scene) for image in split.training}
    assert trained.isdisjoint(id(image.scene) for image in split.validation)


def test_a_scene_that_one_seed_dropped_twice_is_on_one_side(pairs: str, tmp_path: Path) -> None:
    again = str(write_pairs(tmp_path, seed=1, scenes=5))
    for seed in range(5):
        split = data.read_split([pairs, again], validation_part=0.4, seed=seed)
        trained = {image.scene.labels.tobytes() for image in split.training}
        kept = {image.scene.labels.tobytes() for image in split.validation}
        assert (len(trained), len(kept)) == (3, 2)
        assert trained.isdisjoint(kept)


def test_a_batch_is_a_function_of_seed_and_step(pairs: str) -> None:
    images = data.read_split([pairs], validation_part=0.2, seed=0).training
    first, again, other = (
        data.draw_batch(images, seed=3, step=step, batch=2, crop_px=CROP) for step in (7, 7, 8)
    )
    assert first[0].equal(again[0])
    assert first[1].equal(again[1])
    assert not first[0].equal(other[0])


def test_inputs_and_targets_stay_in_range(pairs: str) -> None:
    images = data.read_split([pairs], validation_part=0.2, seed=0).training
    inputs, targets = data.draw_batch(images, seed=0, step=0, batch=24, crop_px=CROP)
    assert inputs.shape == (24, 1, CROP, CROP)
    assert targets.shape == (24, 3, CROP, CROP)
    assert -0.5 <= inputs.min() < inputs.max() <= 1.5
    assert targets.min() == 0
    assert targets.max() == 1
    assert targets[:, 1].mean() > 0.001
    assert (targets[:, 2] <= targets[:, 0]).all()  # no distance outside particles


def test_image_and_labels_are_cut_alike(pairs: str) -> None:
    image = data.read_split([pairs], validation_part=0.2, seed=0).training[0]
    exact = data.LabelledImage(
        np.where(image.scene.labels > 0, 255, 0).astype(np.uint8), 0.0, 1.0, image.scene
    )
    rng = np.random.default_rng(4)
    for _ in range(20):
        matrix = augment.crop_matrix(rng, centre=(50, 60), crop_px=CROP)
        pixels = augment.warp(exact.pixels, matrix, crop_px=CROP, nearest=False)
        labels = augment.warp(exact.scene.labels, matrix, crop_px=CROP, nearest=True)
        assert ((pixels > 127) == (labels > 0)).mean() > 0.98


def test_the_wanted_point_lies_in_the_middle_of_the_crop() -> None:
    rng = np.random.default_rng(2)
    middle = np.array([(CROP - 1) / 2, (CROP - 1) / 2, 1])
    for _ in range(20):
        matrix = augment.crop_matrix(rng, centre=(30.0, 70.0), crop_px=CROP)
        np.testing.assert_allclose(matrix @ middle, [70.0, 30.0])
        enlargement = 1 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        assert augment.SCALE[0] <= enlargement <= augment.SCALE[1]


def test_grey_variation_never_inverts_the_contrast() -> None:
    rng = np.random.default_rng(0)
    crop = np.zeros((CROP, CROP), np.float32)
    crop[:, CROP // 2 :] = 0.8
    for _ in range(50):
        varied = augment.vary_grey(crop, rng)
        assert varied[:, CROP // 2 :].mean() > varied[:, : CROP // 2].mean()


def test_the_input_does_not_depend_on_the_gain_of_the_detector() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.uniform(0.1, 0.9, (60, 70)).astype(np.float32)
    weak = pixels * np.float32(0.5) + np.float32(0.2)
    first, second = (normalise.to_input(p, *normalise.grey_range(p)) for p in (pixels, weak))
    np.testing.assert_allclose(first, second, atol=1e-5)
    assert abs(np.percentile(first, 1)) < 1e-3


def test_a_blank_image_is_not_blown_up_to_its_noise() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.normal(0.5, 0.002, (60, 70)).astype(np.float32)
    assert normalise.to_input(pixels, *normalise.grey_range(pixels)).std() < 0.1
