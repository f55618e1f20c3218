"""What is read under the pointer, marked, and kept in the address."""

import numpy as np
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.checks import WIDE
from tests.browser.compare import scenes
from tests.browser.compare.pages import (
    WHOLE_PIXELS,
    drawn,
    hover_image,
    needs_packages,
    open_pair,
    origin,
    query_of,
    settled,
)


def test_the_readout_tells_particle_height_and_grey(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    hover_image(wide, wide.locator(".pane").nth(1), 180.5, 130.5, 2)
    read = {
        name: wide.locator(f"[data-read={name}]").inner_text()
        for name in ("place", "particle", "height", "grey")
    }
    assert read["place"] == "180, 130"
    assert read["particle"].startswith("3, visible area as a disc of ")
    # 40 x 60 px of 4 nm: 2 sqrt(2400 * 16 / pi) = 221 nm
    assert read["particle"].endswith("221 nm")
    assert read["height"] == f"{180.5 / 300 * 600:.0f} nm"
    assert read["grey"] == str(int(scenes.greys(0)[130, 180]))


@needs_packages
def test_a_link_opens_the_same_state(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0])
    wide.get_by_text("More images").click()
    wide.get_by_role("checkbox", name="cyclegan").check()
    expect(wide.locator(".pane")).to_have_count(3)
    wide.get_by_role("checkbox", name="Contours").check()
    wide.get_by_label("Heights Grey").select_option("viridis")
    wide.get_by_text("More images").click()
    wide.get_by_role("button", name="Profile").click()
    box = wide.locator(".pane").nth(1).bounding_box()
    assert box is not None
    wide.mouse.move(box["x"] + 40, box["y"] + 50)
    wide.mouse.down()
    wide.mouse.move(box["x"] + 200, box["y"] + 120, steps=4)
    wide.mouse.up()
    wide.get_by_role("button", name="Zoom in").click()
    wide.get_by_role("button", name="Zoom in").click()
    wide.locator(".pane").first.focus()
    wide.keyboard.press("ArrowRight")
    wide.mouse.move(5, 5)
    settled(wide)
    state, pictures = query_of(wide), [drawn(wide, pane) for pane in range(3)]
    assert state["with"] == str(pairs[2].pk)
    assert {"x", "y", "z", "line", "contours", "map"} <= state.keys()

    again = wide.context.new_page()
    again.set_viewport_size(WIDE)
    again.goto(wide.url)
    expect(again.locator(".pane")).to_have_count(3)
    settled(again)
    assert query_of(again) == state
    for pane in range(3):
        np.testing.assert_array_equal(drawn(again, pane), pictures[pane])
    expect(again.get_by_text("Length")).to_have_text(wide.get_by_text("Length").inner_text())


def test_keys_go_through_the_run_and_keep_the_view(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], "mode=swipe&contours=1&x=100&y=90&z=8&particle=2")
    wide.wait_for_load_state("networkidle")  # the next pair's files are being fetched
    wide.keyboard.press("j")
    wide.wait_for_url(f"**{reverse('compare:pair', args=[pairs[1].pk])}?**")
    kept = query_of(wide)
    assert kept == {"mode": "swipe", "contours": "1", "x": "100.0", "y": "90.0", "z": "8"}
    expect(wide.locator(".pane")).to_have_count(1)
    settled(wide)
    wide.keyboard.press("ArrowLeft")
    wide.wait_for_url(f"**{reverse('compare:pair', args=[pairs[0].pk])}?**")


def test_a_click_marks_a_particle_and_escape_lets_go(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    hover_image(wide, wide.locator(".pane").first, 140, 130, 2)
    wide.mouse.down()
    wide.mouse.up()
    settled(wide)
    assert query_of(wide)["particle"] == "2"
    canvas = drawn(wide, 1)
    top, left = origin(canvas, 2)
    assert tuple(canvas[top + 260, left + 241]) == (255, 255, 255, 255)  # inside its left edge
    wide.keyboard.press("Escape")
    settled(wide)
    assert "particle" not in query_of(wide)
