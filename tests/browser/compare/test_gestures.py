"""Wheel, fingers and keys in a pane."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from runs.models import Pair
from tests.browser.compare.pages import hover_image, open_pair, query_of, settled, wheel

TOUCH = """(pane, moves) => {
    pane.setPointerCapture = () => {};
    const box = pane.getBoundingClientRect();
    for (const [type, id, x, y] of moves) {
        pane.dispatchEvent(new PointerEvent(type, {
            pointerId: id, pointerType: "touch", bubbles: true, cancelable: true,
            clientX: box.left + box.width / 2 + x, clientY: box.top + box.height / 2 + y,
        }));
    }
}"""


def test_an_image_that_is_seen_whole_leaves_the_wheel_to_the_page(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    wide.set_viewport_size({"width": 1440, "height": 500})
    open_pair(wide, live_server, pairs[0])
    hover_image(wide, wide.locator(".pane").first, 150, 100, 1)
    wide.mouse.wheel(0, 120)
    wide.wait_for_function("() => window.scrollY > 0")
    assert "z" not in query_of(wide)


def test_the_wheel_zooms_and_what_is_under_the_pointer_stays(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0])
    place = wide.locator("[data-read=place]")
    hover_image(wide, wide.locator(".pane").first, 220.5, 60.5, 1)
    before = place.inner_text()
    wheel(wide, turns=8)
    assert int(query_of(wide)["z"]) > 8
    hover_image(wide, wide.locator(".pane").first, 221.5, 61.5, 1)  # it is read after a move
    assert place.inner_text() == before == "220, 60"


def test_two_fingers_zoom_and_move_the_image(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0], "x=150&y=100&z=4")
    moves = [("pointerdown", 1, -50, 0), ("pointerdown", 2, 50, 0)]
    moves += [("pointermove", 1, -50 - step, 0) for step in range(0, 55, 5)]
    moves += [("pointermove", 2, 50 + step, 0) for step in range(0, 55, 5)]
    moves += [("pointerup", 1, -100, 0), ("pointerup", 2, 100, 0)]
    wide.locator(".pane").first.evaluate(TOUCH, moves)
    settled(wide)
    state = query_of(wide)
    assert state["z"] == "8"  # twice as far apart
    assert float(state["x"]) == pytest.approx(150, abs=1)
    assert float(state["y"]) == pytest.approx(100, abs=1)
    assert "particle" not in state  # fingers that moved picked nothing


def test_keys_in_a_pane_move_zoom_and_read(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0])
    wide.locator(".pane").first.focus()
    for _ in range(4):
        wide.keyboard.press("+")
    wide.keyboard.press("ArrowRight")
    wide.keyboard.press("Shift+ArrowDown")
    settled(wide)
    state = query_of(wide)
    assert float(state["x"]) > 150
    assert float(state["y"]) > 100
    column, row = map(int, wide.locator("[data-read=place]").inner_text().split(", "))
    assert (column, row) == (int(float(state["x"])), int(float(state["y"])))
    wide.keyboard.press("1")
    expect(wide.locator("[data-zoom]")).to_have_text("100 %")
    wide.keyboard.press("0")
    settled(wide)
    assert not {"x", "y", "z"} & query_of(wide).keys()


def test_zooms_from_one_to_one_on_are_whole(
    wide: Page, live_server: LiveServer, pairs: list[Pair]
) -> None:
    open_pair(wide, live_server, pairs[0])
    zooms = wide.evaluate(
        """async () => {
            const { View } = await import("/static/js/viewer/index.js");
            const view = new View({ width: 300, height: 200 });
            view.setFrame(700, 500);
            const seen = [view.zoom];
            for (let turn = 0; turn < 40; turn++) {
                view.zoomBy(1.13, { x: 400, y: 100 });
                seen.push(view.zoom);
            }
            const small = new View({ width: 3000, height: 2000 });
            small.setFrame(700, 500);
            return [seen, small.zoom];
        }"""
    )
    seen, small = zooms
    assert seen[0] == 2  # the largest whole zoom at which all is seen
    assert all(zoom == int(zoom) for zoom in seen)
    assert seen == sorted(seen)
    assert seen[-1] == 64
    assert small == pytest.approx(700 / 3000)
