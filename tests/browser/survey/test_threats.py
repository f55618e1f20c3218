"""Threats 8, 14 and 19 of the survey's method: what a page gives away, no network, clocks."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from playwright.sync_api import Route, expect

from tests.browser.survey.play import Open, arrived, begin, by_keys, ready, skip_questions
from tests.browser.survey.server import Server

# A clock of the computer that jumps by years whenever somebody looks, forth and back.
JUMPY = """(() => {
  let looks = 0;
  const real = Date;
  const jumped = () => real.UTC(2001 + 40 * (looks++ % 2));
  window.Date = class extends real {
    constructor(...given) { super(...(given.length ? given : [jumped()])); }
    static now() { return jumped(); }
  };
})();"""


# What may differ from image to image: where one stands, and keys that mean nothing.
PASSING = [
    (r"blob:[^\s\"')]+", "blob"),
    (r"\d+ of 8", "n of 8"),
    (r'(value|style|aria-valuenow|aria-valuetext)="[^"]*"', r"\1"),
    (r"[0-9a-f]{32}", "token"),
]


def kind_of(address: str) -> str:
    return re.sub(r"(blob:|/image/).*", r"\1", address)


def test_threat_8_neither_the_document_nor_what_is_fetched_tells_one_image_from_another(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1, real=4, artificial=4)
    page = opened()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(kind_of(request.url)))
    begin(page, server, study["links"][0])
    documents: dict[str, set[str]] = {}
    for place in range(1, 9):
        ready(page, f"{place} of 8")
        page.wait_for_load_state("networkidle")
        text = page.evaluate("document.documentElement.outerHTML")
        for pattern, instead in PASSING:
            text = re.sub(pattern, instead, text)
        truth = server.rows(
            "SELECT t.truth FROM survey_presentation p JOIN survey_stimulus t"
            " ON t.id = p.stimulus_id WHERE p.position = ?",
            place,
        )[0]["truth"]
        if place > 1:  # at the first there is no last answer that could be called a slip
            documents.setdefault(truth, set()).add(text)
        by_keys(page, f"{place} of 8", "r")
    assert set(documents) == {"real", "artificial"}
    assert documents["real"] == documents["artificial"]
    assert len(documents["real"]) == 1
    # Each image was fetched once, and nothing beside it that would be there for one kind only.
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert sum(address.endswith("/image/") for address in asked) == 8
    assert sum(address.endswith("/answer") for address in asked) == 8


def test_an_answer_can_be_given_only_when_the_image_is_there(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route("**/image/**", hold)
    page.goto(server.url + study["links"][0])
    page.get_by_role("button", name="I agree and take part").click()
    skip_questions(page)
    page.get_by_role("button", name="Show the first image").click()
    expect(page.get_by_text("1 of 8")).to_be_visible()
    for _ in range(100):
        page.wait_for_timeout(100)  # what is asked for is heard only while Playwright runs
        if held:
            break
    assert held
    expect(page.locator("input[name=decision]").first).to_be_disabled()
    page.keyboard.press("r")
    assert page.locator("input[name=decision]:checked").count() == 0
    for route in held:
        route.continue_()
    page.context.unroute("**/image/**", hold)
    ready(page, "1 of 8")
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")


def test_threat_14_minutes_without_a_network_lose_and_double_nothing(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    page = opened(quiet=True)
    page.clock.install()
    begin(page, server, study["links"][0])
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    arrived(server, study["code"], 1, page=page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for place in (2, 3, 4):  # the one shown and the two that were fetched ahead
        by_keys(page, f"{place} of 8", "a", 3)
    expect(page.locator("#status")).to_contain_text("kept in this browser")
    page.clock.fast_forward(7 * 60_000)
    page.wait_for_timeout(300)
    arrived(server, study["code"], 1)
    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open("semblance-survey", 1);
          opening.onsuccess = () => {
            const all = opening.result.transaction("answers").objectStore("answers").getAll();
            all.onsuccess = () => resolve(all.result.length);
          };
        })"""
    )
    assert kept == 3
    page.context.set_offline(False)
    page.clock.fast_forward(20_000)
    for place in range(5, 9):
        by_keys(page, f"{place} of 8", "r")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    rows = arrived(server, study["code"], 8)
    assert [row["position"] for row in rows] == list(range(1, 9))
    assert [row["decision"] for row in rows] == ["real"] + ["artificial"] * 3 + ["real"] * 4


def test_threat_19_a_clock_that_jumps_changes_no_time(opened: Open, server: Server) -> None:
    study = server.make(links=1)
    page = opened()
    page.add_init_script(JUMPY)
    begin(page, server, study["links"][0])
    assert abs(page.evaluate("Date.now() - Date.now()")) > 1e12
    for place in (1, 2, 3):
        ready(page, f"{place} of 8")
        page.wait_for_timeout(200)
        by_keys(page, f"{place} of 8", "r")
    ready(page, "4 of 8")
    for row in arrived(server, study["code"], 3):
        assert 200 <= row["response_ms"] <= row["confirm_ms"] < 60_000
        shown = datetime.fromisoformat(row["shown_at"]).replace(tzinfo=UTC)
        assert abs((datetime.now(UTC) - shown).total_seconds()) < 120


def test_threat_19_focus_background_zoom_and_screen_are_logged(
    opened: Open, server: Server
) -> None:
    study = server.make(links=1)
    page = opened(device_scale_factor=2)
    begin(page, server, study["links"][0])
    ready(page, "1 of 8")
    # Headless pages are never in the background by themselves.
    page.evaluate(
        """async () => {
          const hide = (on) => {
            Object.defineProperty(document, "hidden", { value: on, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
          };
          hide(true);
          window.dispatchEvent(new Event("blur"));
          await new Promise((resolve) => setTimeout(resolve, 250));
          hide(false);
        }"""
    )
    page.keyboard.press("z")
    page.reload()
    ready(page, "1 of 8")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.keyboard.press("z")
    by_keys(page, "1 of 8", "r")
    ready(page, "2 of 8")
    page.evaluate(
        """async () => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
          await new Promise((resolve) => setTimeout(resolve, 250));
          Object.defineProperty(document, "hidden", { value: false, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    by_keys(page, "2 of 8", "r")
    ready(page, "3 of 8")
    first, second = arrived(server, study["code"], 2)
    assert first["hidden_ms"] == 0, "the time before the reload was another showing"
    assert 200 < second["hidden_ms"] < 20_000
    assert [scale for _, scale in first["zooms"]][1:] == [1]
    details = [
        json.loads(details)
        for (details,) in server.ask(
            "SELECT e.details FROM survey_event e JOIN survey_session s ON s.id = e.session_id"
            " JOIN survey_study t ON t.id = s.study_id WHERE t.code = ? AND e.kind = 'answered'"
            " ORDER BY e.id",
            study["code"],
        )
    ]
    assert [one["blurs"] for one in details] == [1, 0]
    assert [one["screen"] for one in details] == [[1440, 900, 2]] * 2
    assert [one["again"] for one in details] == [True, False]
    page.keyboard.press("?")
    help_text = page.get_by_role("dialog")
    expect(help_text).to_contain_text("10 to 40 ms")
    expect(help_text).to_contain_text("one or two frames")
