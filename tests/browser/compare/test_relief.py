"""The relief in 3-D: only when asked for."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.checks import assert_it_fits_and_is_accessible
from tests.browser.compare.pages import needs_packages, open_pair, query_of, settled


@needs_packages
def test_the_relief_comes_when_asked_for_turns_and_goes(
    wide: Page, live_server: LiveServer, pairs: list[Pair], complaints: list[str]
) -> None:
    asked: list[str] = []
    wide.on("request", lambda request: asked.append(request.url))
    open_pair(wide, live_server, pairs[0])
    assert not [url for url in asked if "three" in url]
    wide.get_by_role("button", name="Relief").click()
    relief = wide.get_by_role("img", name="Relief of the scene")
    expect(relief).to_be_visible()
    expect(wide.get_by_role("button", name="Turn")).to_have_attribute("aria-pressed", "true")
    settled(wide)
    assert query_of(wide)["relief"] == "1"
    wide.get_by_role("button", name="Turn").click()
    still = relief.screenshot()
    assert len(np.unique(np.array(Image.open(io.BytesIO(still)).convert("L")))) > 50
    relief.press("ArrowRight")
    settled(wide)
    assert relief.screenshot() != still
    assert "relief" in query_of(wide)  # an arrow in the relief is not the next pair
    wide.get_by_role("button", name="Relief").click()
    expect(relief).to_have_count(0)
    # A screenshot reads the picture back from the graphics driver, which remarks on it.
    complaints[:] = [text for text in complaints if "GPU stall due to ReadPixels" not in text]


@needs_packages
def test_the_relief_is_accessible_and_does_not_turn_for_who_wants_less_motion(
    signed_in: Page, live_server: LiveServer, pairs: list[Pair], complaints: list[str]
) -> None:
    open_pair(signed_in, live_server, pairs[0], "relief=1")
    turn = signed_in.get_by_role("button", name="Turn")
    expect(turn).to_have_attribute("aria-pressed", "false")
    assert_it_fits_and_is_accessible(signed_in, "compare-relief")
    complaints[:] = [text for text in complaints if "GPU stall due to ReadPixels" not in text]
