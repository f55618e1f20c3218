"""Pixels stay pixels at every zoom, the images move, and every zoom is noted."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.survey.play import Open, arrived, begin, by_keys, ready
from tests.browser.survey.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIDE = 320
WIDTH = "document.querySelector('.sheet').getBoundingClientRect().width"
# The pixels of the image as served, decoded by the browser and read back.
SERVED = """async () => {
  const image = document.querySelector(".sheet img");
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.naturalWidth, image.naturalHeight);
  return [...data].filter((_, index) => index % 4 === 0);
}"""
CORNER = """() => {
  const sheet = document.querySelector(".sheet").getBoundingClientRect();
  return [sheet.left * devicePixelRatio, sheet.top * devicePixelRatio];
}"""


def served(page: Page) -> Any:
    return np.array(page.evaluate(SERVED), dtype=np.uint8).reshape(SIDE, SIDE)


def on_screen(page: Page) -> Any:
    """What the screen shows, in its own pixels: (rows, columns), grey."""
    page.mouse.move(2, 2)
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    assert (picture[..., 0] == picture[..., 1]).all(), "a colour on the judging page"
    return picture[..., 0]


@pytest.mark.parametrize("ratio", [1, 1.25, 2])
def test_a_pixel_of_the_image_is_a_square_of_screen_pixels(
    opened: Open, server: Server, ratio: float
) -> None:
    study = server.make(links=1, side=SIDE)
    # An odd window, so that half a pixel would be left over in the middle.
    page = opened(size={"width": 1281, "height": 803}, device_scale_factor=ratio)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    image = served(page)
    for scale in ("fit", "1", "4"):
        page.locator(f"[data-zoom='{scale}']").click()
        left, top = page.evaluate(CORNER)
        assert abs(left - round(left)) < 0.02
        assert abs(top - round(top)) < 0.02
        size = round(page.evaluate(WIDTH) * ratio / SIDE)
        assert scale == "fit" or size == int(scale)
        column, row = max(0, round(left)), max(0, round(top))
        shown = on_screen(page)
        frame = page.locator(".view").bounding_box()
        assert frame is not None
        # Without the edge, where the focus is drawn, and the scroll bars.
        first_row = max(row, round(frame["y"] * ratio)) + 8 * size
        first_column = max(column, round(frame["x"] * ratio)) + 8 * size
        rows = (np.arange(first_row, first_row + 200) - round(top)) // size
        columns = (np.arange(first_column, first_column + 200) - round(left)) // size
        found = shown[first_row : first_row + 200, first_column : first_column + 200]
        np.testing.assert_array_equal(found, image[np.ix_(rows, columns)], err_msg=scale)


def test_zooms_are_noted_with_their_time_and_the_next_image_is_whole_again(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    fit = page.evaluate(WIDTH)
    assert fit % SIDE == 0
    page.keyboard.press("z")
    assert page.evaluate(WIDTH) == SIDE
    page.locator("[data-zoom='4']").click()
    assert page.evaluate(WIDTH) == 4 * SIDE
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    assert page.evaluate(WIDTH) == fit
    [row] = arrived(server, study["code"], 1)
    times, scales = zip(*row["zooms"], strict=True)
    assert scales == (fit / SIDE, 1, 4)
    assert times[0] == 0
    assert 0 < times[1] < times[2] < row["confirm_ms"]


def test_the_image_moves_by_keys_and_by_dragging(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    scrolled = (
        "(({scrollLeft, scrollTop}) => [scrollLeft, scrollTop])(document.querySelector('.view'))"
    )
    page.locator("[data-zoom='4']").click()
    _, middle = page.evaluate(scrolled)
    assert middle > 0, "what was in the middle stays there"
    page.locator(".view").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(scrolled)[1] == middle + 80
    page.mouse.move(700, 400)
    page.mouse.down()
    page.mouse.move(700, 430)
    page.mouse.up()
    assert page.evaluate(scrolled)[1] == middle + 50
    assert page.locator("#answer input:checked").count() == 0
