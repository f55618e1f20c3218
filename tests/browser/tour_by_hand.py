"""What a person does with what the tour leaves: take its study, correct and accept a mask."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.checks import WIDE, shoot
from tests.browser.conftest import heard
from tests.browser.survey.play import by_keys, skip_questions


def link_of(page: Page, study: str) -> str:
    """Make a personal link on the page of a study, and copy it."""
    page.goto(study)
    page.get_by_role("button", name="Make links").click()
    return page.locator(".secret").inner_text()


def take_by_keys(chromium: Browser, link: str, complaints: list[str]) -> int:
    """Answer every image of a study as somebody who has no account; return how many there were."""
    how: Any = {"viewport": WIDE, "reduced_motion": "reduce"}
    context = heard(chromium, complaints, **how)
    rater = context.new_page()
    rater.goto(link)
    rater.get_by_role("button", name="I agree and take part").click()
    skip_questions(rater)
    rater.get_by_role("button", name="Show the first image").click()
    place = rater.locator("#place")
    expect(place).to_have_text(re.compile(r"^1 of \d+$"))
    count = int(place.inner_text().rpartition(" ")[2])
    for number in range(1, count + 1):
        by_keys(rater, f"{number} of {count}", "ar"[number % 2])
    expect(rater.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(rater.locator("main")).to_contain_text(f"All {count} answers are stored")
    shoot(rater, "make-run-thanks")
    context.close()
    return count


def correct_and_accept(page: Page, review: str) -> None:
    """Paint a particle into the first image, save it as a version, and accept that."""
    ready = page.locator(".workbench[data-ready]")
    page.goto(review)
    page.locator("main a[href*='/review/images/']").first.click()
    expect(ready).to_be_visible()
    page.keyboard.press("p")
    page.get_by_label("Over other particles").check()
    box = page.locator(".pane").first.bounding_box()
    assert box is not None
    row = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.45 * box["width"], row)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.55 * box["width"], row, steps=4)
    page.mouse.up()
    expect(page.locator("[data-unsaved]")).to_have_text("1 unsaved edit")
    page.locator("[data-save]").click()
    head = page.locator("header.page-head")
    expect(head).to_contain_text("Mask version 2, corrected by admin", timeout=20_000)
    expect(ready).to_be_visible()
    shoot(page, "make-run-corrected")
    page.keyboard.press("a")
    page.wait_for_load_state("networkidle")
    page.goto(f"{review}?state=accepted")
    expect(page.locator("main a[href*='/review/images/']").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(re.compile(r"Accepted\W*1\b"))
