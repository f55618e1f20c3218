"""A headless Chromium on a live server; anything it complains of fails the test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
    if path is None:
        pytest.skip("no Chromium; install it: apt-get install chromium")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to start as root, which is what a container runs as.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        # Playwright's loop would make Django refuse the database from this thread.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield browser
        browser.close()


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.SEMBLANCE_HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture(params=[WIDE, NARROW], ids=["1440", "390"])
def viewport(request: pytest.FixtureRequest) -> dict[str, int]:
    return dict(request.param)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: errors, warnings, and every breach of the policy."""
    return []


def listen(page: Page, complaints: list[str]) -> None:
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))


@pytest.fixture
def page(chromium: Browser, viewport: dict[str, int], complaints: list[str]) -> Iterator[Page]:
    context = chromium.new_context(viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]
    opened = context.new_page()
    listen(opened, complaints)
    yield opened
    context.close()
    assert complaints == []
