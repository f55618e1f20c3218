"""What people know of micrographs wins over what the files say."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import InputRefused
from pipeline.micrographs import list_images, read_micrograph


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((64, 48), 120, np.uint8))
    return path


def say(image: Path, content: object) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (image.parent / "micrographs.json").write_text(text)


def test_without_it_the_file_speaks_for_itself(image: Path) -> None:
    assert read_micrograph(image).nm_per_px is None


def test_a_stated_pixel_size_and_data_bar_are_taken(image: Path) -> None:
    say(image, {"a.png": {"nm_per_px": 2.5, "data_bar_row": 50}, "b.png": {"nm_per_px": 9.0}})
    found = read_micrograph(image)
    assert (found.nm_per_px, found.bar_row) == (2.5, 50)
    assert found.nm_per_px_source == "stated in micrographs.json"
    assert list_images(image.parent) == [image], "it is no image"


def test_a_bar_beyond_the_image_is_none(image: Path) -> None:
    say(image, {"a.png": {"data_bar_row": 64}})
    assert read_micrograph(image).bar_row is None


def test_a_change_is_noticed(image: Path) -> None:
    say(image, {"a.png": {"nm_per_px": 2.5}})
    assert read_micrograph(image).nm_per_px == 2.5
    say(image, {"a.png": {"nm_per_px": 3.25}})
    assert read_micrograph(image).nm_per_px == 3.25


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"a.png": {"nm_per_px": -1}}, "nm_per_px: -1"),
        ({"a.png": {"nm_per_px": "5"}}, "nm_per_px: expected number"),
        ({"a.png": {"nm": 5.0}}, "nm: unknown field"),
        ({"a.png": 5}, "expected an object"),
        ([1], "is no object"),
        ("{", "is not JSON"),
    ],
)
def test_what_cannot_be_understood_refuses_the_image(
    image: Path, content: object, reason: str
) -> None:
    say(image, content)
    with pytest.raises(InputRefused, match=reason):
        read_micrograph(image)
