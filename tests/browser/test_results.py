"""Results of a closed study in a browser: the paper's means, with an honest verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from survey.models import Judgement, Study
from tests.browser.checks import assert_it_fits_and_is_accessible
from tests.web.survey.closing import analysed, closed_from, matrix
from tests.web.survey.everything import closed_with_everything

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True)]

SignedIn = Callable[..., User]


def paper() -> Study:
    study = closed_from(matrix("some"), name="The paper's design")
    said = Judgement.objects.filter(presentation__stimulus__truth="artificial")[:6]
    for number, one in enumerate(said):
        one.regions = [[4 * number, 8, 20, 16]]
        one.reason = "Edges look too smooth"
        one.save()
    return study


def test_results_come_when_they_are_computed_and_say_50_and_17_percent(
    page: Page, live_server: LiveServer, signed_in: SignedIn
) -> None:
    study = paper()
    signed_in(user=study.owner)
    page.goto(f"{live_server.url}/survey/{study.pk}/results")
    expect(page.locator("#analysis")).to_contain_text("Waiting for a worker")
    assert_it_fits_and_is_accessible(page)
    analysed(study)
    # The page comes by itself.
    expect(page.locator(".verdict")).to_contain_text("can tell such artificial images")
    for figure in ("50 %", "17 %", "0.97", "0.48"):
        expect(page.locator(".result").first).to_contain_text(figure)
    for image in page.locator(".chart img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("one => one.naturalWidth") > 0
    page.wait_for_load_state("networkidle")
    assert_it_fits_and_is_accessible(page, "results")
    number = Judgement.objects.exclude(reason="").earliest("pk").presentation.stimulus.number
    page.goto(f"{live_server.url}/survey/{study.pk}/results/images/{number}/")
    expect(page.locator("svg .mark").first).to_be_attached()
    assert_it_fits_and_is_accessible(page, "results-image")


def test_all_that_raters_can_be_asked_fits_on_the_page_of_results(
    page: Page, live_server: LiveServer, signed_in: SignedIn
) -> None:
    study = closed_with_everything()
    analysed(study)
    signed_in(user=study.owner)
    page.goto(f"{live_server.url}/survey/{study.pk}/results")
    expect(page.get_by_role("heading", name="Reasons")).to_be_visible()
    for image in page.locator(".chart img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("one => one.naturalWidth") > 0
    page.wait_for_load_state("networkidle")
    assert_it_fits_and_is_accessible(page, "results-everything")
