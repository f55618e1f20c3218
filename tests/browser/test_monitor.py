"""The organiser's pages while a study runs, and before: the monitor and the dry run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from survey import services
from survey.models import Session
from survey.services import dry_runs
from tests.browser.checks import (
    ALL_SIZES,
    DESK_AND_TABLET,
    assert_both_schemes_fit_and_are_accessible,
    assert_it_fits_and_is_accessible,
    at_each,
)
from tests.web.survey.makers import enter, finish, make_draft, make_open

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True)]

SignedIn = Callable[..., User]


@pytest.mark.usefixtures("first_scheme")
def test_the_monitor_shows_who_gets_on_and_erases_whom_asked(
    page: Page, live_server: LiveServer, signed_in: SignedIn
) -> None:
    study = make_open(real=6, artificial=6)
    client, gone = enter(study)
    finish(client, study, said=lambda token: {"decision": "real", "response_ms": 120.0})
    enter(study)
    knows = Client()
    knows.force_login(study.owner)
    enter(study, client=knows)
    signed_in(user=study.owner)
    page.goto(f"{live_server.url}/survey/{study.pk}/monitor")
    expect(page.get_by_role("rowheader", name=gone.pseudonym)).to_be_visible()
    row = page.get_by_role("row", name=gone.pseudonym)
    expect(row).to_contain_text("12 of 12")
    expect(row.locator(".flag")).to_have_count(2)  # too fast, and one answer to everything
    assert_both_schemes_fit_and_are_accessible(page, "monitor", sizes=ALL_SIZES)
    # What is worth a look is seen without scrolling the table.
    for _ in at_each(page, DESK_AND_TABLET):
        box = page.locator("td .flag").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    expect(page.get_by_text("May know 12 of 12 images, from the key of the study")).to_be_visible()
    questions: list[str] = []

    def agree(dialog: Any) -> None:
        questions.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    row.get_by_role("button", name="Erase").click()
    page.wait_for_url(f"**/survey/{study.pk}/")
    assert "cannot be undone" in questions[0]
    assert not Session.objects.filter(pk=gone.pk).exists()


@pytest.mark.usefixtures("first_scheme")
def test_a_dry_run_is_asked_for_watched_and_stopped(
    page: Page, live_server: LiveServer, signed_in: SignedIn
) -> None:
    study = make_draft()
    signed_in(user=study.owner)
    page.goto(f"{live_server.url}/survey/{study.pk}/dry-run")
    assert_both_schemes_fit_and_are_accessible(page, "dry-run", sizes=ALL_SIZES)
    # As the button does it; here no worker takes its message.
    dry_run = services.dry_run_start(study=study, by=study.owner, address=live_server.url + "/")
    page.reload()
    expect(page.locator("#dry-run")).to_contain_text("Waiting for a worker")
    running = dry_runs.dry_run_claim(dry_run_id=dry_run.pk)
    assert running is not None
    dry_runs.JOBS.seen(running, done=3, total=12)
    expect(page.locator("#dry-run")).to_contain_text("3 of 12")
    assert_it_fits_and_is_accessible(page, "dry-run-under-way")
    page.get_by_role("button", name="Stop it").click()
    expect(page.locator("#dry-run")).to_contain_text("Stopped by the organiser.")
