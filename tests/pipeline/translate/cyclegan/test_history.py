import numpy as np
import torch
from torch import Tensor

from pipeline.translate.cyclegan.history import ImageHistory


def numbered(*numbers: float) -> Tensor:
    """Return images of 1 x 1 pixel that can be told apart."""
    return torch.tensor(numbers).reshape(-1, 1, 1, 1)


def numbers_of(images: Tensor) -> list[float]:
    return [float(value) for value in images.flatten()]


def pool(size: int, seed: int = 0) -> ImageHistory:
    return ImageHistory(size, np.random.default_rng(seed))


def test_history_of_0_shows_every_image_itself() -> None:
    history = pool(0)
    assert numbers_of(history.shown_for(numbered(1, 2, 3))) == [1, 2, 3]
    assert history.state_dict()["images"] == []


def test_images_are_shown_themselves_while_the_history_fills() -> None:
    history = pool(3)
    assert numbers_of(history.shown_for(numbered(1, 2, 3))) == [1, 2, 3]
    assert [float(image) for image in history.state_dict()["images"]] == [1, 2, 3]


def test_full_history_swaps_every_second_image_on_average() -> None:
    history = pool(50)
    history.shown_for(numbered(*range(50)))
    given = list(range(50, 4050))
    shown = numbers_of(history.shown_for(numbered(*given)))
    swapped = sum(a != b for a, b in zip(given, shown, strict=True))
    assert abs(swapped / 4000 - 0.5) < 0.04  # five standard deviations


def test_swapped_image_takes_the_place_of_the_one_that_is_shown() -> None:
    history = pool(5)
    history.shown_for(numbered(*range(5)))
    stored = set(range(5))
    for number in range(5, 200):
        (shown,) = numbers_of(history.shown_for(numbered(number)))
        if shown != number:
            assert shown in stored
            stored = stored - {shown} | {number}
        assert {float(image) for image in history.state_dict()["images"]} == stored


def test_history_keeps_a_copy_without_gradient() -> None:
    history = pool(1)
    image = torch.zeros(1, 1, 1, 1, requires_grad=True)
    made = image + 1
    shown = history.shown_for(made)
    made.data.fill_(9)
    assert not shown.requires_grad
    assert float(history.state_dict()["images"][0]) == 1


def test_history_goes_on_from_its_state_as_if_it_had_never_stopped() -> None:
    first, second = pool(4, seed=1), pool(4, seed=2)
    first.shown_for(numbered(*range(10)))
    second.load_state_dict(first.state_dict(), torch.device("cpu"))
    coming = numbered(*range(10, 40))
    assert numbers_of(first.shown_for(coming)) == numbers_of(second.shown_for(coming))
