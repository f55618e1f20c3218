"""The list, and the four ways to look at a pair."""

from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.checks import assert_it_fits_and_is_accessible
from tests.browser.compare import scenes
from tests.browser.compare.pages import (
    WHOLE_PIXELS,
    drawn,
    image_pixels,
    needs_packages,
    open_pair,
    query_of,
    settled,
)
from tests.browser.conftest import heard


def test_a_file_that_cannot_be_read_is_said_and_the_page_stays(
    wide: Page, live_server: LiveServer, pairs: list[Pair], complaints: list[str]
) -> None:
    pairs[0].height = scenes.store(np.zeros((4, 4, 3), np.uint8))
    pairs[0].save()
    wide.goto(f"{live_server.url}{reverse('compare:pair', args=[pairs[0].pk])}")
    expect(wide.get_by_role("alert")).to_contain_text("Only grey PNGs")
    expect(wide.get_by_role("img", name="Artificial SEM image")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "scheme"),
    [
        ("", "light"),
        pytest.param("contours=1&line=20,30,280,170&with={other}", "dark", marks=needs_packages),
        ("mode=swipe", "light"),
        ("mode=blink", "dark"),
        ("mode=overlay", "light"),
    ],
    ids=["side", "line", "swipe", "blink", "overlay"],
)
def test_each_view_fits_and_is_accessible(
    signed_in: Page, live_server: LiveServer, pairs: list[Pair], query: str, scheme: Any
) -> None:
    signed_in.emulate_media(color_scheme=scheme)
    open_pair(signed_in, live_server, pairs[0], query.format(other=pairs[2].pk))
    assert_it_fits_and_is_accessible(signed_in, f"compare-{query[:8]}-{scheme}")


def test_the_list_fits_and_is_accessible(
    signed_in: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    signed_in.goto(live_server.url + reverse("compare:index"))
    signed_in.wait_for_load_state("networkidle")
    assert_it_fits_and_is_accessible(signed_in, "compare-list")


def test_swipe_by_keyboard_shows_one_image_beside_the_other(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    wide.keyboard.press("w")
    expect(wide.locator(".pane")).to_have_count(1)
    for _ in range(4):
        wide.keyboard.press("]")
    settled(wide)
    assert query_of(wide)["at"] == "0.7"
    shown, down, across = image_pixels(drawn(wide), 2)
    height_grey = np.round(scenes.height_steps() / 65535 * 255)[down, across]
    left, right = slice(0, 150), slice(-20, None)
    np.testing.assert_array_equal(shown[:, left, 0], scenes.greys(0)[down, across][:, left])
    np.testing.assert_array_equal(shown[:, right, 0], height_grey[:, right])
    expect(wide.get_by_role("slider", name="Divider")).to_have_value("70")


def test_the_divider_is_dragged(wide: Page, live_server: LiveServer, pairs: list[Pair]) -> None:
    open_pair(wide, live_server, pairs[0], "mode=swipe")
    divider, pane = wide.locator(".divider").bounding_box(), wide.locator(".pane").bounding_box()
    assert divider is not None and pane is not None
    wide.mouse.move(divider["x"] + divider["width"] / 2, divider["y"] + 20)
    wide.mouse.down()
    wide.mouse.move(pane["x"] + pane["width"] / 4, divider["y"] + 20, steps=3)
    wide.mouse.up()
    settled(wide)
    assert float(query_of(wide)["at"]) == pytest.approx(0.25, abs=0.01)
    assert "x" not in query_of(wide)  # the image itself was not moved


def test_blink_by_keyboard_swaps_the_images_and_pauses(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    wide.keyboard.press("b")
    wide.get_by_role("button", name="Pause").click()
    before = drawn(wide)
    wide.wait_for_timeout(1000)
    np.testing.assert_array_equal(drawn(wide), before)
    wide.keyboard.press("x")
    settled(wide)
    assert (drawn(wide) != before).any()
    wide.keyboard.press("x")
    settled(wide)
    np.testing.assert_array_equal(drawn(wide), before)
    wide.get_by_role("button", name="Pause").click()
    wide.wait_for_function(
        """before => document.querySelector(".pane canvas").toDataURL() !== before""",
        arg=wide.locator(".pane canvas").first.evaluate("canvas => canvas.toDataURL()"),
        timeout=3000,
    )


def test_who_wants_less_motion_sees_no_blinking(
    signed_in: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(signed_in, live_server, pairs[0], "mode=blink")
    before = drawn(signed_in)
    signed_in.wait_for_timeout(1600)
    np.testing.assert_array_equal(drawn(signed_in), before)
    signed_in.get_by_role("button", name="Swap").click()
    settled(signed_in)
    assert (drawn(signed_in) != before).any()


def test_overlay_mixes_the_images(wide: Page, live_server: LiveServer, pairs: list[Pair]) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS + "&mode=overlay&at=0.25")
    shown, down, across = image_pixels(drawn(wide), 2)
    mixed = 0.75 * scenes.greys(0) + 0.25 * scenes.height_steps() / 257
    assert abs(shown[..., 0].astype(float) - mixed[down, across]).max() <= 2  # two roundings


def test_without_javascript_both_images_and_the_table_are_there(
    chromium: Browser,
    live_server: LiveServer,
    pairs: list[Pair],
    cookie: Any,
    complaints: list[str],
) -> None:
    context = heard(chromium, complaints, java_script_enabled=False)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('compare:pair', args=[pairs[0].pk])}")
    for name in ("Artificial SEM image", "Height map of the scene"):
        image = page.get_by_role("img", name=name)
        expect(image).to_be_visible()
        expect(image).to_have_js_property("naturalWidth", scenes.WIDTH)
    expect(page.get_by_role("row", name="Rim width")).to_contain_text("12.3")
    expect(page.locator("[data-tools]")).to_be_hidden()
    expect(page.get_by_role("link", name="cyclegan")).to_be_visible()
    context.close()
    assert complaints == []
