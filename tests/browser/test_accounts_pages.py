"""The frame of every page, and the pages of accounts: they fit, are accessible, and work."""

import errno
import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts import services
from accounts.models import Invitation, Role, User
from tests.browser.checks import (
    NARROW,
    assert_both_schemes_fit_and_are_accessible,
    assert_it_fits_and_is_accessible,
)
from tests.browser.conftest import at_two_widths, heard
from tests.web.factories import make_user

SignIn = Callable[..., User]
APPS = ["Start", "Datasets", "Runs", "Compare", "Survey", "Review"]
WITH_SIMULATE = [*APPS[:2], "Simulate", *APPS[2:]]


def rail(page: Page) -> list[str]:
    """What the rail offers, after the menu is opened where there is one."""
    menu = page.locator(".rail-menu > summary")
    if menu.is_visible():
        menu.click()
    links = page.get_by_role("navigation").first.locator("a")
    return [text.strip() for text in links.all_inner_texts()]


@at_two_widths
@pytest.mark.parametrize(
    ("roles", "offered"),
    [
        ([], ["Start", "Survey"]),
        (["rater"], ["Start", "Survey"]),
        (["curator"], APPS),
        (["analyst"], WITH_SIMULATE),
    ],
)
def test_the_rail_offers_what_somebody_may_open(
    page: Page, live_server: LiveServer, signed_in: SignIn, roles: list[str], offered: list[str]
) -> None:
    user = signed_in(*roles)
    page.goto(f"{live_server.url}{reverse('accounts:profile')}")
    assert rail(page) == [*offered, user.username]
    expect(page.get_by_role("link", name=user.username, exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    expect(page.get_by_role("link", name="Start")).not_to_have_attribute("aria-current", "page")


def test_the_rail_knows_the_app_of_a_page_below_it(
    page: Page, live_server: LiveServer, signed_in: SignIn
) -> None:
    signed_in("analyst", is_superuser=True)
    page.goto(f"{live_server.url}{reverse('accounts:people-new')}")
    rail(page)
    expect(page.get_by_role("link", name="People").first).to_have_attribute("aria-current", "true")


def test_simulate_opens_the_drop_of_particles_and_is_marked_there_alone(
    page: Page, live_server: LiveServer, signed_in: SignIn
) -> None:
    signed_in("analyst")
    page.goto(live_server.url)
    page.get_by_role("link", name="Simulate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drop particles")
    links = page.get_by_role("navigation").first.locator("a[aria-current]")
    expect(links).to_have_text(["Simulate"])
    page.get_by_role("link", name="Earlier runs of it").click()
    expect(page.get_by_label("Stage")).to_have_value("simulate")
    expect(links).to_have_text(["Runs"])
    page.goto(live_server.url + reverse("runs:new-stage", args=["render"]))
    expect(links).to_have_text(["Runs"])
    assert_it_fits_and_is_accessible(page)


def test_the_menu_opens_without_javascript(
    chromium: Browser, live_server: LiveServer, complaints: list[str]
) -> None:
    context = heard(chromium, complaints, java_script_enabled=False, viewport=NARROW)
    opened = context.new_page()
    opened.goto(f"{live_server.url}{reverse('accounts:sign-in')}")
    expect(opened.get_by_role("link", name="Start")).to_be_hidden()
    opened.get_by_text("Menu", exact=True).click()
    expect(opened.get_by_role("link", name="Start")).to_be_visible()
    context.close()
    assert complaints == []


@at_two_widths
def test_somebody_signs_in_and_out(page: Page, live_server: LiveServer) -> None:
    person = make_user(Role.CURATOR, name="sara")
    services.password_change(person=person, password="a phrase of hers")
    page.goto(f"{live_server.url}{reverse('catalog:index')}")
    expect(page.get_by_text("That page is for people of the lab")).to_be_visible()
    page.get_by_label("Name").fill("sara")
    page.get_by_label("Password").fill("a wrong phrase")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert_it_fits_and_is_accessible(page, "sign-in-refused")
    page.get_by_label("Password").fill("a phrase of hers")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{reverse('catalog:index')}")
    rail(page)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"**{reverse('accounts:sign-in')}")


@pytest.mark.usefixtures("first_scheme")
@pytest.mark.parametrize("name", ["profile", "people", "people-new", "people-invite", "person"])
def test_a_page_of_an_administrator_fits_and_is_accessible(
    page: Page, live_server: LiveServer, signed_in: SignIn, name: str
) -> None:
    administrator = signed_in(is_superuser=True)
    other = make_user(Role.CURATOR, Role.REVIEWER, name="sara", first_name="Sara", last_name="Bals")
    make_user(Role.RATER, is_active=False)
    services.invitation_create(by=administrator, roles=[Role.RATER], days=7, note="Prof. Müller")
    arguments = [other.pk] if name == "person" else []
    page.goto(live_server.url + reverse(f"accounts:{name}", args=arguments))
    page.wait_for_load_state("networkidle")
    assert_both_schemes_fit_and_are_accessible(page, f"accounts-{name}")


def test_an_invitation_leads_from_the_link_to_the_start(
    page: Page, live_server: LiveServer, signed_in: SignIn
) -> None:
    signed_in(is_superuser=True)
    page.goto(f"{live_server.url}{reverse('accounts:people-invite')}")
    page.get_by_label("Curator").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.locator(".secret").inner_text()
    assert_it_fits_and_is_accessible(page, "accounts-invited")
    page.context.clear_cookies()
    page.goto(link)
    assert_it_fits_and_is_accessible(page)
    page.get_by_label("Name to sign in with").fill("sara")
    page.get_by_label("Password", exact=True).fill("a phrase of hers")
    page.get_by_label("Password again").fill("a phrase of hers")
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("status")).to_contain_text("Welcome, sara.")
    assert User.objects.get(username="sara").roles == [Role.CURATOR]


