"""Pages of runs in a browser: live without disturbing, by keyboard, at both widths."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from pipeline import codec
from pipeline.contracts import SPEC_OF
from runs.models import Artifact, LogLine, Metric, Run, RunInput, Sample, Status
from tests.browser.checks import (
    assert_both_schemes_fit_and_are_accessible,
    assert_it_fits_and_is_accessible,
)
from tests.web.factories import make_file, make_run, make_user

Open = Callable[..., None]
PAGES = ("run", "run-metrics", "run-images", "run-log", "run-artifacts", "run-lineage")
POLLED_MS = 9_000  # polls come every 2 s; a busy machine takes its time


def spec_of(stage: str) -> dict[str, Any]:
    """Every field of a stage at its default."""
    fields = codec.fields_of(SPEC_OF[stage])
    return {one.name: codec.to_jsonable(one.default) for one in fields if not one.param.path}


def add_points(run: Run, steps: range) -> None:
    for step in steps:
        Metric.objects.create(run=run, name="train/loss", step=step, value=1 / (step + 1))
        Metric.objects.create(run=run, name="validation/f1", step=step, value=step / (step + 9))


def add_sample(run: Run, caption: str, step: int) -> None:
    file = make_file(width=160, height=120)
    path = f"samples/{caption}-{step}.png"
    Sample.objects.create(run=run, path=path, caption=caption, step=step, file=file)


def end(run: Run, **changes: Any) -> None:
    Run.objects.filter(pk=run.pk).update(
        status=Status.SUCCEEDED, ended_at=timezone.now(), **changes
    )


@pytest.fixture
def run(transactional_db: None) -> Run:
    """A training in the middle of its work."""
    now = timezone.now()
    owner = make_user(Role.ANALYST, Role.CURATOR, name="ada")
    source = make_run(owner=owner, stage="render", name="Render titania")
    phase: dict[str, Any] = {"name": "train", "started_at": now.isoformat(), "ended_at": None}
    phase |= {"done": 40, "total": 120, "unit": "step", "seconds_left": 240.0}
    run = make_run(
        owner=owner,
        stage="segment-train",
        name="Train on titania",
        status=Status.RUNNING,
        spec=spec_of("segment-train") | {"steps": 120},
        queued_at=now,
        started_at=now,
        attempts=1,
        phases=[phase],
    )
    RunInput.objects.create(run=run, field="pairs", source_run=source)
    add_points(run, range(20))
    for step in (0, 100, 200):
        add_sample(run, "Scene 0", step)
        add_sample(run, "Scene 1", step)
    LogLine.objects.create(run=run, level="info", message="Reading 144 images")
    LogLine.objects.create(run=run, level="warning", message="3 images are empty")
    return run


@pytest.fixture
def opened(page: Page, run: Run, live_server: LiveServer) -> Open:
    client = Client()
    client.force_login(run.owner)
    key = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])

    def go(name: str, *arguments: Any, query: str = "") -> None:
        address = reverse(f"runs:{name}", args=arguments)
        page.goto(f"{live_server.url}{address}" + (f"?{query}" if query else ""))
        page.wait_for_load_state("networkidle")

    return go


class Complaints(list[str]):
    """A poll that is cut off because the page is left is nothing to complain of."""

    def append(self, text: str) -> None:
        if not re.match(r"failed: .*/(live|badge|log-lines|curves\.json|samples\.json)\b", text):
            super().append(text)


@pytest.fixture
def complaints() -> list[str]:
    return Complaints()


def watch(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    return asked


# ---- every page ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("first_scheme")
@pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED, Status.SUCCEEDED])
def test_every_tab_fits_and_is_accessible(
    page: Page, opened: Open, run: Run, status: Status
) -> None:
    if status != Status.RUNNING:
        end(run, metrics={"validation_f1": 0.8312}, warnings=["2 images have no scale."])
        Run.objects.filter(pk=run.pk).update(
            status=status, problem="The loss is not finite." if status == Status.FAILED else ""
        )
        Artifact.objects.create(run=run, path="a/model.json", role="model", file=make_file())
    for name in PAGES:
        opened(name, run.pk)
        assert_both_schemes_fit_and_are_accessible(page, f"{name}-{status}")


@pytest.mark.usefixtures("first_scheme")
def test_lists_and_forms_fit_and_are_accessible(page: Page, opened: Open, run: Run) -> None:
    for status in Status.values:
        make_run(owner=run.owner, status=status, name=f"It is {status}", queue="gpu")
    waiting = make_run(owner=run.owner, status=Status.QUEUED, queue="gpu", name="For the GPU")
    other = make_run(owner=run.owner, stage="segment-train", spec={"steps": 5})
    add_points(other, range(8))
    add_sample(other, "Scene 0", 100)
    for name, arguments, query in (
        ("index", [], ""),
        ("new", [], ""),
        ("new-stage", ["render"], "start=hard"),
        ("new-stage", ["simulate"], ""),
        ("launch-new", ["quick"], ""),
        ("run", [waiting.pk], ""),
        ("compare", [], f"run={run.pk}&run={other.pk}"),
        ("lineage", ["run", run.pk], ""),
    ):
        opened(name, *arguments, query=query)
        assert_both_schemes_fit_and_are_accessible(page, f"runs-{name}")


# ---- live, and still when it is over -------------------------------------------------------------


def test_the_state_is_live_and_polling_stops_when_the_run_is_final(
    page: Page, opened: Open, run: Run
) -> None:
    opened("run-images", run.pk)
    expect(page.locator("#live .badge")).to_contain_text("Running")
    end(run)
    expect(page.locator("#live .badge")).to_contain_text("Succeeded", timeout=POLLED_MS)
    page.wait_for_timeout(2_500)
    asked = watch(page)
    page.wait_for_timeout(4_500)
    assert asked == []


def test_results_appear_on_the_overview_by_themselves(page: Page, opened: Open, run: Run) -> None:
    opened("run", run.pk)
    expect(page.get_by_role("heading", name="Results")).to_have_count(0)
    end(run, metrics={"validation_f1": 0.8312})
    expect(page.get_by_role("heading", name="Results")).to_be_visible(timeout=POLLED_MS)
    expect(page.locator(".figures")).to_contain_text("Validation F1")


def test_polling_leaves_the_focus_where_it_is(page: Page, opened: Open, run: Run) -> None:
    opened("run", run.pk)
    button = page.get_by_role("button", name="Cancel")
    button.focus()
    with page.expect_response(lambda answer: "/live" in answer.url, timeout=POLLED_MS):
        pass
    page.wait_for_timeout(300)
    expect(button).to_be_focused()


def test_badges_of_the_list_stop_asking(page: Page, opened: Open, run: Run) -> None:
    opened("index")
    end(run)
    badge = page.locator(f"#state-{run.pk}")
    expect(badge).to_contain_text("Succeeded", timeout=POLLED_MS)
    asked = watch(page)
    page.wait_for_timeout(4_500)
    assert asked == []


def test_new_lines_of_the_log_are_added_and_what_was_read_stays(
    page: Page, opened: Open, run: Run
) -> None:
    opened("run-log", run.pk)
    first = page.locator(".log-lines li").first
    first.evaluate("line => { line.dataset.mine = 'yes'; }")
    LogLine.objects.create(run=run, level="info", message="Step 50")
    expect(page.locator(".log-lines")).to_contain_text("Step 50", timeout=POLLED_MS)
    expect(first).to_have_attribute("data-mine", "yes")
    LogLine.objects.create(run=run, level="info", message="The end")
    end(run)
    expect(page.locator(".log-lines")).to_contain_text("The end", timeout=POLLED_MS)
    expect(page.locator(".log-more")).to_have_count(0, timeout=POLLED_MS)


# ---- curves --------------------------------------------------------------------------------------


def test_curves_get_new_points_without_being_drawn_anew(page: Page, opened: Open, run: Run) -> None:
    opened("run-metrics", run.pk)
    loss = page.locator('[data-curve="train/loss"]')
    expect(loss.locator("canvas")).to_be_visible()
    expect(loss.get_by_role("heading")).to_have_text("Train: loss")
    expect(loss).to_contain_text("last 0.050 (step 19), lowest 0.050 (step 19)")
    expect(page.locator('[data-curve="validation/f1"]')).to_contain_text("highest 0.679 (step 19)")
    loss.locator("canvas").evaluate("canvas => { canvas.dataset.mine = 'yes'; }")
    add_points(run, range(20, 30))
    expect(loss).to_contain_text("last 0.033 (step 29)", timeout=POLLED_MS)
    expect(loss.locator("canvas")).to_have_attribute("data-mine", "yes")
    end(run)
    expect(page.locator("#curve-state")).to_have_text("", timeout=POLLED_MS)


def test_a_zoom_stays_while_points_come(page: Page, opened: Open, run: Run) -> None:
    opened("run-metrics", run.pk)
    loss = page.locator('[data-curve="train/loss"]')
    over = loss.locator(".u-over")
    box = over.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60, steps=4)
    page.mouse.up()
    zoomed = pixels(loss)
    add_points(run, range(20, 400))
    expect(loss).to_contain_text("(step 399)", timeout=POLLED_MS)
    page.mouse.move(5, 5)
    assert pixels(loss) == zoomed


def pixels(curve: Any) -> str:
    return str(curve.locator("canvas").evaluate("canvas => canvas.toDataURL()"))


def test_smoothing_and_a_logarithmic_scale_are_drawn(page: Page, opened: Open, run: Run) -> None:
    opened("run-metrics", run.pk)
    loss = page.locator('[data-curve="train/loss"]')
    plain = pixels(loss)
    page.get_by_label("Logarithmic").check()
    assert pixels(loss) != plain
    logarithmic = pixels(loss)
    page.get_by_label("Smoothing").fill("0.9")
    page.wait_for_timeout(100)
    assert pixels(loss) != logarithmic


# ---- images --------------------------------------------------------------------------------------


def test_the_slider_does_not_jump_while_somebody_looks(page: Page, opened: Open, run: Run) -> None:
    opened("run-images", run.pk)
    looked, left = (page.locator(f'[data-series="Scene {n}"]') for n in (0, 1))
    slider = looked.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(looked.locator("output")).to_have_text("100")
    source = looked.locator("img").get_attribute("src")
    for caption in ("Scene 0", "Scene 1"):
        add_sample(run, caption, 300)
    expect(left.locator("output")).to_have_text("300", timeout=POLLED_MS)
    expect(looked.locator("output")).to_have_text("100")
    assert looked.locator("img").get_attribute("src") == source
    page.keyboard.press("End")
    expect(looked.locator("output")).to_have_text("300")


def test_a_new_image_is_announced_and_not_put_in_between(
    page: Page, opened: Open, run: Run
) -> None:
    opened("run-images", run.pk)
    add_sample(run, "Scene 9", 100)
    expect(page.get_by_role("link", name="1 new image: show")).to_be_visible(timeout=POLLED_MS)
    expect(page.locator("figure")).to_have_count(2)


def test_one_slider_moves_all_images(page: Page, opened: Open, run: Run) -> None:
    opened("run-images", run.pk)
    page.get_by_label("Step of all images").fill("0")
    expect(page.locator('[data-series="Scene 0"] output')).to_have_text("0")
    expect(page.locator('[data-series="Scene 1"] output')).to_have_text("0")


def test_runs_are_compared_at_the_same_step(page: Page, opened: Open, run: Run) -> None:
    other = make_run(owner=run.owner, stage="segment-train", spec={"steps": 5})
    for step in (0, 150):
        add_sample(other, "Scene 0", step)
    add_points(other, range(8))
    opened("compare", query=f"run={run.pk}&run={other.pk}")
    page.get_by_label("Step", exact=True).focus()
    for _ in range(2):  # steps 0, 100, 150, 200: from the last to 100
        page.keyboard.press("ArrowLeft")
    expect(page.locator(f'figure[data-run="{run.pk}"] output').first).to_have_text("100")
    expect(page.locator(f'figure[data-run="{other.pk}"] output').first).to_have_text("0")
    expect(page.locator(".curve")).to_have_count(2)


# ---- forms, by keyboard --------------------------------------------------------------------------


def test_errors_of_a_form_stand_at_their_fields(
    page: Page, opened: Open, run: Run, complaints: list[str]
) -> None:
    opened("new-stage", "simulate")
    low = page.get_by_role("group", name="Mean diameter").get_by_label("Low")
    low.fill("400")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Nothing was started yet")
    assert all("422" in text for text in complaints)
    complaints.clear()
    link = alert.get_by_role("link", name="Mean diameter")
    link.focus()
    page.keyboard.press("Enter")
    expect(low).to_be_focused()
    expect(low).to_have_value("400")
    assert_it_fits_and_is_accessible(page)
    low.fill("100")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("Queued")
    expect(page.locator("#live")).to_contain_text("No worker listens")
