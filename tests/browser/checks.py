"""What every page is checked for, at each width, and pictures to look at."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

WIDE: ViewportSize = {"width": 1440, "height": 900}
TABLET: ViewportSize = {"width": 820, "height": 1180}
NARROW: ViewportSize = {"width": 390, "height": 844}
DESK_AND_PHONE = (WIDE, NARROW)
# For pages that are also used on a tablet, where a layout is neither the wide nor the narrow one.
ALL_SIZES = (WIDE, TABLET, NARROW)
# Images are judged on no phone: its screen is too small for them.
DESK_AND_TABLET = (WIDE, TABLET)


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


def at_each(page: Page, sizes: Sequence[ViewportSize]) -> Iterator[None]:
    """Make the window one size after the other, and in the end what it was.

    A page that is played once and looked at in every width costs less than one that is played in
    each, and its layout is asked to follow a window that is dragged smaller.
    """
    before = page.viewport_size
    assert before is not None
    for size in sizes:
        if size != page.viewport_size:
            page.set_viewport_size(size)
            # What a script draws anew because of its size is drawn in the frame after.
            page.evaluate(
                "() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))"
            )
        yield
    if page.viewport_size != before:
        page.set_viewport_size(before)


def assert_it_fits_and_is_accessible(
    page: Page, name: str = "", *, sizes: Sequence[ViewportSize] = DESK_AND_PHONE
) -> None:
    """Check a page as it stands at each of `sizes`; shoot it where it has a `name`."""
    for _ in at_each(page, sizes):
        if name:
            shoot(page, name)
        assert_it_fits(page)
        assert_keeps_the_rules(page, ALL_RULES)


def assert_both_schemes_fit_and_are_accessible(
    page: Page, name: str, *, sizes: Sequence[ViewportSize] = DESK_AND_PHONE
) -> None:
    """Check a page in the scheme that it was opened in, then in the other one; shoot both.

    A scheme changes colours only: the second time only the rules that look at colours are asked.
    """
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    first, second = SCHEMES[::-1] if dark else SCHEMES
    assert_it_fits_and_is_accessible(page, f"{name}-{first}", sizes=sizes)
    page.emulate_media(color_scheme=second)
    for _ in at_each(page, sizes):
        shoot(page, f"{name}-{second}")
        assert_it_fits(page)
        assert_keeps_the_rules(page, RULES_OF_COLOURS)
    page.emulate_media(color_scheme=first)


def assert_it_fits(page: Page) -> None:
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{overflow} px too wide at {page.viewport_size}"


def assert_keeps_the_rules(page: Page, rules: list[str]) -> None:
    # Without `resultTypes` every element that keeps a rule comes back too, in megabytes.
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert found.violations_count == 0, f"at {page.viewport_size}: {found.generate_report()}"
