"""The design of Bals and Epple 2023, 16 artificial and 12 real images, taken to its results.

Two raters, one on a computer by keys and one on a tablet by pointer, whose network is cut in the
middle. With SEMBLANCE_SCREENSHOTS every page is kept, 1440 and 820 px wide.
"""

import csv
import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import TABLET, shoot
from tests.browser.survey.play import (
    Open,
    arrived,
    by_keys,
    by_pointer,
    look,
    organiser,
    ready,
    skip_questions,
)
from tests.browser.survey.server import Server

SETTINGS = {"ask_reason": True, "ask_region": True, "ask_seen": True, "break_every": 14}


def enter_and_practise(page: Page, server: Server, link: str) -> None:
    page.goto(server.url + link)
    shoot(page, "paper-1-consent")
    page.get_by_role("button", name="I agree and take part").click()
    look(page, "paper-2-questions")
    skip_questions(page)
    expect(page.get_by_role("button", name="Show the first image")).to_be_visible()
    shoot(page, "paper-3-instructions")
    page.get_by_role("button", name="Show the first image").click()
    assert "join" not in page.url
    for place in (1, 2):
        by_keys(page, f"Practice {place} of 2", "r")
        expect(page.locator("#feedback")).to_contain_text("ight: this image is")
        look(page, f"paper-4-practice-{place}")
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Now the study: 28 images, no feedback")).to_be_visible()
    look(page, "paper-5-begin")
    page.get_by_role("button", name="Begin").click()


def rest(page: Page) -> None:
    expect(page.get_by_text("14 of 28 are done")).to_be_visible()
    look(page, "paper-8-break")
    page.get_by_role("button", name="Go on").click()


@pytest.mark.timeout(600)
def test_two_raters_take_the_paper_s_study_to_its_results(opened: Open, server: Server) -> None:
    study = server.make(
        name="The paper's", real=12, artificial=16, practice=2, links=2, settings=SETTINGS
    )
    one, two = opened(), opened(quiet=True, size=TABLET)
    enter_and_practise(one, server, study["links"][0])
    for place in range(1, 29):
        if place == 15:
            rest(one)
        by_keys(one, f"{place} of 28", "ra"[place % 2], place % 3 + 1)
    expect(one.get_by_role("heading", name="Thank you")).to_be_visible()
    shoot(one, "paper-10-end")

    fetched: set[str] = set()
    enter_and_practise(two, server, study["links"][1])
    two.on("requestfinished", lambda r: fetched.add(r.url) if "/image/" in r.url else None)
    tell_more(two, server)
    for place in range(2, 11):
        by_pointer(two, f"{place} of 28", "Real")
    ready(two, "11 of 28")
    expect(two.locator("#status")).to_have_text("")
    two.get_by_role("link", name="Pause").click()
    shoot(two, "paper-9-pause")
    fetched.clear()
    two.get_by_role("link", name="Go on").click()
    ready(two, "11 of 28")
    for _ in range(200):
        if len(fetched) == 3:  # the one shown and two ahead
            break
        two.wait_for_timeout(100)
    two.context.set_offline(True)
    for place in range(11, 14):
        by_pointer(two, f"{place} of 28", "Artificial", "Guessing")
    expect(two.locator("#status")).to_contain_text("No connection")
    shoot(two, "paper-7-no-connection")
    arrived(server, study["code"], 30 + 2 + 10)
    two.context.set_offline(False)
    for place in range(14, 29):
        by_pointer(two, f"{place} of 28", "Real", "Fairly sure")
        # The pause in between was a rest as well: the next is offered 14 images after it.
        if place == 24:
            expect(two.get_by_text("24 of 28 are done")).to_be_visible()
            look(two, "paper-8-break")
            two.get_by_role("button", name="Go on").click()
    expect(two.get_by_role("heading", name="Thank you")).to_be_visible()
    shoot(two, "paper-10-end")

    rows = arrived(server, study["code"], 2 * 30)
    places = [(row["pseudonym"], row["position"]) for row in rows]
    assert len(set(places)) == 60
    assert [position for _, position in places] == [*range(1, 31)] * 2
    second = [row["decision"] for row in rows[32:]]
    assert second == ["artificial"] + ["real"] * 9 + ["artificial"] * 3 + ["real"] * 15
    assert all(0 < row["response_ms"] < 60_000 for row in rows)
    assert rows[32]["reason"] == "the edges are too even"
    assert len(rows[32]["regions"]) == 1
    close_and_read(opened, server, study, one)


def tell_more(page: Page, server: Server) -> None:
    ready(page, "1 of 28")
    page.get_by_role("radio", name="Artificial").check()
    page.get_by_role("radio", name="Sure", exact=True).or_(
        page.get_by_role("radio", name="Sure 3")
    ).check()
    page.locator("#mark").click()
    box = page.locator(".sheet").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 260)
    page.mouse.up()
    page.get_by_label("Why?").fill("the edges are too even")
    page.get_by_role("radio", name="No", exact=True).check()
    look(page, "paper-6-judging")
    page.get_by_role("button", name="Confirm").click()


def close_and_read(opened: Open, server: Server, study: dict[str, Any], rater: Page) -> None:
    page = organiser(opened, server, study)
    page.goto(f"{server.url}/survey/{study['pk']}/results")
    expect(page.get_by_text("Results stay closed")).to_be_visible()
    page.goto(f"{server.url}/survey/{study['pk']}/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Close the study").click()
    page.goto(f"{server.url}/survey/{study['pk']}/results")
    expect(page.get_by_role("heading", name="The figures are being computed")).to_be_visible()
    assert server.make(analyse=study["pk"]) == {"state": "done"}
    expect(page.get_by_role("heading", name="Told apart?")).to_be_visible()
    shoot(page, "paper-11-results")
    sheet = page.request.get(f"{server.url}/survey/{study['pk']}/results/answers.csv").text()
    rows = list(csv.DictReader(io.StringIO(sheet.lstrip("\ufeff"))))
    rows = [row for row in rows if row.get("kind", "main") == "main" and row["decision"]]
    assert len(rows) == 56
    rater.reload()
    expect(rater.get_by_text("right.")).to_be_visible()
    look(rater, "paper-12-own-score")
