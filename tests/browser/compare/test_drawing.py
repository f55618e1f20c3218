"""What is on the canvases, pixel by pixel."""

import numpy as np
import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.compare import scenes
from tests.browser.compare.pages import (
    WHOLE_PIXELS,
    drawn,
    image_pixels,
    open_pair,
    origin,
    query_of,
    settled,
    wheel,
)


def test_enlarged_pixels_are_exact(wide: Page, live_server: LiveServer, pairs: list[Pair]) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    for pane, expected in ((0, scenes.greys(0)), (1, scenes.height_steps())):
        canvas = drawn(wide, pane)
        shown, down, across = image_pixels(canvas, 2)
        assert shown.shape[0] > 100
        grey = expected[down, across]
        if pane == 1:
            grey = np.round(grey / 65535 * 255)
        np.testing.assert_array_equal(shown[..., 0], grey)
        np.testing.assert_array_equal(shown[..., 1], grey)
        top, left = origin(canvas, 2)
        block = canvas[top + 100 : top + 102, left + 200 : left + 202]
        assert (block == block[0, 0]).all()


def test_panes_show_the_same_place(wide: Page, live_server: LiveServer, pairs: list[Pair]) -> None:
    open_pair(wide, live_server, pairs[0])
    first = wide.locator(".pane").first
    box = first.bounding_box()
    assert box is not None
    wide.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    wheel(wide, turns=6)
    wide.mouse.down()
    wide.mouse.move(box["x"] + box["width"] / 3 + 40, box["y"] + box["height"] / 3 + 30, steps=4)
    wide.mouse.up()
    settled(wide)
    state = query_of(wide)
    place = float(state["x"]), float(state["y"]), int(state["z"])
    assert place[2] >= 3
    for pane, expected in ((0, scenes.greys(0)), (1, scenes.height_steps() // 257)):
        canvas = drawn(wide, pane)
        row, column = canvas.shape[0] // 2, canvas.shape[1] // 2
        grey = expected[int(place[1] + 0.5 / place[2]), int(place[0] + 0.5 / place[2])]
        assert abs(int(canvas[row, column, 0]) - int(grey)) <= 1


def test_contours_lie_where_labels_change(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS + "&contours=1")
    for pane in (0, 1):
        canvas = drawn(wide, pane)
        top, left = origin(canvas, 2)
        region = canvas[max(0, top) :, max(0, left) :][: scenes.HEIGHT * 2, : scenes.WIDTH * 2]
        shift_rows, shift_columns = max(0, -top), max(0, -left)
        coloured = region[..., 0] != region[..., 2]
        labels = np.kron(scenes.labels(), np.ones((2, 2), int))[shift_rows:, shift_columns:]
        labels = labels[: region.shape[0], : region.shape[1]]
        padded = np.pad(np.kron(scenes.labels(), np.ones((2, 2), int)), 2, mode="edge")
        full = scenes.labels().shape[0] * 2, scenes.labels().shape[1] * 2
        near = np.zeros(full, bool)
        for far in (1, 2):
            for rows, columns in ((far, 0), (-far, 0), (0, far), (0, -far)):
                moved = padded[2 + rows : 2 + rows + full[0], 2 + columns : 2 + columns + full[1]]
                near |= moved != padded[2:-2, 2:-2]
        expected = near[shift_rows:, shift_columns:][: region.shape[0], : region.shape[1]]
        expected &= labels > 0
        np.testing.assert_array_equal(coloured, expected)


@pytest.mark.parametrize(
    ("limit", "length", "text"),
    [
        (1, 1, "1 nm"),
        (999, 500, "500 nm"),
        (1000, 1000, "1 µm"),
        (4999, 2000, "2 µm"),
        (0.3, 0.2, "0.2 nm"),
    ],
)
def test_scale_bars_have_nice_lengths(
    wide: Page, live_server: LiveServer, pairs: list[Pair], limit: float, length: float, text: str
) -> None:
    open_pair(wide, live_server, pairs[0])
    found = wide.evaluate(
        """async (limit) => {
            const { niceLength, lengthText } = await import("/static/js/viewer/index.js");
            return [niceLength(limit), lengthText(niceLength(limit))];
        }""",
        limit,
    )
    assert found == [pytest.approx(length), text]


def test_the_scale_bar_is_as_long_as_it_says(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    bar = wide.locator(".scale-bar").first
    width = bar.locator("i").evaluate("line => line.getBoundingClientRect().width")
    assert bar.inner_text() == "200 nm"
    assert width == pytest.approx(200 / scenes.NM_PER_PX * 2, abs=0.5)
