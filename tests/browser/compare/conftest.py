from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from runs.models import Pair
from tests.browser.checks import WIDE
from tests.browser.compare import scenes
from tests.browser.conftest import heard
from tests.web.factories import make_run, make_user


@pytest.fixture
def analyst(transactional_db: None) -> User:
    return make_user(Role.ANALYST)


@pytest.fixture
def pairs(analyst: User) -> list[Pair]:
    """Two pairs of one run; the first one's scene has an image by another generator, too."""
    run = make_run(owner=analyst, name="Render", spec={"rim_width_nm": [7.0, 30.0]})
    first = scenes.known_pair(run=run, parameters={"rim_width_nm": 12.3})
    second = scenes.known_pair(run=run, scene_run=first.scene_run, scene_index=1, seed=1)
    other = make_run(owner=analyst, name="CycleGAN")
    return [
        first,
        second,
        scenes.known_pair(run=other, scene_run=first.scene_run, generator="cyclegan", seed=2),
    ]


@pytest.fixture
def cookie(analyst: User, live_server: LiveServer) -> Any:
    client = Client()
    client.force_login(analyst)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


@pytest.fixture
def signed_in(page: Page, cookie: Any) -> Page:
    page.context.add_cookies([cookie])
    return page


@pytest.fixture
def wide(chromium: Browser, cookie: Any, complaints: list[str]) -> Iterator[Page]:
    """A page at 1440 px, for what does not depend on the width; nobody asked for less motion."""
    context = heard(chromium, complaints, viewport=WIDE, accept_downloads=True)
    context.add_cookies([cookie])
    yield context.new_page()
    context.close()
    assert complaints == []
