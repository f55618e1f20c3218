"""The tour in a browser: from one click to every page that it fills, wide and narrow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from catalog.models import Dataset
from review.models import Review
from runs.models import Pair, Run, Status
from survey.models import State, Study, Use
from tests.browser.checks import assert_it_fits_and_is_accessible, shoot
from tests.browser.conftest import NARROW, WIDE, heard
from tests.web.factories import make_user
from tests.web.tour.at_hand import make_it_small, micrographs, work_until_idle
from tour.models import Tour
from tour.selectors import is_final, steps_of
from tour.services import tour_advance


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> User:
    monkeypatch.setenv("SEMBLANCE_DATA", str(micrographs(tmp_path / "powder")))
    make_it_small(monkeypatch)
    return make_user(Role.CURATOR, Role.ANALYST, Role.ORGANISER, Role.REVIEWER, name="ada")


@pytest.fixture
def pages(
    chromium: Browser, live_server: LiveServer, guide: User, complaints: list[str]
) -> Iterator[list[Page]]:
    """The same person at a desk and on a phone."""
    client = Client()
    client.force_login(guide)
    session = client.cookies["sessionid"].value
    cookie: Any = {"name": "sessionid", "value": session, "url": live_server.url}
    opened = []
    for viewport in (WIDE, NARROW):
        context = heard(chromium, complaints, viewport=viewport, reduced_motion="reduce")
        context.add_cookies([cookie])
        opened.append(context.new_page())
    yield opened
    for page in opened:
        page.context.close()
    # A poll that is under way when its page is left is no fault.
    assert [said for said in complaints if "/tour/checklist" not in said] == []


def test_a_visitor_is_welcomed(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    shoot(page, "tour-welcome")
    assert_it_fits_and_is_accessible(page)


def it_is_filled(tour: Tour) -> None:
    """Every step left what it promised, once, however often it is looked at."""
    steps = steps_of(tour)
    assert [step.title for step in steps if step.state != "succeeded"] == [], tour.problem
    assert is_final(steps)
    assert tour.real is not None and tour.real.image_count == 4
    assert tour.artificial is not None and tour.artificial.image_count == 3
    assert tour.scores is not None and "foreground_iou" in tour.scores.metrics
    study = Study.objects.get(use=Use.STUDY)
    assert study.state == State.OPEN
    assert {stimulus.truth for stimulus in study.stimuli.all()} == {"real", "artificial"}
    assert Review.objects.get().items.count() == 4
    before = (Run.objects.count(), Dataset.objects.count(), Study.objects.count())
    tour_advance(tour=tour)
    assert before == (Run.objects.count(), Dataset.objects.count(), Study.objects.count())


@pytest.mark.slow
@pytest.mark.blender
def test_the_tour_goes_from_one_click_to_pages_that_are_all_filled(
    pages: list[Page], live_server: LiveServer
) -> None:
    desk = pages[0]
    for page in pages:
        page.goto(live_server.url)
        shoot(page, "tour-before")
        assert_it_fits_and_is_accessible(page)
    desk.get_by_role("button", name="Run the tour").click()
    expect(desk.get_by_text("The tour has begun")).to_be_visible()
    expect(desk.locator("#checklist li").first).to_be_visible()

    work_until_idle()
    assert not Run.objects.exclude(status=Status.SUCCEEDED).exists()

    # The page that was open all the time has followed, and asks no more.
    ready = desk.locator("#checklist .badge-succeeded")
    steps = steps_of(Tour.objects.get())
    expect(ready).to_have_count(len(steps), timeout=10_000)
    assert desk.locator("#checklist").get_attribute("hx-trigger") is None
    it_is_filled(Tour.objects.get())

    addresses = {step.title: step.address for step in steps}
    addresses["A pair"] = f"/compare/{Pair.objects.earliest('pk').pk}/"
    addresses["Can you tell?"] = "/survey/can-you-tell"
    for title, address in addresses.items():
        for page in pages:
            answer = page.goto(live_server.url + address)
            assert answer is not None and answer.status == 200, title
            page.wait_for_load_state("networkidle")
            shoot(page, f"tour-{title.lower().replace(' ', '-').strip('?')}")
            assert_it_fits_and_is_accessible(page)
    for page in pages:
        page.goto(live_server.url)
        shoot(page, "tour-after")
