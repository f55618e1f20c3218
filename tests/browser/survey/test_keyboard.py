"""A study is taken without a pointer."""

from playwright.sync_api import expect

from tests.browser.survey.play import Open, arrived, begin, by_keys, ready
from tests.browser.survey.server import Server


def test_a_slip_is_noted_with_the_next_image(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    page.get_by_role("button", name="The last one was a slip").click()
    expect(page.locator("#status")).to_contain_text("Noted")
    by_keys(page, "2 of 8", "a")
    first, second = arrived(server, study["code"], 2)
    assert first["slipped_at"]
    assert not second["slipped_at"]


def test_a_study_is_taken_by_keyboard_alone(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    page.goto(server.url + study["links"][0])
    for name in ("I agree and take part", "Show the first image"):
        button = page.get_by_role("button", name=name)
        for _ in range(12):
            if button.evaluate("element => element === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    ready(page, "1 of 8")
    # Without the letters: from the image to the answers, arrows between them.
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Confirm")).to_be_focused()
    page.keyboard.press("Enter")
    ready(page, "2 of 8")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    for place in range(2, 9):
        by_keys(page, f"{place} of 8", "j", 1)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
