"""Planner, published summary and validation: they fit, they are accessible, they move on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from survey.models import Planning, Validation
from survey.services import jobs, plannings, validations
from tests.browser.checks import assert_it_fits_and_is_accessible

pytestmark = [pytest.mark.django_db(transaction=True)]

SignedIn = Callable[..., User]


@pytest.fixture(autouse=True)
def no_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "send", lambda *_, **__: True)


def test_the_paper_s_design_is_planned(
    live_server: LiveServer, page: Page, signed_in: SignedIn
) -> None:
    signed_in("analyst")
    page.goto(f"{live_server.url}/survey/")
    page.get_by_role("link", name="Planner").click()
    page.get_by_role("link", name="Fill in the paper").click()
    page.get_by_text("What the figures mean").click()
    assert_it_fits_and_is_accessible(page, "planner")
    page.get_by_role("button", name="Simulate it").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    assert_it_fits_and_is_accessible(page)
    planning = Planning.objects.get()
    planning.question["runs"] = 200
    planning.save()
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    expect(page.get_by_text("This design cannot conclude equivalence")).to_be_visible()
    picture = page.get_by_role("img", name="Expected intervals")
    picture.evaluate("image => image.decode()")
    assert_it_fits_and_is_accessible(page, "planning")


def test_how_many_images_are_needed_is_looked_for(
    live_server: LiveServer, page: Page, signed_in: SignedIn
) -> None:
    signed_in("analyst")
    page.goto(f"{live_server.url}/survey/planner?preset=paper")
    page.get_by_label("What you want to know").select_option("images")
    page.get_by_label("Needed for the verdict").select_option("equivalent")
    page.get_by_label("Margin about chance").fill("0.2")
    page.get_by_role("button", name="Simulate it").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    planning = Planning.objects.get()
    planning.question["runs"] = 200
    planning.save()
    plannings.planning_work(planning_id=planning.pk, own_thread=False)
    expect(page.get_by_text("are the smallest design tried")).to_be_visible()
    for picture in page.get_by_role("figure").get_by_role("img").all():
        picture.evaluate("image => image.decode()")
    assert_it_fits_and_is_accessible(page, "planning-search")


def test_a_published_summary_is_taken_apart(
    live_server: LiveServer, page: Page, signed_in: SignedIn
) -> None:
    signed_in("analyst")
    page.goto(f"{live_server.url}/survey/published")
    assert_it_fits_and_is_accessible(page)
    page.get_by_role("button", name="See what they say").click()
    expect(page.get_by_text("0.967")).to_be_visible()
    assert_it_fits_and_is_accessible(page, "published")


def test_the_installation_is_validated(
    live_server: LiveServer, page: Page, signed_in: SignedIn
) -> None:
    signed_in("analyst")
    page.goto(f"{live_server.url}/survey/validation")
    assert_it_fits_and_is_accessible(page)
    page.get_by_role("button", name="Validate now").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    assert_it_fits_and_is_accessible(page)
    validations.validation_work(validation_id=Validation.objects.get().pk, own_thread=False)
    expect(page.get_by_text("Every check that was run passed.")).to_be_visible()
    assert_it_fits_and_is_accessible(page, "validation")
