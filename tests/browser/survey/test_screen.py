"""Small screens are told; enlarged pages and tablets are not shut out; nothing moves."""

from playwright.sync_api import ViewportSize, expect

from tests.browser.checks import NARROW, assert_it_fits_and_is_accessible
from tests.browser.survey.play import Open, arrived, begin, by_keys, look, ready
from tests.browser.survey.server import Server

# 200 % on a screen of 1440 x 900: the page has half as many pixels, each twice as large.
ENLARGED: ViewportSize = {"width": 720, "height": 450}


def test_a_phone_is_told_before_consent_and_no_place_is_used_up(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    phone = opened(size=NARROW, device_scale_factor=3, is_mobile=True, has_touch=True)
    phone.goto(server.url + study["links"][0])
    expect(phone.get_by_role("heading", name="This screen is too small")).to_be_visible()
    expect(phone.get_by_role("button", name="I agree")).to_have_count(0)
    look(phone, "survey-consent-phone", sizes=(NARROW,))
    computer = opened()
    begin(computer, server, study["links"][0])
    ready(computer, "1 of 8")


def test_a_phone_that_comes_later_fetches_no_image(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    phone = opened(size=NARROW, device_scale_factor=3, is_mobile=True, has_touch=True)
    phone.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    fetched: list[str] = []
    phone.on("request", lambda request: fetched.append(request.url))
    phone.goto(page.url)
    expect(phone.get_by_role("heading", name="This screen is too small")).to_be_visible()
    assert_it_fits_and_is_accessible(phone, sizes=(NARROW,))
    assert not any("/image/" in url for url in fetched)


def test_a_study_is_taken_at_two_hundred_per_cent(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings={"ask_reason": True, "ask_seen": True})
    page = opened(size=ENLARGED, device_scale_factor=2, screen={"width": 1440, "height": 900})
    page.goto(server.url + study["links"][0])
    look(page, "survey-consent-enlarged", sizes=(ENLARGED,))
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.keyboard.press("a")
    look(page, "survey-judge-enlarged", sizes=(ENLARGED,))
    for place in range(1, 9):
        by_keys(page, f"{place} of 8", "r")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    arrived(server, study["code"], 8)


def test_what_is_clicked_is_large_enough_and_nothing_moves(opened: Open, server: Server) -> None:
    study = server.make(
        links=1, settings={"ask_reason": True, "ask_seen": True, "ask_region": True}
    )
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.keyboard.press("a")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, .choice, input[type=text]")]
          .filter((one) => one.checkVisibility({ visibilityProperty: true }))
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 32)
          .map(([text]) => text)"""
    )
    assert small == []
    assert page.evaluate("document.getAnimations().length") == 0
    expect(page.locator("#spoken")).to_have_text("1 of 8")
