"""What the tests of a comparison do with its page."""

import base64
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.compare import scenes

needs_packages = pytest.mark.skipif(
    finders.find("vendor/uplot.js") is None,
    reason="no front-end packages; make them: python manage.py vendor",
)
WHOLE_PIXELS = "x=150&y=100&z=2"  # every image pixel is 2 x 2 on the screen


def open_pair(page: Page, live_server: LiveServer, pair: Pair, query: str = "") -> None:
    page.goto(f"{live_server.url}{reverse('compare:pair', args=[pair.pk])}?{query}")
    expect(page.locator("[data-tools]")).to_be_visible()
    expect(page.locator(".pane").first).to_be_visible()
    settled(page)


TWO_FRAMES = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""
IDLE = "() => document.querySelector('#comparison[aria-busy=false]') !== null"


def settled(page: Page) -> None:
    """Wait until what was asked for stands in the address and is drawn."""
    page.evaluate(TWO_FRAMES)
    page.wait_for_function(IDLE)
    page.evaluate(TWO_FRAMES)


def drawn(page: Page, pane: int = 0) -> NDArray[np.uint8]:
    """What a pane's canvas shows, (H, W, RGBA)."""
    canvas = page.locator(".pane").nth(pane).locator("canvas").first
    address = canvas.evaluate("canvas => canvas.toDataURL()")
    png = base64.b64decode(address.partition(",")[2])
    return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))


def origin(canvas: NDArray[np.uint8], zoom: int) -> tuple[int, int]:
    """Row and column of the image's corner in a canvas that shows its middle."""
    height, width = canvas.shape[:2]
    return round(height / 2 - scenes.HEIGHT / 2 * zoom), round(width / 2 - scenes.WIDTH / 2 * zoom)


def image_pixels(canvas: NDArray[np.uint8], zoom: int) -> tuple[NDArray[Any], slice, slice]:
    """The middles of the whole image pixels on a canvas, and which of the image they are."""
    top, left = origin(canvas, zoom)
    rows = np.arange(scenes.HEIGHT) * zoom + top
    columns = np.arange(scenes.WIDTH) * zoom + left
    seen_rows = np.flatnonzero((rows >= 0) & (rows + zoom <= canvas.shape[0]))
    seen_columns = np.flatnonzero((columns >= 0) & (columns + zoom <= canvas.shape[1]))
    across, down = (
        slice(seen_columns[0], seen_columns[-1] + 1),
        slice(seen_rows[0], seen_rows[-1] + 1),
    )
    return canvas[np.ix_(rows[down], columns[across])], down, across


def query_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def hover_image(page: Page, pane: Locator, column: float, row: float, zoom: float) -> None:
    """Put the pointer on an image point of a pane that shows the image's middle."""
    box = pane.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2 + (column - scenes.WIDTH / 2) * zoom
    y = box["y"] + box["height"] / 2 + (row - scenes.HEIGHT / 2) * zoom
    page.mouse.move(x, y)


def wheel(page: Page, *, turns: int) -> None:
    """Turn the wheel towards the image; the browser answers in its own time."""
    zoom = page.locator("[data-zoom]")
    before = zoom.inner_text()
    for _ in range(turns):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(50)
    expect(zoom).not_to_have_text(before)
    settled(page)
