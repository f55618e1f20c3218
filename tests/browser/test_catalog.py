"""Datasets in a browser: choosing and changing images by hand and by keys; one image's tools."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from catalog.models import Dataset, Image, NearDuplicate
from catalog.services import bulk_start, version_freeze
from tests.browser.checks import (
    assert_both_schemes_fit_and_are_accessible,
    assert_it_fits_and_is_accessible,
)
from tests.browser.conftest import at_two_widths, heard
from tests.web.factories import make_dataset, make_file, make_image, make_user

PHASH = "c3a5b17e0f9d2846"
Open = Callable[..., None]


@pytest.fixture
def dataset(transactional_db: None) -> Dataset:
    """30 images by the names 00.tif to 29.tif, and what else a dataset has."""
    owner = make_user(Role.CURATOR, name="curator")
    dataset = make_dataset(owner=owner, name="Gold on carbon", licence="CC BY 4.0")
    for number in range(30):
        make_image(
            dataset=dataset,
            name=f"{number:02d}.tif",
            width_px=320,
            height_px=240,
            nm_per_px=2.0 if number % 2 else None,
            scale_source="tag",
            data_bar_row=200,
            material="gold",
            split="train" if number % 3 else "",
            phash=PHASH if number in {3, 4} else "",
            excluded_reason="Out of focus" if number == 29 else "",
            truth=make_file(bits=16, width=320, height=240) if number == 0 else None,
            tags=["sharp"] if number < 5 else [],
        )
    dataset.refresh_from_db()
    return dataset


@pytest.fixture
def cookie(dataset: Dataset, live_server: LiveServer) -> Any:
    client = Client()
    client.force_login(dataset.owner)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


@pytest.fixture
def opened(page: Page, cookie: Any, live_server: LiveServer) -> Open:
    page.context.add_cookies([cookie])

    def go(name: str, *arguments: Any, query: str = "") -> None:
        address = reverse(f"catalog:{name}", args=arguments)
        page.goto(f"{live_server.url}{address}" + (f"?{query}" if query else ""))
        page.wait_for_load_state("networkidle")

    return go


def tile(page: Page, name: str) -> Locator:
    return page.locator(".tile", has_text=name)


def excluded(dataset: Dataset) -> list[str]:
    found = dataset.images.exclude(excluded_reason="").order_by("name")
    return [image.name for image in found]


@pytest.mark.usefixtures("first_scheme")
def test_every_page_fits_and_is_accessible(page: Page, opened: Open, dataset: Dataset) -> None:
    version_freeze(dataset=dataset, by=dataset.owner, note="As it came")
    image = dataset.images.get(name="00.tif")
    make_image(dataset=dataset, name="later.tif")
    second = version_freeze(dataset=dataset, by=dataset.owner)
    edit = bulk_start(
        dataset=dataset,
        by=dataset.owner,
        action="material",
        value={"material": "gold"},
        chosen=[image.pk],
    )
    edit.state = "stopped"
    edit.save()
    assert NearDuplicate.objects.count() == 1
    pages = [
        ("index",),
        ("new",),
        ("dataset", dataset.pk),
        ("image", image.pk),
        ("duplicates", dataset.pk),
        ("versions", dataset.pk),
        ("version", second.pk),
        ("settings", dataset.pk),
        ("edit", edit.pk),
    ]
    for name, *arguments in pages:
        opened(name, *arguments)
        assert_both_schemes_fit_and_are_accessible(page, f"catalog-{name}")
    opened("dataset", make_dataset(owner=dataset.owner).pk)
    assert_it_fits_and_is_accessible(page)


def test_the_fields_of_a_change_fit_and_are_accessible(
    page: Page, opened: Open, dataset: Dataset
) -> None:
    opened("dataset", dataset.pk)
    page.get_by_text("Change", exact=True).click()
    expect(page.get_by_role("button", name="Exclude")).to_be_visible()
    assert_it_fits_and_is_accessible(page, "catalog-change")


@at_two_widths
def test_images_are_chosen_by_click_and_stretch_and_excluded(
    page: Page, opened: Open, dataset: Dataset
) -> None:
    opened("dataset", dataset.pk, query="sort=name")
    tile(page, "02.tif").get_by_role("checkbox").click()
    tile(page, "05.tif").get_by_role("checkbox").click(modifiers=["Shift"])
    tile(page, "03.tif").get_by_role("checkbox").click()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("Reason for excluding").fill("Drift")
    page.get_by_role("button", name="Exclude").click()
    expect(page.get_by_text("Exclude: 3 images changed.")).to_be_visible()
    expect(tile(page, "04.tif").get_by_text("Excluded: Drift")).to_be_visible()
    assert excluded(dataset) == ["02.tif", "04.tif", "05.tif", "29.tif"]


def test_images_are_chosen_and_tagged_without_a_mouse(
    page: Page, opened: Open, dataset: Dataset
) -> None:
    opened("dataset", dataset.pk, query="sort=name&size=25")
    press = page.keyboard.press
    press("ArrowRight")  # the first image takes the focus
    expect(tile(page, "00.tif").locator("a")).to_be_focused()
    press("x")
    press("ArrowRight")
    press("ArrowRight")
    press("X")
    expect(page.get_by_text("3 selected")).to_be_visible()
    press("ArrowDown")
    focused = page.locator(".tile:focus-within")
    expect(focused).not_to_contain_text("02.tif")
    press("ArrowUp")
    expect(focused).to_contain_text("02.tif")
    press("n")
    expect(tile(page, "25.tif").locator("a")).to_be_focused()
    press("x")
    expect(page.get_by_text("4 selected")).to_be_visible()
    press("t")
    page.keyboard.type("mine")
    press("Enter")  # in a field it sends nothing by chance
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Add a tag: 4 images changed.")).to_be_visible()
    tagged = dataset.images.filter(tags__name="mine").order_by("name")
    assert [image.name for image in tagged] == ["00.tif", "01.tif", "02.tif", "25.tif"]
    press("Escape")
    expect(page.get_by_text("0 selected")).to_be_visible()
    press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Select the image, or let it go")


def test_all_that_match_but_one_are_changed(page: Page, opened: Open, dataset: Dataset) -> None:
    opened("dataset", dataset.pk, query="tag=sharp&size=25&sort=name")
    page.get_by_label("All that match the filter").check()
    tile(page, "01.tif").get_by_role("checkbox").click()
    expect(page.get_by_text("All that match the filter but 1")).to_be_visible()
    page.get_by_text("Change", exact=True).click()
    page.locator("#bulk-split").select_option("test")
    page.locator("button[value=split]").click()
    expect(page.get_by_text("Set the split: 4 images changed.")).to_be_visible()
    found = dataset.images.filter(split="test").order_by("name")
    assert [image.name for image in found] == ["00.tif", "02.tif", "03.tif", "04.tif"]


def test_pages_turn_in_place_and_their_addresses_lead_back(
    page: Page, opened: Open, dataset: Dataset
) -> None:
    opened("dataset", dataset.pk, query="size=25&sort=name")
    page.get_by_role("link", name="Next").click()
    expect(tile(page, "29.tif")).to_be_visible()
    expect(page).to_have_url(re.compile(r"sort=name&size=25&after=\d+$"))
    page.reload()
    expect(tile(page, "29.tif")).to_be_visible()
    expect(tile(page, "00.tif")).to_have_count(0)
    page.go_back()
    expect(tile(page, "00.tif")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(25)


def test_a_filter_acts_as_it_is_chosen(page: Page, opened: Open, dataset: Dataset) -> None:
    opened("dataset", dataset.pk)
    page.get_by_label("Problem").select_option("scale")
    expect(page.locator(".tile")).to_have_count(15)
    expect(page).to_have_url(re.compile("problem=scale"))
    page.get_by_label("Name", exact=True).fill("nowhere")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("No image matches")).to_be_visible()


def test_curation_works_without_scripts(
    chromium: Browser,
    cookie: Any,
    live_server: LiveServer,
    dataset: Dataset,
    complaints: list[str],
) -> None:
    context = heard(chromium, complaints, java_script_enabled=False)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/datasets/{dataset.pk}/?sort=name&size=25")
    tile(page, "02.tif").get_by_role("checkbox").check()
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("Reason for excluding").fill("Drift")
    page.get_by_role("button", name="Exclude").click()
    expect(page.get_by_text("Exclude: 1 image changed.")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(tile(page, "29.tif")).to_be_visible()
    tile(page, "29.tif").locator("a").first.click()
    expect(page.get_by_role("img", name="29.tif")).to_be_visible()
    page.get_by_role("link", name="Show 1:1").click()
    box = page.get_by_role("img", name="29.tif").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (320, 240)
    context.close()
    assert complaints == []


# ---- one image ----------------------------------------------------------------------------------


@pytest.fixture
def image(dataset: Dataset) -> Image:
    return dataset.images.get(name="00.tif")


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the image of 320 x 240 px lies on the screen; it stands in the middle."""
    pane = page.locator(".pane")
    pane.scroll_into_view_if_needed()
    box = pane.bounding_box()
    assert box is not None
    zoom = int(page.locator("[data-zoom]").inner_text().split()[0]) / 100
    return (
        box["x"] + box["width"] / 2 + (x - 160) * zoom,
        box["y"] + box["height"] / 2 + (y - 120) * zoom,
    )


