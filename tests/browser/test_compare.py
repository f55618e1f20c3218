"""The comparison of a pair in a browser: what is drawn, read, linked and remembered."""

import base64
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from runs.models import Pair
from tests.browser import scenes
from tests.browser.checks import assert_it_fits_and_is_accessible, shoot
from tests.browser.conftest import WIDE, listen
from tests.web.factories import make_run, make_user

needs_packages = pytest.mark.skipif(
    finders.find("vendor/uplot.js") is None,
    reason="no front-end packages; make them: python manage.py vendor",
)
WHOLE_PIXELS = "x=150&y=100&z=2"  # every image pixel is 2 x 2 on the screen


@pytest.fixture
def analyst(home: Any, settings: Settings, transactional_db: None) -> User:
    settings.MEDIA_ROOT = home / "storage"
    return make_user(Role.ANALYST)


@pytest.fixture
def pairs(analyst: User) -> list[Pair]:
    """Two pairs of one run; the first one's scene has an image by another generator, too."""
    run = make_run(owner=analyst, name="Render", spec={"rim_width_nm": [7.0, 30.0]})
    first = scenes.known_pair(run=run, parameters={"rim_width_nm": 12.3})
    second = scenes.known_pair(run=run, scene_run=first.scene_run, scene_index=1, seed=1)
    other = make_run(owner=analyst, name="CycleGAN")
    return [
        first,
        second,
        scenes.known_pair(run=other, scene_run=first.scene_run, generator="cyclegan", seed=2),
    ]


@pytest.fixture
def cookie(analyst: User, live_server: LiveServer) -> Any:
    client = Client()
    client.force_login(analyst)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


@pytest.fixture
def signed_in(page: Page, cookie: Any) -> Page:
    page.context.add_cookies([cookie])
    return page


@pytest.fixture
def wide(chromium: Browser, cookie: Any, complaints: list[str]) -> Iterator[Page]:
    """A page at 1440 px, for what does not depend on the width; nobody asked for less motion."""
    context = chromium.new_context(viewport=WIDE, accept_downloads=True)  # type: ignore[arg-type]
    context.add_cookies([cookie])
    opened = context.new_page()
    listen(opened, complaints)
    yield opened
    context.close()
    assert complaints == []


def open_pair(page: Page, live_server: LiveServer, pair: Pair, query: str = "") -> None:
    page.goto(f"{live_server.url}{reverse('compare:pair', args=[pair.pk])}?{query}")
    expect(page.locator("[data-tools]")).to_be_visible()
    expect(page.locator(".pane").first).to_be_visible()
    page.wait_for_timeout(150)


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
    shoot(signed_in, f"compare-{query[:8]}-{scheme}")
    assert_it_fits_and_is_accessible(signed_in)


