"""Images that are shown for a fixed time only."""

from playwright.sync_api import expect

from tests.browser.survey.play import Open, arrived, begin, by_keys, look, ready
from tests.browser.survey.server import Server

# When the mask was taken away and put back, by the clock of the page.
WATCH = """() => {
  window.masked = [];
  const note = ([{ target }]) => window.masked.push([performance.now(), !target.hidden]);
  new MutationObserver(note).observe(document.querySelector(".mask"), { attributes: true });
}"""


def test_an_image_is_shown_for_its_time_and_then_covered(opened: Open, server: Server) -> None:
    study = server.make(links=1, settings={"exposure_ms": 300})
    page = opened()
    begin(page, server, study["links"][0])
    show = page.get_by_role("button", name="Show the image")
    expect(show).to_be_focused()
    expect(page.locator("[data-zoom]")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator("#answer input:checked")).to_have_count(0)
    look(page, "survey-exposure-ready")
    page.evaluate(WATCH)
    page.keyboard.press("Space")
    ready(page, "1 of 8")
    expect(page.locator(".mask")).to_be_visible()
    image, mask = page.locator(".view img").bounding_box(), page.locator(".mask").bounding_box()
    assert image == mask
    look(page, "survey-exposure-over")
    (shown, covered) = page.evaluate("window.masked")
    assert (shown[1], covered[1]) == (False, True)
    by_keys(page, "1 of 8", "a")
    expect(show).to_be_visible()
    [row] = arrived(server, study["code"], 1)
    # A frame is 17 ms, and two on a machine that is busy with other tests.
    assert abs(row["exposure_ms"] - 300) < 40
    assert abs(row["exposure_ms"] - (covered[0] - shown[0])) < 40
    assert row["response_ms"] > row["exposure_ms"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("one or two frames")


def test_whoever_answers_before_the_end_is_taken_at_their_word(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1, settings={"exposure_ms": 5000})
    page = opened()
    begin(page, server, study["links"][0])
    page.get_by_role("button", name="Show the image").click()
    by_keys(page, "1 of 8", "a")
    expect(page.get_by_role("button", name="Show the image")).to_be_visible()
    [row] = arrived(server, study["code"], 1)
    assert 0 < row["confirm_ms"] <= row["exposure_ms"] + 1 < 5000
    page.wait_for_timeout(300)
    expect(page.locator(".mask")).to_be_visible()
