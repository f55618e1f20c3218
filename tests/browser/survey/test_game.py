"""“Can you tell?”: ten images for whoever passes by."""

import re

from playwright.sync_api import expect

from tests.browser.checks import assert_it_fits_and_is_accessible, shoot
from tests.browser.survey.play import Open, arrived, by_keys
from tests.browser.survey.server import Server


def test_ten_images_for_a_visitor(opened: Open, server: Server) -> None:
    study = server.make(real=6, artificial=6, use="game", visitors_allowed=True, name="Ten")
    page = opened()
    page.goto(f"{server.url}/survey/can-you-tell")
    shoot(page, "survey-game")
    page.get_by_role("button", name="Show the first image").click()
    for place in range(1, 11):
        by_keys(page, f"{place} of 10", "ra"[place % 2], 1)
    expect(page.get_by_role("heading", name=re.compile(r"\d+ of 10 right"))).to_be_visible()
    expect(page.get_by_text("Criterion", exact=True)).to_be_visible()
    expect(page.locator(".shown li")).to_have_count(10)
    page.locator(".shown img").last.scroll_into_view_if_needed()
    assert_it_fits_and_is_accessible(page, "survey-game-end")
    arrived(server, study["code"], 10)
