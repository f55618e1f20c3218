"""A study is taken without a pointer."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.survey.play import Open, arrived, begin, by_keys, look, ready
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
    primary = page.locator("main button.primary")
    for _ in range(3):  # consent, questions where there are some, instructions
        if page.locator("#place").count():
            break
        before = page.title()
        for _ in range(40):
            if primary.evaluate("element => element === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).not_to_have_title(before)
    ready(page, "1 of 8")
    # Without the letters: from the image to the answers, arrows between them.
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("input[name=seen_before]").first).to_be_focused()  # may be left out
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


def tab_to(page: Page, what: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a pointer does."""
    for _ in range(60):
        if what.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {what}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    button = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    tab_to(page, button)
    page.keyboard.press(key)


def test_all_that_stands_between_consent_and_erasing_is_done_by_keyboard_alone(
    opened: Open, server: Server
) -> None:
    """Questions, practice, a reason, a break, a slip, a pause, last questions, erasing."""
    settings = {"ask_reason": True, "break_every": 2}
    study = server.make(links=1, real=2, artificial=2, practice=1, settings=settings)
    page = opened()
    page.goto(server.url + study["links"][0])
    press(page, "I agree and take part")
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    tab_to(page, page.locator("input[type=radio]").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[type=radio]").nth(1)).to_be_checked()
    press(page, "Go on")
    expect(page.get_by_role("heading", name="How it goes")).to_be_visible()
    press(page, "Show the first image")
    by_keys(page, "Practice 1 of 1", "r")
    expect(page.locator("#feedback")).to_contain_text("ight: this image is")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Now the study")).to_be_visible()
    page.keyboard.press("Enter")
    ready(page, "1 of 4")
    page.keyboard.press("a")
    page.keyboard.press("r")  # changed before it is confirmed
    page.keyboard.press("3")
    page.keyboard.press("w")
    page.keyboard.type("a 1")
    page.keyboard.press("Enter")  # ends the typing
    page.keyboard.press("Enter")
    ready(page, "2 of 4")
    press(page, "The last one was a slip")
    expect(page.locator("#status")).to_contain_text("Noted")
    by_keys(page, "2 of 4", "a")
    expect(page.get_by_role("heading", name="Time for a break")).to_be_visible()
    page.keyboard.press("Enter")
    ready(page, "3 of 4")
    press(page, "Pause")
    expect(page.get_by_role("heading", name="Pause")).to_be_visible()
    press(page, "Go on")
    for place in (3, 4):
        by_keys(page, f"{place} of 4", "a")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    tab_to(page, page.get_by_label("How many of 100"))
    page.keyboard.type("40")
    press(page, "Send and finish")
    expect(page.get_by_text("You can close this page")).to_be_visible()
    rows = arrived(server, study["code"], 5)
    assert [row["decision"] for row in rows[1:]] == ["real", *["artificial"] * 3]
    assert (rows[1]["changes"], rows[1]["reason"], bool(rows[1]["slipped_at"])) == (1, "a 1", True)
    tab_to(page, page.locator("summary", has_text="Erase my data"))
    page.keyboard.press("Enter")
    press(page, "Erase my data for good")
    expect(page.get_by_role("heading", name="Your data are erased")).to_be_visible()
    assert arrived(server, study["code"], 0) == []


def test_letters_can_be_set_and_switched_off(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.keyboard.press("?")
    page.get_by_text("Other letters, or none").click()
    real = page.get_by_label("Real", exact=True)
    real.fill("a")
    real.press("Tab")
    expect(page.get_by_text("has a meaning already")).to_be_visible()
    expect(real).to_have_value("r")
    real.fill("e")
    real.press("Tab")
    look(page, "survey-own-keys")
    page.get_by_role("button", name="Close").click()
    chosen = page.locator("#answer input[name=decision]:checked")
    page.keyboard.press("r")
    expect(chosen).to_have_count(0)
    page.reload()  # they stay set in this browser
    ready(page, "1 of 8")
    page.keyboard.press("e")
    expect(page.get_by_role("radio", name="Real E")).to_be_checked()
    page.keyboard.press("?")
    page.get_by_text("Other letters, or none").click()
    page.get_by_label("Letters and digits act as keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("a")
    expect(page.get_by_role("radio", name="Real")).to_be_checked()
