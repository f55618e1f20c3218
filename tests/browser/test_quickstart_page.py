import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from core.quickstart import places, record
from core.quickstart.record import Record
from tests.browser.checks import (
    assert_it_fits_and_is_accessible as assert_it_fits_and_is_accessible,
)
from tests.browser.checks import shoot as shoot
from tests.browser.conftest import listen

RUN = "tio2-0123abcd"
METRICS = {
    "evaluate/foreground_iou": 0.8812,
    "evaluate/f1": 0.6123,
    "segment-predict/images": 28.0,
    "segment-predict/particles": 2345.0,
    "segment-predict/counted": 1987.0,
}


def draw(folder: Path, name: str, *, seed: int, shape: tuple[int, int]) -> None:
    """A grey image with bright discs, as a stage would show one."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    image = rng.normal(60, 12, shape)
    for row, column, radius in rng.uniform((0, 0, 12), (*shape, 40), (25, 3)):
        image[(rows - row) ** 2 + (columns - column) ** 2 < radius**2] = rng.normal(170, 20)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(path)


@pytest.fixture
def quickstart(home: Path) -> Record:
    """A quickstart in the middle of its work."""
    folder = home / "quickstart" / RUN
    now = Record(status="running", run=RUN, images="tio2")
    for phase, total, unit in (
        ("1/4 Drop particles: simulate", 24, "scene"),
        ("2/4 Render SEM images: render", 144, "image"),
    ):
        now.take(progress(phase, total, total, unit))
    now.take(progress("3/4 Train the UNet++: train", 130, 400, "step", seconds_left=312.0))
    shapes = {"scenes/0.png": (256, 256), "images/0.png": (256, 256), "real/1.png": (704, 1024)}
    for seed, (name, shape) in enumerate(shapes.items()):
        draw(folder, name, seed=seed, shape=shape)
        caption = f"{name.partition('/')[0].capitalize()}: what it shows, in a sentence"
        now.take({"event": "sample", "path": name, "caption": caption, "step": 0})
    now.take({"event": "log", "level": "warning", "message": "3 particles left the holder."})
    save(now)
    return now


def progress(phase: str, done: int, total: int, unit: str, **more: Any) -> dict[str, Any]:
    return {"event": "progress", "phase": phase, "done": done, "total": total, "unit": unit} | more


def save(now: Record) -> None:
    now.started_at = time.time() - 421
    record.save(now, places.record_path())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["none", "running", "done", "failed"])
def test_every_state_fits_and_is_accessible(
    page: Page, live_server: LiveServer, quickstart: Record, scheme: Any, state: str
) -> None:
    if state == "none":
        places.record_path().unlink()
    elif state == "done":
        (places.home() / RUN / "result.json").write_text(json.dumps({"metrics": METRICS}))
        quickstart.end("done")
        save(quickstart)
    elif state == "failed":
        quickstart.end("failed", "The disk that holds var/quickstart is full.")
        save(quickstart)
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    shoot(page, f"{state}-{scheme}")
    assert_it_fits_and_is_accessible(page)


def test_the_page_follows_the_quickstart_and_stops_asking_when_it_is_done(
    page: Page, live_server: LiveServer, quickstart: Record
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url)
    expect(page.get_by_text("130 of 400 steps, about 5 min left")).to_be_visible()
    expect(page.get_by_role("link", name="Open the report")).to_have_count(0)

    quickstart.take(progress("3/4 Train the UNet++: train", 390, 400, "step", seconds_left=9.0))
    quickstart.take({"event": "log", "level": "info", "message": "Almost there."})
    save(quickstart)
    expect(page.get_by_text("390 of 400 steps, less than a minute left")).to_be_visible()
    page.get_by_text("Log", exact=True).click()
    expect(page.get_by_text("Almost there.")).to_be_visible()

    quickstart.end("done")
    save(quickstart)
    expect(page.get_by_role("link", name="Open the report")).to_be_visible()
    expect(page.get_by_text("Almost there.")).to_be_visible()  # an opened log stays open
    page.wait_for_timeout(300)
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == []


def test_images_are_never_larger_than_their_pixels_nor_stretched(
    page: Page, live_server: LiveServer, quickstart: Record
) -> None:
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    for image in page.locator("figure img").all():
        image.scroll_into_view_if_needed()
        expect(image).not_to_have_js_property("naturalWidth", 0)
        shown = image.evaluate("i => [i.width, i.height, i.naturalWidth, i.naturalHeight]")
        width, height, true_width, true_height = shown
        assert 0 < width <= true_width
        assert abs(width / height - true_width / true_height) < 0.02


@pytest.fixture
def page_without_javascript(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False)
    opened = context.new_page()
    listen(opened, complaints)
    yield opened
    context.close()
    assert complaints == []


def test_without_javascript_the_page_reloads_itself(
    page_without_javascript: Page, live_server: LiveServer, quickstart: Record
) -> None:
    page = page_without_javascript
    page.goto(live_server.url)
    expect(page.get_by_text("130 of 400 steps")).to_be_visible()
    quickstart.take(progress("3/4 Train the UNet++: train", 399, 400, "step"))
    save(quickstart)
    expect(page.get_by_text("399 of 400 steps")).to_be_visible(timeout=15_000)


def test_the_keyboard_gets_past_the_rail(
    page: Page, live_server: LiveServer, quickstart: Record
) -> None:
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    expect(page.get_by_text("Skip to the content")).to_be_in_viewport()


def test_a_breach_of_the_policy_would_be_noticed(
    page: Page, live_server: LiveServer, home: Path, complaints: list[str]
) -> None:
    folder = home / "quickstart" / RUN
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<p style='color: red'>x</p><script>alert(1)</script>")
    page.goto(f"{live_server.url}/quickstart/{RUN}/report.html")
    assert len([text for text in complaints if "Content Security Policy" in text]) == 2
    complaints.clear()
