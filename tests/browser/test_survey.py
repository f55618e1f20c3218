"""A survey in the browser: taken by keys and by pointer, through everything that goes wrong."""

import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.checks import assert_it_fits_and_is_accessible, shoot
from tests.browser.conftest import listen
from tests.browser.survey_server import Server, new_server

WIDE = {"width": 1440, "height": 900}
SIZES = [WIDE, {"width": 820, "height": 1180}, {"width": 390, "height": 844}]
Open = Callable[..., Page]
expect.set_options(timeout=20_000)  # what is waited for here takes a network that comes back


@pytest.fixture(scope="module")
def server(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = new_server(migrated_home, tmp_path_factory.mktemp("survey") / "home")
    yield running
    running.stop()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Give pages in browsers of their own; what they complain of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, quiet: bool = False, size: Any = WIDE) -> Page:
        context = chromium.new_context(viewport=size, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        if not quiet:  # a network that is cut makes noise
            listen(page, complaints)
        page.set_default_timeout(20_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def organiser(opened: Open, server: Server, study: dict[str, Any], **how: Any) -> Page:
    page = opened(**how)
    cookie: Any = {"name": "sessionid", "value": study["organiser"], "url": server.url}
    page.context.add_cookies([cookie])
    return page


def begin(page: Page, server: Server, link: str) -> None:
    page.goto(server.url + link)
    page.get_by_role("button", name="I agree and take part").click()
    page.get_by_role("button", name="Show the first image").click()


def ready(page: Page, place: str) -> None:
    expect(page.locator("#place")).to_have_text(place)
    expect(page.locator("input[name=decision]").first).to_be_enabled()


def by_keys(page: Page, place: str, decision: str, confidence: int = 2) -> None:
    ready(page, place)
    page.keyboard.press(decision)
    page.keyboard.press(str(confidence))
    page.keyboard.press("Enter")


def by_pointer(page: Page, place: str, decision: str, confidence: str = "Sure") -> None:
    ready(page, place)
    page.get_by_role("radio", name=re.compile(f"^{decision}")).check()
    page.get_by_role("radio", name=re.compile(f"^{confidence}")).check()
    page.get_by_role("button", name="Confirm").click()


def judgements(server: Server, code: str) -> list[tuple[Any, ...]]:
    return server.ask(
        "SELECT s.pseudonym, p.position, j.decision, j.confidence, j.response_ms"
        " FROM survey_judgement j JOIN survey_presentation p ON p.id = j.presentation_id"
        " JOIN survey_session s ON s.id = p.session_id JOIN survey_study t ON t.id = s.study_id"
        " WHERE t.code = ? ORDER BY s.id, p.position",
        code,
    )


def arrived(server: Server, code: str, count: int) -> list[tuple[Any, ...]]:
    """The judgements once `count` have arrived, and no more than that."""
    rows = judgements(server, code)
    for _ in range(200):
        if len(rows) >= count:
            break
        time.sleep(0.1)
        rows = judgements(server, code)
    assert len(rows) == count
    return rows


def test_two_raters_take_the_paper_s_study_to_its_results(opened: Open, server: Server) -> None:
    study = server.make(name="The paper's", real=12, artificial=16, links=2)
    one, two = opened(), opened(quiet=True)
    begin(one, server, study["links"][0])
    assert "join" not in one.url
    for place in range(1, 29):
        by_keys(one, f"{place} of 28", "ra"[place % 2], place % 3 + 1)
    expect(one.get_by_role("heading", name="Thank you")).to_be_visible()

    fetched: set[str] = set()
    two.on("requestfinished", lambda r: fetched.add(r.url) if "/image/" in r.url else None)
    begin(two, server, study["links"][1])
    for place in range(1, 11):
        by_pointer(two, f"{place} of 28", "Real")
    ready(two, "11 of 28")
    expect(two.locator("#status")).to_have_text("")
    for _ in range(200):
        if len(fetched) == 13:
            break
        two.wait_for_timeout(100)
    two.context.set_offline(True)
    for place in range(11, 14):  # the one shown and the two that were fetched ahead
        by_pointer(two, f"{place} of 28", "Artificial", "Guessing")
    expect(two.locator("#status")).to_contain_text("No connection")
    arrived(server, study["code"], 28 + 10)
    two.context.set_offline(False)
    for place in range(14, 29):
        by_pointer(two, f"{place} of 28", "Real", "Fairly sure")
    expect(two.get_by_role("heading", name="Thank you")).to_be_visible()

    rows = arrived(server, study["code"], 56)
    assert len({row[:2] for row in rows}) == 56
    assert [row[2] for row in rows[28:]] == ["real"] * 10 + ["artificial"] * 3 + ["real"] * 15
    assert all(0 < row[4] < 60_000 for row in rows)

    page = organiser(opened, server, study)
    page.goto(f"{server.url}/survey/{study['pk']}/results")
    expect(page.get_by_text("Results stay closed")).to_be_visible()
    page.goto(f"{server.url}/survey/{study['pk']}/")
    expect(page.get_by_text("2 finished, 0 on the way")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Close the study").click()
    expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    expect(page.get_by_text("28 of 32").or_(page.get_by_text("of 32")).first).to_be_visible()
    shoot(page, "survey-results")
    one.reload()
    expect(one.get_by_text("right.")).to_be_visible()


def test_an_answer_that_did_not_arrive_is_sent_after_a_reload(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")

    def cut(route: Route) -> None:
        route.abort()

    page.context.route("**/answer", cut)
    by_keys(page, "2 of 8", "a", 3)
    expect(page.locator("#status")).to_contain_text("No connection")
    arrived(server, study["code"], 1)
    page.context.unroute("**/answer", cut)
    page.reload()
    ready(page, "3 of 8")
    rows = arrived(server, study["code"], 2)
    assert [row[2:4] for row in rows] == [("real", 2), ("artificial", 3)]


def test_an_answer_whose_reply_was_lost_is_counted_once(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    seen = []

    def lose_the_first_reply(route: Route) -> None:
        seen.append(route.request.url)
        if len(seen) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.context.route("**/answer", lose_the_first_reply)
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    by_keys(page, "2 of 8", "r")
    ready(page, "3 of 8")
    expect(page.locator("#status")).to_have_text("")
    assert [row[1] for row in arrived(server, study["code"], 2)] == [1, 2]
    assert len(seen) >= 3


def test_two_tabs_give_one_answer_and_the_second_is_told(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    second = page.context.new_page()
    second.goto(page.url)
    ready(second, "1 of 8")
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    by_keys(second, "1 of 8", "a")
    expect(second.locator("#status")).to_contain_text("the first one was kept")
    ready(second, "2 of 8")
    assert [row[2] for row in arrived(server, study["code"], 1)] == ["real"]


def test_whoever_still_rates_when_the_study_closes_is_led_to_the_end(
    opened: Open, server: Server
) -> None:
    study = server.make(links=2, name="Closing")
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    owner = organiser(opened, server, study)
    owner.on("dialog", lambda dialog: dialog.accept())
    owner.goto(f"{server.url}/survey/{study['pk']}/")
    owner.get_by_role("button", name="Close the study").click()
    expect(owner.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    by_keys(page, "2 of 8", "a")
    expect(page.get_by_role("heading", name="The study has ended")).to_be_visible()
    arrived(server, study["code"], 1)


def test_a_second_rater_in_the_same_browser_is_not_held_up_by_the_first(
    opened: Open, server: Server
) -> None:
    study = server.make(links=2)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.context.route("**/answer", lambda route: route.abort())
    by_keys(page, "1 of 8", "r")
    expect(page.locator("#status")).to_contain_text("No connection")
    page.context.unroute("**/answer")
    page.context.clear_cookies()
    begin(page, server, study["links"][1])
    by_keys(page, "1 of 8", "a")
    ready(page, "2 of 8")
    assert [row[2] for row in arrived(server, study["code"], 1)] == ["artificial"]


AT_ONCE = """async () => {
  const { plan, answer, csrf } = document.getElementById("main").dataset;
  const { token } = (await (await fetch(plan)).json()).next[0];
  const send = (number) => fetch(answer, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({
      client_id: `00000000-0000-4000-8000-${String(Date.now() % 1e9).padStart(9, "0")}00${number}`,
      token, decision: number % 2 ? "real" : "artificial", confidence: 2,
    }),
  });
  const replies = await Promise.all([...Array(10).keys()].map(send));
  return replies.map((reply) => reply.status);
}"""


def test_ten_answers_at_the_same_time_leave_one(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    statuses = page.evaluate(AT_ONCE)
    assert sorted(statuses) == [200] * 5 + [409] * 5
    arrived(server, study["code"], 1)
    answered = server.ask(
        "SELECT s.answered FROM survey_session s JOIN survey_study t ON t.id = s.study_id"
        " WHERE t.code = ?",
        study["code"],
    )
    assert answered == [(1,)]


def test_a_double_click_answers_once(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    page.get_by_role("radio", name=re.compile("^Real")).check()
    page.get_by_role("radio", name=re.compile("^Sure")).check()
    page.get_by_role("button", name="Confirm").dblclick(force=True)
    ready(page, "2 of 8")
    arrived(server, study["code"], 1)


def test_a_server_that_is_killed_loses_nothing(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    page.wait_for_load_state("networkidle")
    server.stop(signal.SIGKILL)
    by_keys(page, "2 of 8", "a")
    expect(page.locator("#status")).to_contain_text("No connection")
    server.start()
    for place in range(3, 9):
        by_keys(page, f"{place} of 8", "a")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    rows = arrived(server, study["code"], 8)
    assert [row[1] for row in rows] == list(range(1, 9))


def test_the_image_is_shown_pixel_by_pixel_and_zooms_are_kept(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    width = "document.getElementById('picture').getBoundingClientRect().width"
    fit = page.evaluate(width)
    assert fit % 320 == 0
    page.keyboard.press("z")
    assert page.evaluate(width) == 320
    page.locator("[data-zoom='4']").click()
    assert page.evaluate(width) == 1280
    page.locator("#stage").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.getElementById('stage').scrollTop") > 0
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    assert page.evaluate(width) == fit
    arrived(server, study["code"], 1)
    zooms = server.ask(
        "SELECT j.zooms FROM survey_judgement j JOIN survey_presentation p"
        " ON p.id = j.presentation_id JOIN survey_session s ON s.id = p.session_id"
        " JOIN survey_study t ON t.id = s.study_id WHERE t.code = ?",
        study["code"],
    )[0][0]
    assert re.fullmatch(r"\[\[[\d.]+, 1(\.0)?\], \[[\d.]+, 4(\.0)?\]\]", zooms)


def test_a_slip_is_noted_with_the_next_image(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    page.get_by_role("button", name="The last one was a slip").click()
    expect(page.locator("#status")).to_contain_text("Noted")
    by_keys(page, "2 of 8", "a")
    arrived(server, study["code"], 2)
    slips = "SELECT count(*) FROM survey_judgement WHERE slipped_at IS NOT NULL"
    assert server.ask(slips)[0][0] >= 1


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
    assert_it_fits_and_is_accessible(page)
    shoot(page, "survey-game-end")
    arrived(server, study["code"], 10)


@pytest.mark.parametrize("size", SIZES, ids=["1440", "820", "390"])
def test_a_rater_s_pages_fit_and_are_accessible(opened: Open, server: Server, size: Any) -> None:
    study = server.make(links=1)
    page = opened(size=size)
    page.goto(server.url + study["links"][0])
    look(page, "survey-consent")
    page.get_by_role("button", name="I agree and take part").click()
    look(page, "survey-instructions")
    page.get_by_role("button", name="Show the first image").click()
    ready(page, "1 of 8")
    look(page, "survey-judge")
    page.keyboard.press("a")
    page.keyboard.press("3")
    look(page, "survey-judge-chosen")
    page.keyboard.press("?")
    look(page, "survey-judge-help")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Pause").click()
    look(page, "survey-pause")
    page.get_by_role("link", name="Go on").click()
    for place in range(1, 9):
        by_keys(page, f"{place} of 8", "r", 1)
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    look(page, "survey-thanks")


@pytest.mark.parametrize("size", SIZES, ids=["1440", "820", "390"])
def test_an_organiser_s_pages_fit_and_are_accessible(
    opened: Open, server: Server, size: Any
) -> None:
    study = server.make(open=False, real=5, artificial=7, name=f"Grains {size['width']}")
    page = organiser(opened, server, study, size=size)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.url}/survey/")
    look(page, "survey-index")
    page.goto(f"{server.url}/survey/new")
    look(page, "survey-new")
    page.goto(f"{server.url}/survey/{study['pk']}/images")
    source = page.locator("#source")
    source.select_option(index=source.locator("option").count() - 1)
    page.get_by_role("button", name="Show").click()
    look(page, "survey-images")
    page.goto(f"{server.url}/survey/{study['pk']}/")
    look(page, "survey-draft")
    page.get_by_role("button", name="Open the study").click()
    expect(page.get_by_text("The study is open. Invite")).to_be_visible()
    look(page, "survey-open")
    page.get_by_label("Note, for yourself").fill("Group A")
    page.get_by_role("button", name="Make links").click()
    link = page.locator(".secret").inner_text()
    look(page, "survey-links")
    rater = opened(size=size)
    begin(rater, server, link.removeprefix(server.url))
    for place in range(1, 13):
        by_keys(rater, f"{place} of 12", "ra"[place % 3 > 0], 2)
    expect(rater.get_by_role("heading", name="Thank you")).to_be_visible()
    page.goto(f"{server.url}/survey/{study['pk']}/")
    look(page, "survey-progress")
    page.get_by_role("button", name="Close the study").click()
    expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    page.locator(".chart img").scroll_into_view_if_needed()
    for _ in range(200):
        if page.evaluate("document.querySelector('.chart img').naturalWidth") > 100:
            break
        page.wait_for_timeout(100)
    else:
        raise AssertionError("the chart did not come")
    look(page, "survey-result-page")


def look(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")  # an image that is left half-way is a complaint
    shoot(page, name)
    assert_it_fits_and_is_accessible(page)
