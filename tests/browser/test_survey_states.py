"""Pages that a rater meets when things do not go straight on: they fit, and they are accessible."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Role, User
from core.access import Visibility
from survey import services
from survey.models import Study, Use
from survey.protocol import Question, Settings
from survey.services import games
from tests.browser.checks import ALL_SIZES, assert_both_schemes_fit_and_are_accessible
from tests.web.factories import make_user
from tests.web.survey.makers import (
    enter,
    finish,
    link_to,
    make_draft,
    make_open,
    payload,
    plan,
    send,
)

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("first_scheme"),
]

Go = Callable[..., None]
REFUSED = re.compile(r"the server responded with a status of 4\d\d")


@pytest.fixture
def go(page: Page, live_server: LiveServer, complaints: list[str]) -> Iterator[Go]:
    """Open an address, as the rater of a client where there is one, and check what is there."""

    def at(address: str, heading: str, name: str, *, client: Client | None = None) -> None:
        if client is not None:
            be(page, live_server, client)
        page.goto(live_server.url + address)
        seen(page, heading, name)

    yield at
    # Chromium complains of pages whose status is an error; these are meant to be.
    complaints[:] = [one for one in complaints if not REFUSED.search(one)]


def seen(page: Page, heading: str, name: str) -> None:
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_both_schemes_fit_and_are_accessible(page, f"state-{name}", sizes=ALL_SIZES)


def be(page: Page, live_server: LiveServer, client: Client) -> None:
    """Give the page the cookies that a client of Django's has."""
    cookies: list[Any] = [
        {"name": name, "value": morsel.value, "url": live_server.url + (morsel["path"] or "/")}
        for name, morsel in client.cookies.items()
        if morsel.value
    ]
    page.context.add_cookies(cookies)


def address(name: str, study: Study) -> str:
    return reverse(f"survey:{name}", args=[study.code])


def test_a_link_that_was_begun_elsewhere_asks_and_goes_on(page: Page, go: Go) -> None:
    study = make_open()
    link, other = link_to(study), Client()
    other.get(link)
    other.post(address("take-consent", study), {"agreed": "yes"})
    go(link, "Go on here?", "go-on")
    page.get_by_role("button", name="Go on here").click()
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    # The browser that was left is told so, and by no error.
    go(
        address("take-end", study),
        "This browser is not in the study any more",
        "moved",
        client=other,
    )


def test_who_has_withdrawn_is_told_so(page: Page, live_server: LiveServer, go: Go) -> None:
    client, _ = enter(study := make_open())
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    go(address("take-end", study), "Pause", "pause", client=client)
    page.get_by_text("Withdraw from the study").click()
    page.get_by_role("button", name="Withdraw my answers").click()
    seen(page, "You have withdrawn", "withdrawn")
    assert page.title().startswith("Withdrawn")


def test_withdrawing_from_a_closed_study_says_that_it_is_too_late(page: Page, go: Go) -> None:
    client, _ = enter(study := make_open())
    finish(client, study)
    go(address("take-end", study), "Thank you", "thanks", client=client)
    services.study_close(study=study, by=study.owner)
    page.get_by_text("Withdraw from the study").click()
    page.get_by_role("button", name="Withdraw my answers").click()
    seen(page, "It is too late to withdraw", "withdrawn-too-late")
    page.get_by_role("link", name="Back to what is yours").click()
    seen(page, "Thank you", "thanks-closed")


def test_a_study_that_closed_amid_says_so_and_erases_to_the_end(page: Page, go: Go) -> None:
    client, _ = enter(study := make_open())
    send(client, study, payload(plan(client, study)["next"][0]["token"]))
    services.study_close(study=study, by=study.owner)
    go(address("take", study), "The study has ended", "closed-amid", client=client)
    page.get_by_text("Erase my data", exact=True).first.click()
    page.get_by_role("button", name="Erase my data for good").click()
    seen(page, "Your data are erased", "erased-after-closing")


@pytest.mark.parametrize("why", ["unknown", "draft", "closed"])
def test_a_link_that_opens_nothing_says_why(go: Go, why: str) -> None:
    study = make_draft()
    link = link_to(study)
    if why == "closed":
        services.study_open(study=study, by=study.owner)
        services.study_close(study=study, by=study.owner)
    if why == "unknown":
        link = reverse("survey:join", args=["nobody-knows-it"])
    go(link, "This study cannot be taken now", f"shut-{why}")


def test_a_link_that_somebody_used_meanwhile_says_so(page: Page, go: Go) -> None:
    study = make_open()
    link, quicker = link_to(study, kind="open"), Client()
    go(link, "Real or artificial?", "consent")
    quicker.get(link)
    quicker.post(address("take-consent", study), {"agreed": "yes"})
    page.get_by_role("button", name="I agree and take part").click()
    seen(page, "This study cannot be taken now", "shut-used")


def test_a_code_that_nobody_was_sent_and_a_lost_way_back_say_what_to_do(go: Go) -> None:
    go(address("take", make_open()), "There is nothing at this address", "no-door")
    lost = reverse("survey:resume", args=["nobody-knows-it"])
    go(lost, "This study cannot be taken now", "shut-resume")


def test_questions_show_what_was_not_understood(page: Page, go: Go) -> None:
    asked = Question(key="years", text="How many years?", kind="number")
    study = make_draft(settings=Settings(questions=(asked,)))
    services.study_open(study=study, by=study.owner)
    client = Client()
    client.get(link_to(study))
    client.post(address("take-consent", study), {"agreed": "yes"})
    go(address("take", study), "About you", "questions", client=client)
    page.get_by_label("How many years?").fill("-5")
    page.locator("main button.primary").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    seen(page, "About you", "questions-refused")


def test_somebody_who_only_rates_finds_what_there_is_to_judge(
    go: Go, signed_in: Callable[..., User]
) -> None:
    rater = signed_in(Role.RATER)
    go("/survey/", "Studies for you", "nothing-to-judge")
    study = make_open()
    study.visibility = Visibility.SHARED
    study.save()
    study.shared_with.add(rater)
    go("/survey/", "Studies for you", "to-judge")


def test_the_game_says_when_it_cannot_be_played(
    page: Page, go: Go, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., User]
) -> None:
    signed_in(user=make_user(Role.RATER))
    go("/survey/can-you-tell", "No images are set out yet", "no-game")
    make_open(real=5, artificial=5, use=Use.GAME)
    go("/survey/can-you-tell", "Can you tell?", "game")
    monkeypatch.setattr(games, "MOST_A_MINUTE", -1)
    page.get_by_role("button", name="Show the first image").click()
    expect(page.get_by_text("Very many people play just now")).to_be_visible()
    seen(page, "Can you tell?", "game-crowded")
    expect(page.get_by_role("button", name="Show the first image")).to_be_visible()