def drag(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*at(page, *point))
    page.mouse.up()


def test_a_pixel_size_is_drawn_on_the_scale_bar(page: Page, opened: Open, image: Image) -> None:
    opened("image", image.pk)
    page.get_by_role("button", name="Measure the scale bar").click()
    drag(page, (80, 120), (160, 120), (240, 120))
    pixels = page.get_by_label("Length of the line that you drew")
    drawn = float(pixels.input_value())
    assert drawn == pytest.approx(160, abs=2)
    page.get_by_label("What the scale bar says").fill("0,2")
    page.get_by_label("Unit").select_option("µm")
    expect(page.locator("[data-ruler-result]")).to_have_text(re.compile(r"^= 1\.\d+ nm/px$"))
    assert_it_fits_and_is_accessible(page, "catalog-ruler")
    page.locator("[data-ruler-form]").get_by_role("button", name="Save").click()
    expect(page.get_by_text("drawn on the scale bar")).to_be_visible()
    image.refresh_from_db()
    assert image.nm_per_px == pytest.approx(200 / drawn)
    assert image.scale_source == "drawn"


@at_two_widths
def test_a_data_bar_is_dragged_and_confirmed(page: Page, opened: Open, image: Image) -> None:
    opened("image", image.pk)
    page.get_by_role("button", name="Move the data bar").click()
    drag(page, (160, 190), (160, 180))
    row = page.get_by_label("First row of the bar")
    assert int(row.input_value()) == pytest.approx(180, abs=2)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Data bar confirmed.")).to_be_visible()
    image.refresh_from_db()
    assert image.data_bar_row == pytest.approx(180, abs=2)
    assert image.data_bar_confirmed


def test_an_image_is_reached_and_zoomed_by_keys(page: Page, opened: Open, image: Image) -> None:
    opened("image", image.pk, query="sort=name&tag=sharp")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="01.tif")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="00.tif")).to_be_visible()
    expect(page.locator("[data-zoom]")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("[data-zoom]")).to_have_text("100 %")
    page.keyboard.press("0")
    expect(page.locator("[data-zoom]")).not_to_have_text("100 %")
    page.keyboard.press("g")
    expect(page.locator(".tile")).to_have_count(5)


def test_ground_truth_is_shown_over_the_image(page: Page, opened: Open, image: Image) -> None:
    opened("image", image.pk)
    canvas = page.locator(".pane canvas").first
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    page.get_by_label("Ground truth").check()
    expect(page.locator(".pane")).to_be_visible()
    page.wait_for_function(
        "before => document.querySelector('.pane canvas').toDataURL() !== before", arg=before
    )
