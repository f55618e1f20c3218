"""What a rater takes back or doubts: slips without a network, and an answer that stays in a tab."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.checks import WIDE
from tests.browser.survey.play import Open, arrived, begin, by_keys, judgements, ready
from tests.browser.survey.server import Server


def test_a_slip_without_a_network_arrives_after_its_answer_and_survives_a_reload(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.wait_for_load_state("networkidle")  # the next two images are there
    page.context.route("**/answer", lambda route: route.abort())
    page.context.route("**/slip", lambda route: route.abort())
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    page.get_by_role("button", name="The last one was a slip").click()
    by_keys(page, "2 of 8", "a")
    expect(page.locator("#status")).to_contain_text("No connection")
    assert judgements(server, study["code"]) == []
    page.context.unroute("**/answer")
    page.context.unroute("**/slip")
    page.reload()
    ready(page, "3 of 8")
    first, second = arrived(server, study["code"], 2, page=page)
    assert first["slipped_at"]
    assert not second["slipped_at"]


def test_the_last_answer_of_all_can_be_called_a_slip_on_the_page_of_the_end(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1, real=2, artificial=2)
    page = opened(size=WIDE)
    begin(page, server, study["links"][0])
    for place in range(1, 5):
        by_keys(page, f"{place} of 4", "r")
    page.wait_for_url("**/end")
    page.get_by_role("button", name="The last one was a slip").click()
    expect(page.get_by_text("Noted: your last answer was a slip.")).to_be_visible()
    expect(page.get_by_role("button", name="The last one was a slip")).to_have_count(0)
    slips = [bool(row["slipped_at"]) for row in arrived(server, study["code"], 4)]
    assert slips == [False, False, False, True]