def test_the_list_fits_and_is_accessible(
    signed_in: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    signed_in.goto(live_server.url + reverse("compare:index"))
    signed_in.wait_for_load_state("networkidle")
    shoot(signed_in, "compare-list")
    assert_it_fits_and_is_accessible(signed_in)


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
    for _ in range(6):
        wide.mouse.wheel(0, -200)
    wide.mouse.down()
    wide.mouse.move(box["x"] + box["width"] / 3 + 40, box["y"] + box["height"] / 3 + 30, steps=4)
    wide.mouse.up()
    wide.wait_for_timeout(300)
    state = query_of(wide)
    place = float(state["x"]), float(state["y"]), int(state["z"])
    assert place[2] >= 3
    for pane, expected in ((0, scenes.greys(0)), (1, scenes.height_steps() // 257)):
        canvas = drawn(wide, pane)
        row, column = canvas.shape[0] // 2, canvas.shape[1] // 2
        grey = expected[int(place[1] + 0.5 / place[2]), int(place[0] + 0.5 / place[2])]
        assert abs(int(canvas[row, column, 0]) - int(grey)) <= 1


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


def test_swipe_by_keyboard_shows_one_image_beside_the_other(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    wide.keyboard.press("w")
    expect(wide.locator(".pane")).to_have_count(1)
    for _ in range(4):
        wide.keyboard.press("]")
    wide.wait_for_timeout(300)
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
    wide.wait_for_timeout(300)
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
    wide.wait_for_timeout(100)
    assert (drawn(wide) != before).any()
    wide.keyboard.press("x")
    wide.wait_for_timeout(100)
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
    signed_in.wait_for_timeout(100)
    assert (drawn(signed_in) != before).any()


def test_overlay_mixes_the_images(wide: Page, live_server: LiveServer, pairs: list[Pair]) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS + "&mode=overlay&at=0.25")
    shown, down, across = image_pixels(drawn(wide), 2)
    mixed = 0.75 * scenes.greys(0) + 0.25 * scenes.height_steps() / 257
    assert abs(shown[..., 0].astype(float) - mixed[down, across]).max() <= 2  # two roundings


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
    wide.wait_for_timeout(400)
    state, pictures = query_of(wide), [drawn(wide, pane) for pane in range(3)]
    assert state["with"] == str(pairs[2].pk)
    assert {"x", "y", "z", "line", "contours", "map"} <= state.keys()

    again = wide.context.new_page()
    again.set_viewport_size(WIDE)  # type: ignore[arg-type]
    again.goto(wide.url)
    expect(again.locator(".pane")).to_have_count(3)
    again.wait_for_timeout(500)
    assert query_of(again) == state
    for pane in range(3):
        np.testing.assert_array_equal(drawn(again, pane), pictures[pane])
    expect(again.get_by_text("Length")).to_have_text(wide.get_by_text("Length").inner_text())


def test_keys_go_through_the_run_and_keep_the_view(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], "mode=swipe&contours=1&x=100&y=90&z=8&particle=2")
    wide.wait_for_timeout(300)
    wide.keyboard.press("j")
    wide.wait_for_url(f"**{reverse('compare:pair', args=[pairs[1].pk])}?**")
    kept = query_of(wide)
    assert kept == {"mode": "swipe", "contours": "1", "x": "100.0", "y": "90.0", "z": "8"}
    expect(wide.locator(".pane")).to_have_count(1)
    wide.wait_for_timeout(300)
    wide.keyboard.press("ArrowLeft")
    wide.wait_for_url(f"**{reverse('compare:pair', args=[pairs[0].pk])}?**")


def test_a_click_marks_a_particle_and_escape_lets_go(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], WHOLE_PIXELS)
    hover_image(wide, wide.locator(".pane").first, 140, 130, 2)
    wide.mouse.down()
    wide.mouse.up()
    wide.wait_for_timeout(300)
    assert query_of(wide)["particle"] == "2"
    canvas = drawn(wide, 1)
    top, left = origin(canvas, 2)
    assert tuple(canvas[top + 260, left + 241]) == (255, 255, 255, 255)  # inside its left edge
    wide.keyboard.press("Escape")
    wide.wait_for_timeout(300)
    assert "particle" not in query_of(wide)


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
    wide.wait_for_timeout(300)
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
    wide.wait_for_timeout(200)
    column, row = map(int, wide.locator("[data-read=place]").inner_text().split(", "))
    assert column == pytest.approx(130, abs=1)
    assert row == pytest.approx(80, abs=1)
    height = int(legend.get_by_role("cell").nth(1).inner_text().removesuffix(" nm"))
    assert height == pytest.approx(130 / 300 * scenes.TOP_NM, abs=4)


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
    wide.wait_for_timeout(300)
    assert query_of(wide)["relief"] == "1"
    wide.get_by_role("button", name="Turn").click()
    still = relief.screenshot()
    assert len(np.unique(np.array(Image.open(io.BytesIO(still)).convert("L")))) > 50
    relief.press("ArrowRight")
    wide.wait_for_timeout(300)
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
    shoot(signed_in, "compare-relief")
    assert_it_fits_and_is_accessible(signed_in)
    complaints[:] = [text for text in complaints if "GPU stall due to ReadPixels" not in text]


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


def test_without_javascript_both_images_and_the_table_are_there(
    chromium: Browser, live_server: LiveServer, pairs: list[Pair], cookie: Any
) -> None:
    context = chromium.new_context(java_script_enabled=False)
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
