"""A headless Chromium on a live server; anything it complains of fails the test."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connections
from django.db.models.signals import post_migrate
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from tests.browser.checks import DESK_AND_PHONE, WIDE
from tests.web.conftest import quick_passwords, storage
from tests.web.factories import make_user

__all__ = ["quick_passwords", "storage"]

LONGEST_ANSWER_S = 20


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def no_permissions_of_django() -> None:
    """What empties the tables after each test would write them all anew; nobody reads them."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium; install it: apt-get install chromium")
    # Inside Playwright's loop Django has other connections than outside of it. Either side closes
    # its own at the border: PostgreSQL drops no database that has one.
    connections.close_all()
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to start as root, which is what a container runs as.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        # Playwright's loop would make Django refuse the database from this thread.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture(autouse=True)
def all_answered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tables are emptied when pages are closed and what they asked for is answered, not before.

    Set up before the page, this ends after it.
    """
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("live_server")
    asked: set[int] = set()

    def begun(**_: Any) -> None:
        asked.add(threading.get_ident())

    def ended(**_: Any) -> None:
        asked.discard(threading.get_ident())

    request_started.connect(begun)
    request_finished.connect(ended)
    yield
    until = time.monotonic() + LONGEST_ANSWER_S
    while asked and time.monotonic() < until:
        time.sleep(0.01)
    request_started.disconnect(begun)
    request_finished.disconnect(ended)
    assert not asked, "the server is still at work on what a page asked for"


# A page is checked at each width by making its window smaller (`checks.py`). Only where the way
# through a page is another one on a phone, it is gone at both.
at_two_widths = pytest.mark.parametrize(
    "viewport", DESK_AND_PHONE, ids=["1440", "390"], indirect=True
)


@pytest.fixture
def viewport(request: pytest.FixtureRequest) -> ViewportSize:
    size: ViewportSize = getattr(request, "param", WIDE)
    return size


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors, warnings, and every breach of the policy."""
    return []


# How fast a graphics driver is, is no fault of a page.
HARMLESS = "GL Driver Message (OpenGL, Performance"


POLICY = "Content Security Policy"


def heard(
    browser: Browser, complaints: list[str], *, policy_only: bool = False, **how: Any
) -> BrowserContext:
    """Open a browser of its own; every page and every tab in it is listened to.

    With `policy_only`, for a network that is cut, nothing else than a breach of the policy counts.
    """
    context = browser.new_context(**how)
    hear = listen_to_policy if policy_only else listen
    context.on("page", lambda page: hear(page, complaints))
    return context


def listen_to_policy(page: Page, complaints: list[str]) -> None:
    def hear(message: ConsoleMessage) -> None:
        if POLICY in message.text:
            complaints.append(message.text)

    page.on("console", hear)


def listen(page: Page, complaints: list[str]) -> None:
    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and HARMLESS not in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def miss(request: Request) -> None:
        # A browser gives up what a page that is left no longer needs.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"failed: {request.url} ({request.failure})")

    page.on("requestfailed", miss)


@pytest.fixture
def page(chromium: Browser, viewport: ViewportSize, complaints: list[str]) -> Iterator[Page]:
    context = heard(chromium, complaints, viewport=viewport, reduced_motion="reduce")
    yield context.new_page()
    context.close()
    assert complaints == []


@pytest.fixture
def first_scheme(page: Page) -> None:
    """Open pages in the dark; checks then turn to the light."""
    page.emulate_media(color_scheme="dark")


@pytest.fixture
def signed_in(page: Page, live_server: LiveServer) -> Callable[..., User]:
    """Sign somebody in on `page`: `curator = signed_in("curator")`, or `signed_in(user=her)`."""

    def sign_in(*roles: Role | str, user: User | None = None, **fields: Any) -> User:
        user = user or make_user(*roles, **fields)
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        return user

    return sign_in
