"""How tests take a survey: by keys, by pointer, and what arrived of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.checks import DESK_AND_TABLET, assert_it_fits_and_is_accessible
from tests.browser.survey.server import Server

Open = Callable[..., Page]


def begin(page: Page, server: Server, link: str) -> None:
    page.goto(server.url + link)
    page.get_by_role("button", name="I agree and take part").click()
    skip_questions(page)
    page.get_by_role("button", name="Show the first image").click()


def skip_questions(page: Page) -> None:
    """Leave the questions about the rater open, where the study asks some."""
    first = page.get_by_role("button", name="Show the first image")
    expect(page.locator("main button.primary").first).to_be_visible()
    if not first.count():
        page.locator("main button.primary").first.click()
    expect(first).to_be_visible()


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


def organiser(opened: Open, server: Server, study: dict[str, Any], **how: Any) -> Page:
    page = opened(**how)
    cookie: Any = {"name": "sessionid", "value": study["organiser"], "url": server.url}
    page.context.add_cookies([cookie])
    return page


def judgements(server: Server, code: str) -> list[dict[str, Any]]:
    """All that is stored of the answers to a study, by session and position."""
    rows = server.rows(
        "SELECT s.pseudonym, p.position, j.*"
        " FROM survey_judgement j JOIN survey_presentation p ON p.id = j.presentation_id"
        " JOIN survey_session s ON s.id = p.session_id JOIN survey_study t ON t.id = s.study_id"
        " WHERE t.code = ? ORDER BY s.id, p.position",
        code,
    )
    for row in rows:
        row["zooms"], row["regions"] = json.loads(row["zooms"]), json.loads(row["regions"])
    return rows


def arrived(
    server: Server, code: str, count: int, *, page: Page | None = None
) -> list[dict[str, Any]]:
    """The judgements once `count` have arrived, and no more than that.

    `page` goes on meanwhile: a route that a test has set answers only while Playwright runs.
    """
    rows = judgements(server, code)
    for _ in range(300):
        if len(rows) >= count:
            break
        if page is not None:
            page.wait_for_timeout(100)
        else:
            time.sleep(0.1)
        rows = judgements(server, code)
    assert len(rows) == count
    return rows


def look(page: Page, name: str, *, sizes: Sequence[ViewportSize] = DESK_AND_TABLET) -> None:
    page.wait_for_load_state("networkidle")  # an image that is left half-way is a complaint
    assert_it_fits_and_is_accessible(page, name, sizes=sizes)
