"""An organiser's pages of a study: they fit, they are accessible, they work without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from survey import services
from survey.models import Study
from survey.protocol import Settings
from tests.browser.checks import assert_it_fits_and_is_accessible
from tests.web.survey.makers import make_draft

pytestmark = [pytest.mark.django_db(transaction=True)]

SignedIn = Callable[..., User]
FIGURES = {
    "png_bytes": 9000, "jpeg_bytes": 4000, "mean_grey": 90.0, "sd_grey": 30.0, "grey_levels": 200,
    "black_part": 0.0, "white_part": 0.0, "sharpness_grey2": 300.0, "noise_grey": 4.0,
    "blockiness": 1.0, "axial_peak_db": 1.0, "point_peak_db": 13.0, "nyquist_db": -22.0,
}  # fmt: skip


def draft_of(owner: User, **settings: object) -> Study:
    study = make_draft(owner=owner, real=6, artificial=7, practice=2)
    services.study_update(study=study, by=owner, settings=Settings(**settings))  # type: ignore[arg-type]
    for stimulus in study.stimuli.all():
        # Their figures differ, but not by kind.
        nudge = 1 + stimulus.number * 7 % 13 / 100
        stimulus.figures |= {name: value * nudge for name, value in FIGURES.items()}
        if stimulus.number == 2:
            stimulus.figures["bar_doubt"] = "a straight white line at row 40, like a scale bar"
        stimulus.save()
    return study


def test_the_form_the_images_the_study_and_its_commitment(
    live_server: LiveServer, page: Page, signed_in: SignedIn
) -> None:
    owner = signed_in("organiser")
    page.goto(f"{live_server.url}/survey/new")
    for summary in page.locator("main details > summary").all():
        summary.click()
    assert_it_fits_and_is_accessible(page, "survey-form")
    study = draft_of(owner)
    page.goto(f"{live_server.url}/survey/{study.pk}/images")
    expect(page.get_by_role("heading", name="Is anything of a bar left?")).to_be_visible()
    assert_it_fits_and_is_accessible(page, "survey-images")
    page.get_by_role("checkbox", name="secret-real-1.png There is").check()
    page.get_by_role("button", name="Nothing is left in the ticked ones").click()
    page.goto(f"{live_server.url}/survey/{study.pk}/")
    expect(page.get_by_role("heading", name="Shortcut audit")).to_be_visible()
    assert_it_fits_and_is_accessible(page, "survey-study")
    services.study_open(study=study, by=owner)
    page.goto(f"{live_server.url}/survey/commitments/{study.code}")
    assert_it_fits_and_is_accessible(page, "survey-commitment-open")
    services.study_close(study=study, by=owner)
    page.goto(f"{live_server.url}/survey/commitments/{study.code}")
    assert_it_fits_and_is_accessible(page, "survey-commitment")


def test_pairs_are_matched_on_the_page(
    live_server: LiveServer, page: Page, signed_in: SignedIn
) -> None:
    study = draft_of(signed_in("organiser"), task="pairs")
    page.goto(f"{live_server.url}/survey/{study.pk}/images")
    page.get_by_role("button", name="Match by likeness").click()
    expect(page.get_by_text("pair 6", exact=True)).to_have_count(2)
    assert_it_fits_and_is_accessible(page, "survey-matched")
    page.get_by_role("spinbutton", name="Pair").first.fill("9")
    page.get_by_role("button", name="Save the numbers of the pairs").click()
    expect(page.get_by_text("pair 9", exact=True)).to_have_count(1)
