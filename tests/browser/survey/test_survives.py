"""Answers survive whatever network, browser and server do."""

import json
import re
import signal

from playwright.sync_api import Route, expect

from tests.browser.survey.play import Open, arrived, begin, by_keys, organiser, ready
from tests.browser.survey.server import Server


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
    assert [(row["decision"], row["confidence"]) for row in rows] == [
        ("real", 2),
        ("artificial", 3),
    ]


def test_an_answer_beside_which_something_is_not_understood_holds_up_no_other(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)

    def spoil(route: Route) -> None:
        """More zooms than the server takes, as a window that is dragged about for long."""
        sent = json.loads(route.request.post_data or "{}")
        if "zooms" in sent:
            sent["zooms"] = [[number, 0.123456789] for number in range(2_000)]
        route.continue_(post_data=json.dumps(sent))

    page.context.route("**/answer", spoil)
    begin(page, server, study["links"][0])
    for place, decision in ((1, "r"), (2, "a"), (3, "r")):
        by_keys(page, f"{place} of 8", decision)
    ready(page, "4 of 8")
    rows = arrived(server, study["code"], 3, page=page)
    assert [row["decision"] for row in rows] == ["real", "artificial", "real"]


def test_an_answer_whose_reply_was_lost_is_counted_once(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    seen = []

    def lose_the_first_reply(route: Route) -> None:
        seen.append(route.request.url)
        if len(seen) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    # Before the page is there: requests of one that is open may slip past a new route.
    page.context.route("**/answer", lose_the_first_reply)
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    by_keys(page, "2 of 8", "r")
    ready(page, "3 of 8")
    rows = arrived(server, study["code"], 2, page=page)
    assert [row["position"] for row in rows] == [1, 2]
    assert len(seen) >= 3


def test_two_tabs_give_one_answer_and_the_second_says_which_stays(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    second = page.context.new_page()
    second.goto(page.url)
    ready(second, "1 of 8")
    by_keys(page, "1 of 8", "r", 3)
    ready(page, "2 of 8")
    by_keys(second, "1 of 8", "a", 1)
    expect(second.locator("#status")).to_contain_text("the first one was kept")
    expect(second.locator("#status")).to_contain_text("It says: “this image is real”, sure.")
    ready(second, "2 of 8")
    (kept,) = arrived(server, study["code"], 1)
    assert (kept["decision"], kept["confidence"]) == ("real", 3)


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
    expect(owner.get_by_role("heading", name="The figures are being computed")).to_be_visible()
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
    assert [row["decision"] for row in arrived(server, study["code"], 1)] == ["artificial"]


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
    assert [row["position"] for row in rows] == list(range(1, 9))


def test_back_leads_to_where_the_rater_stands(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    begin(page, server, study["links"][0])
    for place in (1, 2):
        by_keys(page, f"{place} of 8", "r")
    ready(page, "3 of 8")
    arrived(server, study["code"], 2)
    page.get_by_role("link", name="Pause").click()
    page.go_back()
    ready(page, "3 of 8")
    by_keys(page, "3 of 8", "a")
    ready(page, "4 of 8")
    rows = arrived(server, study["code"], 3)
    assert [row["position"] for row in rows] == [1, 2, 3]
