"""Practice tells the truth after each answer, the study never; and says when it begins."""

import re

from playwright.sync_api import expect

from tests.browser.survey.play import Open, arrived, begin, by_keys, by_pointer, look, ready
from tests.browser.survey.server import Server


def test_practice_tells_the_truth_and_the_study_does_not(opened: Open, server: Server) -> None:
    study = server.make(real=2, artificial=2, practice=3, links=1)
    page = opened()
    begin(page, server, study["links"][0])
    feedback = page.locator("#feedback")
    by_keys(page, "Practice 1 of 3", "r")
    expect(feedback).to_contain_text(re.compile("(Right|Not right): this image is (real|artific)"))
    said = feedback.inner_text()
    right = "Not right" not in said
    assert right == ("this image is real" in said)
    assert ("✓" in said) == right, "a shape says it as well as the words"
    assert ("✗" in said) != right
    expect(page.locator(".view img")).to_be_visible()
    look(page, "survey-practice-feedback")
    expect(feedback.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Enter")
    by_pointer(page, "Practice 2 of 3", "Artificial")
    expect(feedback).to_contain_text("ight: this image is")
    feedback.get_by_role("button", name="Next").click()
    by_keys(page, "Practice 3 of 3", "r")
    expect(feedback).to_contain_text("ight: this image is")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Now the study: 4 images, no feedback")).to_be_visible()
    look(page, "survey-practice-over")
    page.reload()
    expect(page.get_by_role("heading", name="Now the study: 4 images, no feedback")).to_be_visible()
    page.keyboard.press("Enter")
    told: list[str] = []
    page.on("response", lambda reply: told.append(reply.text()) if "answer" in reply.url else None)
    for place in range(1, 5):
        by_keys(page, f"{place} of 4", "r")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    arrived(server, study["code"], 7)
    assert len(told) >= 3
    assert not any("feedback" in reply or "truth" in reply for reply in told)


def test_practice_goes_on_without_a_network(opened: Open, server: Server) -> None:
    study = server.make(real=2, artificial=2, practice=2, links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    ready(page, "Practice 1 of 2")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    by_keys(page, "Practice 1 of 2", "r")
    expect(page.locator("#feedback")).to_contain_text("You can wait for the truth, or go on")
    page.keyboard.press("Enter")
    ready(page, "Practice 2 of 2")
    page.context.set_offline(False)
    arrived(server, study["code"], 1)
