"""The pipeline's report, served as a folder: it fits and is accessible, without scripts."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from threading import Thread
from typing import Any

import jinja2
import pytest
from playwright.sync_api import Page

from tests.browser.checks import assert_both_schemes_fit_and_are_accessible
from tests.browser.discs import draw

CONTENT: dict[str, Any] = {
    "lead": "A network trained only on artificial images found 2,345 particles in 28 real images.",
    "figures": [{"name": "Foreground IoU", "value": "0.881", "note": "mean over images"}] * 4,
    "generator": "the physics renderer",
    "pairs": [
        {
            "name": "1",
            "particles": 40,
            "top_nm": "812",
            "scene": "report/a.png",
            "height": "report/a.png",
            "image": "report/a.png",
        }
    ],
    "real": True,
    "images": [{"overlay": "report/a.png", "name": "1908248.tif", "note": "84 particles"}] * 3,
    "refused": [{"name": "broken.tif", "reason": "is truncated."}],
    "warnings": ["Pixel size unknown: sizes are in pixels."],
    "histogram": "report/a.png",
    "sizes": "Median 121 nm (95 % interval 118 to 124 nm).",
    "scores": {
        "columns": ["Image", "IoU", "F1", "AP", "PQ", "Count ratio", "Diameters: W1"],
        "rows": [["1908248.tif", "0.881", "0.612", "0.441", "0.480", "1.02", "6.1 nm"]],
        "foot": [["Mean", "0.881", "0.612", "0.441", "0.480", "1.02", "6.1 nm"]],
    },
    "steps": [{"title": "Drop particles", "folder": "1-scenes", "time": "3 min 05 s"}],
    "total": "17 min 20 s",
    "version": "0.1.0",
    "seed": 0,
    "threads": 2,
    "device": "cpu",
    "command": "semblance quickstart --real images --truth masks",
}


@pytest.fixture
def report(tmp_path: Path) -> Iterator[str]:
    draw(tmp_path, "report/a.png", seed=1, shape=(300, 400))
    source = resources.files("pipeline.quickstart")
    (tmp_path / "report" / "report.css").write_text((source / "report.css").read_text())
    template = jinja2.Environment(autoescape=True).from_string((source / "report.html").read_text())
    html = template.render(CONTENT)
    assert "<script" not in html
    path = tmp_path / "report.html"
    path.write_text(html)
    (tmp_path / "favicon.ico").touch()  # a browser asks for it
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        # Not from the folder itself: what checks the page reads its style sheet once more.
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/report.html"
        server.shutdown()


@pytest.mark.usefixtures("first_scheme")
def test_the_report_fits_and_is_accessible(page: Page, report: str) -> None:
    page.goto(report)
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "1280px"
    assert_both_schemes_fit_and_are_accessible(page, "report")
