"""A perceptual hash knows an image in another encoding, and tells it from others."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline import files, layout
from pipeline.looks import phash

MOST_BITS = 7  # within these two images look the same: `catalog.hashes`


def blobs(seed: int) -> NDArray[np.uint8]:
    """Return 30 round bumps at random, shape (176, 256), uint8."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:176, :256]
    grey = np.full((176, 256), 60.0)
    for row, column in zip(rng.uniform(0, 176, 30), rng.uniform(0, 256, 30), strict=True):
        grey += 120 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 200)
    return grey.clip(0, 255).astype(np.uint8)


def apart(first: str, second: str) -> int:
    return (int(first, 16) ^ int(second, 16)).bit_count()


def test_the_hash_of_a_half_plane_is_the_signs_of_its_frequencies() -> None:
    """Left dark, right bright: across, the sums of cos(pi k (n + 1/2) / 32) over n = 16 to 31.

    They are positive for k = 0, alternate in sign for odd k, and vanish for even k, where rounding
    decides; down the rows nothing changes.
    """
    grey = np.zeros((64, 64), np.uint8)
    grey[:, 32:] = 200
    columns = np.arange(16, 32) + 0.5
    across = {k: float(np.cos(np.pi * k * columns / 32).sum()) for k in (0, 1, 3, 5, 7)}
    bits = f"{int(phash(grey), 16):064b}"
    assert {k: bits[k] == "1" for k in across} == {k: sum_ > 0 for k, sum_ in across.items()}
    assert bits[8:] == "0" * 56


def test_another_encoding_brightness_or_size_stays_near_and_other_images_far() -> None:
    grey = blobs(1)
    _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 70])
    same = {
        "jpeg": np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8),
        "brighter": (grey.astype(np.uint16) + 20).clip(0, 255).astype(np.uint8),
        "smaller": cv2.resize(grey, (192, 132), interpolation=cv2.INTER_AREA).astype(np.uint8),
    }
    for name, image in same.items():
        assert apart(phash(grey), phash(image)) <= MOST_BITS, name
    others = [apart(phash(grey), phash(blobs(seed))) for seed in range(2, 32)]
    assert min(others) > MOST_BITS


def test_a_pair_carries_the_looks_of_its_image(tmp_path: Path) -> None:
    image = tmp_path / "images" / "00000-0.png"
    image.parent.mkdir()
    files.write_png(image, blobs(3))
    pair = layout.pair(tmp_path, image=image, scene=tmp_path / "scenes" / "00000", parameters={})
    assert pair.phash == phash(blobs(3))