def test_a_double_click_makes_one_link_and_shows_it(
    page: Page, live_server: LiveServer, signed_in: SignIn
) -> None:
    """It is told once; a second link would stay valid, though nobody saw the first."""
    signed_in(is_superuser=True)
    sent: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route)
        else:
            route.continue_()

    page.route("**", hold)
    page.goto(f"{live_server.url}{reverse('accounts:people-invite')}")
    page.get_by_role("checkbox").first.check()
    page.locator("form", has_text="Make the link").evaluate(
        "form => { for (const ms of [0, 200]) setTimeout(() => form.requestSubmit(), ms); }"
    )
    page.wait_for_timeout(500)
    for route in sent:
        route.continue_()
    expect(page.locator(".secret")).to_be_visible()
    page.unroute_all()
    assert (len(sent), Invitation.objects.count()) == (1, 1)
    page.goto(f"{live_server.url}{reverse('accounts:people-invite')}")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator(".secret")).to_be_visible()
    assert Invitation.objects.count() == 2


def test_a_token_is_shown_once(page: Page, live_server: LiveServer, signed_in: SignIn) -> None:
    signed_in("analyst")
    page.goto(f"{live_server.url}{reverse('accounts:profile')}")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator(".secret")).to_have_text(re.compile(r"^[0-9a-f]{40}$"))
    assert_it_fits_and_is_accessible(page, "accounts-token")
    page.goto(f"{live_server.url}{reverse('accounts:profile')}")
    expect(page.locator(".secret")).to_have_count(0)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Make a new token").click()
    expect(page.locator(".secret")).to_have_count(0)


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/nowhere", 404, "There is nothing at this address"),
        ("/accounts/people", 403, "Only an administrator manages people"),
        ("/accounts/invitation/x", 410, "This link does not work any more"),
    ],
)
def test_a_refusal_says_what_to_do(
    page: Page,
    live_server: LiveServer,
    signed_in: SignIn,
    complaints: list[str],
    address: str,
    status: int,
    sentence: str,
) -> None:
    signed_in("curator")
    response = page.goto(live_server.url + address)
    assert response is not None and response.status == status
    expect(page.get_by_text(sentence)).to_be_visible()
    assert_it_fits_and_is_accessible(page, f"refused-{status}")
    assert all(str(status) in text for text in complaints)
    complaints.clear()


def test_a_password_for_somebody_is_shown_once(
    page: Page, live_server: LiveServer, signed_in: SignIn
) -> None:
    signed_in(is_superuser=True)
    page.goto(f"{live_server.url}{reverse('accounts:people-new')}")
    page.get_by_label("Name to sign in with").fill("sara")
    page.get_by_label("Reviewer").check()
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The password of sara")
    password = page.locator(".secret").inner_text()
    assert User.objects.get(username="sara").check_password(password)
    assert_it_fits_and_is_accessible(page, "accounts-password-once")


def test_whoever_guesses_is_told_to_wait(
    page: Page, live_server: LiveServer, settings: Settings, complaints: list[str]
) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    page.goto(f"{live_server.url}{reverse('accounts:sign-in')}")
    for _ in range(2):
        page.get_by_label("Name").fill("sara")
        page.get_by_label("Password").fill("a guess")
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many tries")
    assert_it_fits_and_is_accessible(page, "accounts-locked")
    assert all("429" in text for text in complaints)
    complaints.clear()


def test_a_full_disk_is_said_on_a_page_that_needs_nothing_of_it(
    page: Page,
    live_server: LiveServer,
    signed_in: SignIn,
    complaints: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("accounts.services.token_renew", full)
    signed_in("curator")
    page.goto(f"{live_server.url}{reverse('accounts:profile')}")
    page.get_by_role("button", name="token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The disk is full")
    expect(page.get_by_text("Reloading this page sends the same again.")).to_be_visible()
    assert_it_fits_and_is_accessible(page, "full-disk")
    complaints[:] = [said for said in complaints if "507" not in said]
