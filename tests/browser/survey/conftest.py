"""One server for all tests of the survey, and browsers of their own for raters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.checks import WIDE
from tests.browser.conftest import heard
from tests.browser.survey.play import Open
from tests.browser.survey.server import Server, new_server

expect.set_options(timeout=20_000)  # what is waited for here takes a network that comes back


@pytest.fixture(scope="session")
def server(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = new_server(migrated_home, tmp_path_factory.mktemp("survey") / "home")
    yield running
    running.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Give pages in browsers of their own; what they complain of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(*, quiet: bool = False, size: Any = WIDE, **how: Any) -> Page:
        how |= {"viewport": size, "reduced_motion": "reduce"}
        # A network that is cut makes noise.
        context = heard(chromium, complaints, policy_only=quiet, **how)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
