"""The review of an image in a browser: linked picking, correcting, saving, and a conflict."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, User
from core.access import Visibility
from review.models import Correction, ReviewItem, State
from review.services import comparison_start, correction_start
from runs.local import run_here
from runs.models import Run, Status
from tests.browser.checks import WIDE, assert_it_fits_and_is_accessible
from tests.browser.conftest import heard
from tests.web.factories import make_user
from tests.web.review.making import discs, first_item, make_review, png

READY = "[data-ready]"


@pytest.fixture
def reviewer(transactional_db: None) -> User:
    return make_user(Role.REVIEWER, Role.ANALYST, name="ada")


@pytest.fixture
def item(reviewer: User) -> ReviewItem:
    others = [discs([(30.0, 30.0, 15.0), (60.0, 90.0, 25.0)])]
    return first_item(
        make_review(owner=reviewer, labels=[discs(), *others], visibility=Visibility.LAB)
    )


def cookie_of(user: User, live_server: LiveServer) -> Any:
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


@pytest.fixture
def signed_in(page: Page, reviewer: User, live_server: LiveServer) -> Page:
    page.context.add_cookies([cookie_of(reviewer, live_server)])
    return page


@pytest.fixture
def wide(
    chromium: Browser, reviewer: User, live_server: LiveServer, complaints: list[str]
) -> Iterator[Page]:
    context = heard(chromium, complaints, viewport=WIDE)
    context.add_cookies([cookie_of(reviewer, live_server)])
    opened = context.new_page()
    opened.on("dialog", lambda dialog: dialog.accept())
    yield opened
    context.close()
    assert complaints == []


def open_item(page: Page, live_server: LiveServer, item: ReviewItem) -> None:
    page.goto(live_server.url + reverse("review:item", args=[item.pk]))
    expect(page.locator(f".workbench{READY}")).to_be_visible()


@pytest.mark.parametrize(("bar_row", "above"), [(None, False), (80, True)])
def test_the_scale_bar_keeps_out_of_the_data_bar(
    wide: Page, live_server: LiveServer, item: ReviewItem, bar_row: int | None, above: bool
) -> None:
    ReviewItem.objects.filter(pk=item.pk).update(rows_px=bar_row or 0)
    open_item(wide, live_server, item)
    bar, pane = (wide.locator(name).bounding_box() for name in (".pane .scale-bar", ".pane"))
    assert bar is not None
    assert pane is not None
    middle = bar["y"] + bar["height"] / 2 - pane["y"]
    assert (middle < pane["height"] / 2) == above


def test_how_far_a_large_mask_is_decoded_is_shown(
    wide: Page, live_server: LiveServer, reviewer: User
) -> None:
    big = discs([(700.0, 900.0, 300.0)], shape=(1500, 2000))
    item = first_item(make_review(owner=reviewer, labels=[big]))
    # What the line says while it loads; the decoding itself may take a moment only.
    wide.add_init_script(
        """new MutationObserver(() => {
            const bar = document.querySelector("[data-loading] progress");
            if (bar) globalThis.sawProgress = bar.getAttribute("aria-label");
        }).observe(document, { childList: true, subtree: true });"""
    )
    open_item(wide, live_server, item)
    assert wide.evaluate("globalThis.sawProgress") == "Loading the image and its mask …"
    expect(wide.locator("[data-loading]")).to_have_count(0)


def place_of(page: Page, row: float, column: float) -> tuple[float, float]:
    """Where a pixel of the image is on the screen."""
    x, y = page.evaluate(
        """([row, column]) => {
            const { pane, view } = reviewPage.picture;
            const box = pane.element.getBoundingClientRect();
            return [
                box.left + view.frame.width / 2 + (column + 0.5 - view.x) * view.zoom,
                box.top + view.frame.height / 2 + (row + 0.5 - view.y) * view.zoom,
            ];
        }""",
        [row, column],
    )
    return x, y


def click(page: Page, row: float, column: float) -> None:
    page.mouse.click(*place_of(page, row, column))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*place_of(page, *start))
    page.mouse.down()
    page.mouse.move(*place_of(page, *end), steps=6)
    page.mouse.up()


def picked(page: Page) -> list[int]:
    found: list[int] = page.evaluate("[...reviewPage.selection.labels].sort((a, b) => a - b)")
    return found


def selected_rows(page: Page) -> list[str]:
    return page.locator(".particle-table tr[aria-selected=true] td:first-child").all_inner_texts()


def work_on_what_is_queued() -> None:
    for run in Run.objects.filter(status=Status.QUEUED):
        run_here(run)


@pytest.mark.parametrize("name", ["review:index", "review:review", "review:item", "review:crops"])
def test_pages_fit_and_are_accessible(
    signed_in: Page, live_server: LiveServer, item: ReviewItem, name: str
) -> None:
    keys = {"review:review": [item.review_id], "review:index": []}
    signed_in.goto(live_server.url + reverse(name, args=keys.get(name, [item.pk])))
    if name in {"review:item", "review:crops"}:
        expect(signed_in.locator(READY)).to_be_visible()
    assert_it_fits_and_is_accessible(signed_in, name.replace(":", "-"))


def test_an_empty_list_says_what_to_do_first(
    signed_in: Page, live_server: LiveServer, reviewer: User
) -> None:
    signed_in.goto(live_server.url + reverse("review:index"))
    expect(signed_in.get_by_role("heading", name="Nothing to review yet")).to_be_visible()
    assert_it_fits_and_is_accessible(signed_in)


def test_a_particle_picked_anywhere_is_picked_everywhere(
    wide: Page, live_server: LiveServer, item: ReviewItem
) -> None:
    open_item(wide, live_server, item)
    expect(wide.locator("[data-count]")).to_have_text("4 found, 3 count")
    click(wide, 50, 40)
    assert picked(wide) == [1]
    assert selected_rows(wide) == ["1"]
    expect(wide.locator(".histogram-picked")).to_have_count(1)
    wide.keyboard.down("Control")
    click(wide, 20, 120)
    wide.keyboard.up("Control")
    assert picked(wide) == [1, 3]
    wide.locator(".particle-table tr[data-label='2']").click()
    assert picked(wide) == [2]
    wide.locator("[data-low]").fill("40")
    wide.locator("[data-high]").fill("60")
    wide.locator("[data-high]").press("Enter")
    assert picked(wide) == [3], "a disc of 24 px at 2 nm per pixel has 48 nm"
    assert selected_rows(wide) == ["3"]
    expect(wide.locator("[data-summary]")).to_contain_text("n = 3, mean")


def test_picking_a_range_by_dragging_over_the_histogram(
    wide: Page, live_server: LiveServer, item: ReviewItem
) -> None:
    open_item(wide, live_server, item)
    box = wide.locator("[data-histogram]").bounding_box()
    assert box is not None
    wide.mouse.move(box["x"] + 0.55 * box["width"], box["y"] + 50)
    wide.mouse.down()
    wide.mouse.move(box["x"] + box["width"] - 3, box["y"] + 50, steps=5)
    wide.mouse.up()
    assert picked(wide) == [1, 2]


def test_edits_can_be_undone_survive_a_reload_and_are_saved_as_a_version(
    wide: Page, live_server: LiveServer, item: ReviewItem
) -> None:
    open_item(wide, live_server, item)
    wide.keyboard.press("s")
    drag(wide, (20, 40), (80, 40.4))
    expect(wide.locator("[data-unsaved]")).to_have_text("1 unsaved edit")
    assert picked(wide) == [1, 5]
    wide.keyboard.press("Escape")
    click(wide, 20, 120)
    wide.keyboard.press("d")
    expect(wide.locator("[data-count]")).to_have_text("4 found, 3 count")
    wide.keyboard.press("z")
    wide.keyboard.press("z")
    expect(wide.locator("[data-unsaved]")).to_have_text("No unsaved edits")
    wide.keyboard.press("y")
    wide.keyboard.press("y")
    wide.keyboard.press("p")
    drag(wide, (85, 60), (85, 90))
    expect(wide.locator("[data-unsaved]")).to_have_text("3 unsaved edits")
    wide.wait_for_timeout(100)
    wide.reload()
    expect(wide.locator("[data-unsaved]")).to_have_text("3 unsaved edits")
    expected = wide.evaluate("[...reviewPage.mask.data]")

    wide.locator("[data-note]").fill("one was two")
    wide.locator("[data-save]").click()
    expect(wide.locator("[data-said]")).to_contain_text("Waiting for a worker")
    work_on_what_is_queued()
    expect(wide.locator("header.page-head")).to_contain_text("Mask version 2, corrected by ada")
    expect(wide.locator(f".workbench{READY}")).to_be_visible()
    expect(wide.locator("[data-unsaved]")).to_have_text("No unsaved edits")
    assert wide.evaluate("[...reviewPage.mask.data]") == expected, "the preview was right"
    expect(wide.locator(".versions")).to_contain_text("1 deleted, 1 split, 1 painted (one was two)")


def test_what_cannot_be_done_is_said_and_changes_nothing(
    wide: Page, live_server: LiveServer, item: ReviewItem
) -> None:
    open_item(wide, live_server, item)
    click(wide, 50, 40)
    wide.keyboard.down("Shift")
    click(wide, 20, 120)
    wide.keyboard.up("Shift")
    wide.keyboard.press("m")
    expect(wide.locator("[data-said]")).to_contain_text("do not touch; paint a bridge")
    expect(wide.locator("[data-unsaved]")).to_have_text("No unsaved edits")


def test_a_conflict_says_who_saved_what_and_puts_one_s_own_edits_on_top(
    wide: Page, live_server: LiveServer, item: ReviewItem, complaints: list[str]
) -> None:
    open_item(wide, live_server, item)
    click(wide, 20, 120)
    wide.keyboard.press("d")
    wide.keyboard.press("p")
    drag(wide, (85, 60), (85, 90))
    grace = make_user(Role.REVIEWER, name="grace")
    edits: list[dict[str, Any]] = [
        {"op": "split", "label": 2, "line": [[20, 81], [80, 81.3]]},
    ]
    correction = correction_start(item=item, base_number=1, edits=edits, by=grace)
    assert correction.run is not None
    run_here(correction.run)

    wide.locator("[data-save]").click()
    dialog = wide.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog).to_contain_text("grace saved version 2.")
    expect(dialog).to_contain_text("1 split")
    assert "409" in complaints.pop(), "the browser notes the answer, as it should"
    dialog.get_by_role("button", name="Put mine on top").click()
    expect(wide.locator("header.page-head")).to_contain_text("Mask version 2, corrected by grace")
    dialog = wide.get_by_role("dialog", name="Somebody else was faster")
    if dialog.is_visible():
        dialog.get_by_role("button", name="Put mine on top").click()
    expect(wide.locator("[data-unsaved]")).to_have_text("2 unsaved edits")
    labels = wide.evaluate("[...reviewPage.mask.regions.keys()].sort((a, b) => a - b)")
    assert labels == [1, 2, 4, 5, 6], "grace's new particle is 5, mine got the next number"
    wide.locator("[data-save]").click()
    expect(wide.locator("[data-said]")).to_contain_text("Waiting for a worker")
    work_on_what_is_queued()
    expect(wide.locator("header.page-head")).to_contain_text("Mask version 3, corrected by ada")
    assert Correction.objects.filter(progress="done").count() == 2


def test_a_decision_needs_saved_edits_and_goes_on_to_the_next_image(
    wide: Page, live_server: LiveServer, item: ReviewItem
) -> None:
    open_item(wide, live_server, item)
    click(wide, 20, 120)
    wide.keyboard.press("d")
    wide.keyboard.press("a")
    expect(wide.locator("[data-problem]")).to_contain_text("Save or discard them first")
    wide.keyboard.press("z")
    wide.keyboard.press("r")
    expect(wide.locator("#reason")).to_be_focused()
    wide.keyboard.type("out of focus")
    wide.keyboard.press("Enter")
    expect(wide).to_have_url(re.compile(rf"/review/images/(?!{item.pk}$)\d+$"))
    item.refresh_from_db()
    assert (item.state, item.reason) == (State.REJECTED, "out of focus")


def test_crops_are_dismissed_with_clicks_and_keys_in_one_correction(
    wide: Page, live_server: LiveServer, item: ReviewItem
) -> None:
    wide.goto(live_server.url + reverse("review:crops", args=[item.pk]))
    expect(wide.locator(f".crops{READY}")).to_be_visible()
    expect(wide.locator(".crop")).to_have_count(4)
    wide.locator(".crop[data-label='4']").click()
    wide.locator(".crop[data-label='3']").focus()
    wide.keyboard.press("x")
    wide.wait_for_timeout(100)
    wide.reload()
    expect(wide.locator("[data-apply]")).to_have_text("Delete 2 particles")
    wide.locator("[data-apply]").click()
    expect(wide.locator("[data-said]")).to_contain_text("Waiting for a worker")
    work_on_what_is_queued()
    expect(wide.locator("header.page-head")).to_contain_text("Mask version 2")
    correction = Correction.objects.get()
    assert correction.edits == [{"op": "delete", "labels": [3, 4]}]
    assert correction.base.decisions.count() == 2


def test_two_masks_are_compared_in_figures_sizes_and_a_list_that_leads_there(
    signed_in: Page, live_server: LiveServer, item: ReviewItem, reviewer: User
) -> None:
    assert item.head is not None
    truth = discs([(50.0, 61.0, 41.0), (80.0, 110.0, 10.0), (98.0, 10.0, 12.0)])
    comparison = comparison_start(
        item=item, first=item.head, by=reviewer, truth=png(truth.astype(np.uint16))
    )
    signed_in.goto(live_server.url + reverse("review:comparison", args=[comparison.pk]))
    expect(signed_in.get_by_text("Being compared")).to_be_visible()
    work_on_what_is_queued()
    expect(signed_in.locator(f".workbench{READY}")).to_be_visible()
    listed = signed_in.locator(".difference")
    expect(listed).to_have_count(3)
    expect(listed.nth(0)).to_contain_text("Missed: 2 of the second")
    expect(listed.nth(1)).to_contain_text("Invented: 3 of the first")
    expect(listed.nth(2)).to_contain_text("Split: 1, 2 of the first, 1 of the second")
    listed.nth(2).click()
    expect(listed.nth(2)).to_have_attribute("aria-current", "true")
    assert_it_fits_and_is_accessible(signed_in, "review-comparison")
