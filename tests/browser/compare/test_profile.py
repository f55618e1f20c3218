"""Height and grey along a line, against heights that are known."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.compare import scenes
from tests.browser.compare.pages import needs_packages, open_pair, query_of, settled


@needs_packages
def test_the_profile_of_a_plane_is_a_straight_line(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], "line=10,20,250,140")
    expect(wide.get_by_text("Length 1.07 µm (268 px)")).to_be_visible()
    with wide.expect_download() as download:
        wide.get_by_role("button", name="Save as CSV").click()
    rows = np.loadtxt(download.value.path(), delimiter=",", skiprows=1)
    part = np.linspace(0, 1, len(rows))
    length_nm = np.hypot(240, 120) * scenes.NM_PER_PX
    np.testing.assert_allclose(rows[:, 0], part * length_nm, atol=0.006)
    column = 10 + 240 * part
    np.testing.assert_allclose(rows[:, 1], column / 300 * scenes.TOP_NM, atol=0.02)


def test_a_profile_between_pixel_centres_is_linear(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    """Analytic truth: bilinear interpolation gives a bilinear field back everywhere inside."""
    open_pair(wide, live_server, pairs[0])
    found = wide.evaluate(
        """async () => {
            const { profileAlong } = await import("/static/js/compare/profile.js");
            const [width, height] = [40, 30];
            const data = new Uint16Array(width * height);
            for (let row = 0; row < height; row++)
                for (let column = 0; column < width; column++)
                    data[row * width + column] = 100 * column + 7 * row * column + 50 * row;
            const line = { from: { x: 3.2, y: 27.1 }, to: { x: 37.9, y: 2.4 } };
            const { distance_px, values } = profileAlong({ width, height, data }, line, 0.5);
            return [Array.from(distance_px), Array.from(values)];
        }"""
    )
    distance, values = np.array(found)
    part = distance / np.hypot(37.9 - 3.2, 27.1 - 2.4)
    column, row = 3.2 + part * (37.9 - 3.2) - 0.5, 27.1 + part * (2.4 - 27.1) - 0.5
    assert np.diff(distance).max() <= 1
    np.testing.assert_allclose(values, 0.5 * (100 * column + 7 * row * column + 50 * row))


@needs_packages
def test_a_line_is_typed_as_well(wide: Page, live_server: LiveServer, pairs: list[Pair]) -> None:
    open_pair(wide, live_server, pairs[0])
    wide.keyboard.press("l")
    for name, value in {"x0": "0", "y0": "0", "x1": "30", "y1": "40"}.items():
        wide.locator(f"[name={name}]").fill(value)
    wide.get_by_role("button", name="Draw").click()
    expect(wide.get_by_text("Length 200 nm (50 px)")).to_be_visible()
    settled(wide)
    assert query_of(wide)["line"] == "0,0,30,40"


@needs_packages
def test_the_chart_has_both_axes_and_marks_its_place_in_the_panes(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], "line=10,20,250,140")
    legend = wide.locator(".u-legend")
    expect(legend).to_contain_text("Height")
    expect(legend).to_contain_text("SEM image, physics")
    box = wide.locator(".u-over").bounding_box()
    assert box is not None
    wide.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settled(wide)
    column, row = map(int, wide.locator("[data-read=place]").inner_text().split(", "))
    assert column == pytest.approx(130, abs=1)
    assert row == pytest.approx(80, abs=1)
    height = int(legend.get_by_role("cell").nth(1).inner_text().removesuffix(" nm"))
    assert height == pytest.approx(130 / 300 * scenes.TOP_NM, abs=4)
