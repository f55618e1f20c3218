"""What may be said beside the decision: why, where, and whether the image was seen before."""

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.checks import TABLET
from tests.browser.survey.play import (
    Open,
    arrived,
    begin,
    by_keys,
    look,
    ready,
)
from tests.browser.survey.server import Server

ALL = {"ask_reason": True, "ask_region": True, "ask_seen": True}
WIDTH = "document.querySelector('.sheet').getBoundingClientRect().width"


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the image lies in the window, at whatever zoom."""
    box = page.locator(".sheet").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"] / 320, box["y"] + y * box["height"] / 320


def drag(page: Page, x: float, y: float, to_x: float, to_y: float) -> None:
    page.mouse.move(*point(page, x, y))
    page.mouse.down()
    page.mouse.move(*point(page, (x + to_x) / 2, (y + to_y) / 2))
    page.mouse.move(*point(page, to_x, to_y))
    page.mouse.up()


def close(found: list[list[float]], expected: list[list[float]]) -> None:
    np.testing.assert_allclose(found, expected, atol=1)


def test_nothing_is_asked_besides_unless_the_protocol_asks(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings={"ask_seen": False})
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.keyboard.press("a")
    for part in ("#more", "#mark", "[name=reason]", "[name=seen_before]"):
        expect(page.locator(part)).to_have_count(0)


def test_a_reason_a_region_and_seen_before_are_kept(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings=ALL)
    page = opened(size=TABLET)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    expect(page.locator("#mark")).to_be_hidden()
    before = page.locator(".sheet").bounding_box()
    page.keyboard.press("a")
    expect(page.locator("#mark")).to_be_visible()
    page.keyboard.press("3")
    page.locator("#mark").click()
    drag(page, 40, 60, 100, 90)
    drag(page, 200, 200, 240, 280)
    assert page.locator(".sheet").bounding_box() == before, "the image stays where it is"
    page.get_by_role("button", name="Remove region 2").click()
    drag(page, 10, 10, 30, 20)
    page.keyboard.press("w")
    # Every letter of these has a meaning outside the field.
    page.keyboard.type("raw fjz 123 m? too smooth")
    expect(page.get_by_role("radio", name="Artificial")).to_be_checked()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="No", exact=True).check()
    look(page, "survey-judge-besides")
    page.get_by_role("button", name="Confirm").click()
    ready(page, "2 of 8")
    expect(page.locator(".region")).to_have_count(0)
    expect(page.locator("[name=reason]")).to_have_value("")
    by_keys(page, "2 of 8", "r")
    first, second = arrived(server, study["code"], 2)
    assert first["reason"] == "raw fjz 123 m? too smooth"
    close(first["regions"], [[40, 60, 60, 30], [10, 10, 20, 10]])
    assert (first["seen_before"], first["decision"], first["confidence"]) == (0, "artificial", 3)
    assert (second["reason"], second["regions"], second["seen_before"]) == ("", [], None)


def test_regions_are_in_pixels_of_the_image_at_any_zoom_and_without_dragging(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1, settings=ALL)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.keyboard.press("a")
    page.keyboard.press("1")
    page.locator("[data-zoom='4']").click()
    page.keyboard.press("m")
    scrolled = page.evaluate("document.querySelector('.view').scrollTop")
    page.mouse.click(*point(page, 140, 150))  # one corner, then the other
    page.mouse.click(*point(page, 180, 170))
    assert page.evaluate("document.querySelector('.view').scrollTop") == scrolled
    page.keyboard.press("z")
    drag(page, 20, 30, 60, 50)
    page.keyboard.press("Escape")
    expect(page.locator("#mark")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    ready(page, "2 of 8")
    [row] = arrived(server, study["code"], 1)
    close(row["regions"], [[140, 150, 40, 20], [20, 30, 40, 20]])
    assert [scale for _, scale in row["zooms"]] == [2, 4, 2]


def test_regions_are_marked_by_keys_alone(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings=ALL)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    for key in ("a", "2", "m"):
        page.keyboard.press(key)
    # In the middle and 48 px wide at two screen pixels each; a key is 8 px.
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("#spoken")).to_have_text("Box of 56 by 40 pixels at 152, 128.")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".region:not(.cursor)")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(page.locator(".region:not(.cursor)")).to_have_count(1)
    expect(page.get_by_role("radio", name="Artificial")).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    ready(page, "2 of 8")
    [row] = arrived(server, study["code"], 1)
    assert row["regions"] == [[152, 128, 56, 40]]
