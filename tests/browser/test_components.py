"""Every component in both schemes; keys, dialogs and toasts."""

import pytest
from playwright.sync_api import Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.checks import (
    assert_both_schemes_fit_and_are_accessible,
    assert_it_fits_and_is_accessible,
)

pytestmark = pytest.mark.urls("tests.browser.gallery")


@pytest.fixture
def gallery(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/gallery")
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.usefixtures("first_scheme")
def test_the_components_fit_and_are_accessible(gallery: Page) -> None:
    assert_both_schemes_fit_and_are_accessible(gallery, "components")


@pytest.mark.usefixtures("first_scheme")
def test_a_refused_form_says_which_field_and_why(gallery: Page) -> None:
    gallery.locator("form.card").evaluate("form => form.noValidate = true")
    gallery.get_by_label("Pixel size").fill("-3")
    gallery.get_by_role("button", name="Save").click()
    alert = gallery.get_by_role("alert")
    expect(alert).to_contain_text("nothing has changed")
    expect(alert.get_by_role("link", name="Pixel size")).to_be_visible()
    expect(gallery.get_by_label("Pixel size")).to_have_accessible_description(
        "Ensure this value is greater than or equal to 0.001."
    )
    assert_both_schemes_fit_and_are_accessible(gallery, "components-refused")


def test_toasts_are_text_and_close(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/gallery?toasts")
    refused = page.get_by_role("status").get_by_text("<b>x</b>.tif is no image")
    expect(refused).to_be_visible()
    assert_it_fits_and_is_accessible(page)
    page.locator(".toast-error").get_by_role("button", name="Close").click()
    expect(refused).to_have_count(0)
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_fragment_brings_its_messages_along(gallery: Page) -> None:
    gallery.evaluate("htmx.ajax('GET', '/fragment', {target: '.lede', swap: 'innerHTML'})")
    expect(gallery.get_by_role("status")).to_contain_text("Half of it was taken.")
    expect(gallery.locator(".lede")).to_have_text("part")
    gallery.locator(".toast").get_by_role("button", name="Close").click()
    expect(gallery.locator(".toast")).to_have_count(0)


def test_a_request_that_failed_is_said(gallery: Page, complaints: list[str]) -> None:
    gallery.evaluate("htmx.ajax('GET', '/broken', {target: '.lede'})")
    expect(gallery.get_by_role("status")).to_contain_text("That did not work (500)")
    assert all("500" in text for text in complaints)
    complaints.clear()


def test_the_question_mark_shows_the_keys(gallery: Page) -> None:
    gallery.keyboard.press("?")
    dialog = gallery.get_by_role("dialog", name="Keys on this page")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("New run")
    expect(dialog).to_contain_text("Find")
    assert_it_fits_and_is_accessible(gallery, "keys")
    gallery.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_key_focuses_a_field_and_does_not_act_while_somebody_types(gallery: Page) -> None:
    gallery.keyboard.press("f")
    expect(gallery.get_by_label("Find")).to_be_focused()
    gallery.keyboard.type("n?")
    expect(gallery.get_by_label("Find")).to_have_value("n?")
    assert gallery.url.endswith("/gallery")


def test_a_key_follows_its_link(gallery: Page, complaints: list[str]) -> None:
    gallery.keyboard.press("n")
    gallery.wait_for_url("**/made")
    complaints.clear()  # there is nothing at that address


def test_a_script_registers_a_key_and_gives_it_back(gallery: Page) -> None:
    gallery.evaluate("""async () => {
        const { registerKey } = await import("/static/js/keys.js");
        window.giveBack = registerKey("z", "Zoom", () => { document.title = "zoomed"; });
    }""")
    gallery.keyboard.press("z")
    expect(gallery).to_have_title("zoomed")
    gallery.evaluate("() => { document.title = ''; window.giveBack(); }")
    gallery.keyboard.press("z")
    expect(gallery).to_have_title("")


def test_a_dialog_opens_and_closes_by_its_buttons(gallery: Page) -> None:
    gallery.get_by_role("button", name="Delete").click()
    dialog = gallery.get_by_role("dialog", name="Delete it?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_be_hidden()


def test_a_question_is_asked_before_a_form_is_sent(gallery: Page) -> None:
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    gallery.on("dialog", refuse)
    gallery.get_by_role("button", name="Freeze", exact=True).click()
    assert asked == ["Freeze it as it is?"]
    expect(gallery.locator(".toast")).to_have_count(0)


def test_scripts_read_the_palette(gallery: Page) -> None:
    colours = gallery.evaluate(
        "async () => (await import('/static/js/palette.js')).seriesColours()"
    )
    assert len(set(colours)) == 8
    assert colours[0] == "#0072b2"
