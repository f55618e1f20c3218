"""What every page is checked for, and pictures to look at."""

import os
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for some (SEMBLANCE_SCREENSHOTS=DIR)."""
    folder = os.environ.get("SEMBLANCE_SCREENSHOTS")
    if folder:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


# WCAG 2.2 AA is all of A and AA since 2.0. axe has no rule for A of 2.2 yet; the tag waits for it.
ALL_RULES = [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice",
]  # fmt: skip
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]


def assert_it_fits_and_is_accessible(page: Page) -> None:
    assert_it_fits(page)
    assert_keeps_the_rules(page, ALL_RULES)


def assert_both_schemes_fit_and_are_accessible(page: Page, name: str) -> None:
    """Check a page in the scheme that it was opened in, then in the other one; shoot both.

    A scheme changes colours only: the second time only the rules that look at colours are asked.
    """
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    first, second = SCHEMES[::-1] if dark else SCHEMES
    shoot(page, f"{name}-{first}")
    assert_it_fits_and_is_accessible(page)
    page.emulate_media(color_scheme=second)
    shoot(page, f"{name}-{second}")
    assert_it_fits(page)
    assert_keeps_the_rules(page, RULES_OF_COLOURS)
    page.emulate_media(color_scheme=first)


def assert_it_fits(page: Page) -> None:
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0


def assert_keeps_the_rules(page: Page, rules: list[str]) -> None:
    # Without `resultTypes` every element that keeps a rule comes back too, in megabytes.
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
