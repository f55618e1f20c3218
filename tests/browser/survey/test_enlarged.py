"""All pages of a rater at 200 %, and those that a tablet or phone shows otherwise than a screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import NARROW, TABLET
from tests.browser.survey.play import Open, by_keys, look, organiser, ready
from tests.browser.survey.server import Server

# 200 % on a screen of 1440 x 900: the page has half as many pixels, each twice as large.
AT_200 = {
    "size": {"width": 720, "height": 450},
    "device_scale_factor": 2,
    "screen": {"width": 1440, "height": 900},
}
SETTINGS = {"ask_reason": True, "ask_region": True, "exposure_ms": 200, "break_every": 2}


def seen(page: Page, name: str) -> None:
    """Look at a page as it is: these are windows of their own, which nobody drags."""
    assert page.viewport_size is not None
    look(page, name, sizes=(page.viewport_size,))


def exposed(page: Page, place: str, decision: str) -> None:
    page.get_by_role("button", name="Show the image").click()
    by_keys(page, place, decision)


def test_every_page_of_a_rater_fits_and_is_accessible_at_two_hundred_per_cent(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1, real=2, artificial=2, practice=1, settings=SETTINGS)
    page = opened(**AT_200)
    page.goto(server.url + study["links"][0])
    page.get_by_role("button", name="I agree and take part").click()
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    seen(page, "survey-200-questions")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Show the first image")).to_be_visible()
    seen(page, "survey-200-instructions")
    page.get_by_role("button", name="Show the first image").click()
    expect(page.get_by_role("button", name="Show the image")).to_be_focused()
    seen(page, "survey-200-exposure-ready")
    exposed(page, "Practice 1 of 1", "a")
    expect(page.locator("#feedback p")).to_contain_text("ight: this image is")
    seen(page, "survey-200-feedback")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Now the study")).to_be_visible()
    seen(page, "survey-200-begin")
    page.get_by_role("button", name="Begin").click()
    exposed(page, "1 of 4", "r")
    page.get_by_role("button", name="Show the image").click()
    ready(page, "2 of 4")
    page.keyboard.press("a")
    expect(page.locator(".mask")).to_be_visible()
    seen(page, "survey-200-exposure-over")
    page.keyboard.press("?")
    seen(page, "survey-200-help")
    page.get_by_text("Other letters, or none").click()
    seen(page, "survey-200-letters")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Time for a break")).to_be_visible()
    seen(page, "survey-200-break")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Pause").click()
    seen(page, "survey-200-pause")
    second = opened(**AT_200)
    second.goto(server.url + study["links"][0])
    expect(second.get_by_role("heading", name="Go on here?")).to_be_visible()
    seen(second, "survey-200-go-on")
    page.get_by_role("link", name="Go on").click()
    for place in (3, 4):
        exposed(page, f"{place} of 4", "r")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    seen(page, "survey-200-thanks")
    page.get_by_role("button", name="Send and finish").click()
    expect(page.get_by_text("You can close this page")).to_be_visible()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    seen(page, "survey-200-yours")
    page.get_by_role("button", name="Withdraw my answers").click()
    expect(page.get_by_role("heading", name="You have withdrawn")).to_be_visible()
    seen(page, "survey-200-withdrawn")
    page.get_by_text("Erase my data", exact=True).first.click()
    page.get_by_role("button", name="Erase my data for good").click()
    expect(page.get_by_role("heading", name="Your data are erased")).to_be_visible()
    seen(page, "survey-200-erased")
    unknown = opened(quiet=True, **AT_200)
    unknown.goto(f"{server.url}/survey/join/unknown")
    expect(unknown.get_by_text("This link is not known")).to_be_visible()
    seen(unknown, "survey-200-shut")


def test_timed_images_fit_a_tablet(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings={"exposure_ms": 200})
    page = opened(size=TABLET)
    page.goto(server.url + study["links"][0])
    page.get_by_role("button", name="I agree and take part").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Show the first image").click()
    expect(page.get_by_role("button", name="Show the image")).to_be_visible()
    seen(page, "survey-exposure-ready")
    page.get_by_role("button", name="Show the image").click()
    ready(page, "1 of 8")
    expect(page.locator(".mask")).to_be_visible()
    page.keyboard.press("a")
    seen(page, "survey-exposure-over")


@pytest.mark.parametrize("how", [{"size": TABLET}, {"size": NARROW}, AT_200])
def test_the_end_of_a_game_fits_a_tablet_a_phone_and_two_hundred_per_cent(
    opened: Open, server: Server, how: Any
) -> None:
    server.make(real=6, artificial=6, use="game", visitors_allowed=True, name=f"Game {how['size']}")
    page = opened(**how)
    page.goto(f"{server.url}/survey/can-you-tell")
    seen(page, "survey-game")
    page.get_by_role("button", name="Show the first image").click()
    for place in range(1, 11):
        by_keys(page, f"{place} of 10", "ra"[place % 2], 1)
        if place == 1:
            seen(page, "survey-game-judge")
    expect(page.get_by_role("heading", name=re.compile(r"\d+ of 10 right"))).to_be_visible()
    for image in page.locator(".shown img").all():
        image.scroll_into_view_if_needed()
    seen(page, "survey-game-end")


def test_results_and_monitor_fit_a_phone(opened: Open, server: Server) -> None:
    study = server.make(links=2, settings={"break_every": 0})
    for link in study["links"]:
        rater = opened(size=TABLET)
        rater.goto(server.url + link)
        rater.get_by_role("button", name="I agree and take part").click()
        rater.get_by_role("button", name="Go on").click()
        rater.get_by_role("button", name="Show the first image").click()
        for place in range(1, 9):
            by_keys(rater, f"{place} of 8", "ra"[place % 2], 2)
        expect(rater.get_by_role("heading", name="Thank you")).to_be_visible()
    page = organiser(opened, server, study, size=NARROW)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}/survey/{study['pk']}/monitor")
    seen(page, "survey-monitor")
    page.goto(f"{server.url}/survey/{study['pk']}/")
    page.get_by_role("button", name="Close the study").click()
    server.make(analyse=study["pk"])
    expect(page.get_by_role("heading", name="Told apart?")).to_be_visible()
    expect(page.get_by_text("The answers are still those that were analysed")).to_be_visible()
    seen(page, "survey-result-page")
