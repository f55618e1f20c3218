"""A breach of policy is heard in every browser of the tests, in any tab, without scripts too."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import POLICY, heard

BROWSERS_OF_THEIR_OWN = re.compile(r"\.new_context\(|(?:chromium|browser)\.new_page\(")


def opened_unheard(folder: Path) -> list[str]:
    """The files that open a browser in another way than by `heard`."""
    here = {folder / "conftest.py", Path(__file__)}
    return [
        path.name
        for path in sorted(folder.rglob("*.py"))
        if path not in here and BROWSERS_OF_THEIR_OWN.search(path.read_text())
    ]


def test_every_browser_is_opened_by_what_listens() -> None:
    assert opened_unheard(Path(__file__).parent) == []


def test_a_browser_that_nobody_listens_to_is_found(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "test_a.py").write_text("context = chromium.new_context()")
    (tmp_path / "test_b.py").write_text("page = page.context.new_page()")
    assert opened_unheard(tmp_path) == ["test_a.py"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("policy_only", [True, False], ids=["policy", "all"])
def test_a_breach_in_a_second_tab_is_heard(
    chromium: Browser, scripts: bool, policy_only: bool
) -> None:
    complaints: list[str] = []
    context = heard(chromium, complaints, policy_only=policy_only, java_script_enabled=scripts)
    context.route(
        "**/*",
        lambda route: route.fulfill(
            body="<!doctype html><title>a</title><style>p { color: red }</style><p>a",
            headers={
                "Content-Type": "text/html",
                "Content-Security-Policy": "default-src 'none'",
            },
        ),
    )
    context.new_page().goto("about:blank")
    assert complaints == []
    context.new_page().goto("http://breach.example/")
    context.close()
    assert any(POLICY in said for said in complaints)
