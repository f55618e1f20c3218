"""Two images side by side, one real and one artificial."""

from playwright.sync_api import expect

from tests.browser.survey.play import Open, arrived, begin, look, ready
from tests.browser.survey.server import Server

WIDTHS = "[...document.querySelectorAll('.sheet')].map((s) => s.getBoundingClientRect().width)"
SCROLLED = "[...document.querySelectorAll('.view')].map((v) => [v.scrollLeft, v.scrollTop])"


def test_pairs_are_judged_by_keys_and_by_pointer(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings={"task": "pairs", "ask_region": True})
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 4")
    expect(page.locator(".view img")).to_have_count(2)
    left, right = page.evaluate(WIDTHS)
    assert left == right > 0
    sources = page.evaluate("[...document.querySelectorAll('.view img')].map((i) => i.src)")
    assert sources[0] != sources[1]
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="The left one")).to_be_checked()
    page.keyboard.press("j")
    expect(page.get_by_role("radio", name="The right one")).to_be_checked()
    page.keyboard.press("2")
    look(page, "survey-pairs")
    page.locator("[data-zoom='4']").click()
    assert page.evaluate(WIDTHS) == [1280, 1280]
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    one, other = page.evaluate(SCROLLED)
    assert one == other
    assert one[0] > 0
    page.keyboard.press("Enter")
    ready(page, "2 of 4")
    page.get_by_role("radio", name="The left one").check()
    page.get_by_role("radio", name="Sure", exact=False).last.check()
    page.get_by_role("button", name="Confirm").click()
    for place, key in ((3, "f"), (4, "ArrowRight")):
        ready(page, f"{place} of 4")
        page.keyboard.press(key)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    rows = arrived(server, study["code"], 4)
    said = [row["decision"] for row in rows]  # about the left one
    assert said == ["real", "artificial", "artificial", "real"]
