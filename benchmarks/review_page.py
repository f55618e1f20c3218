"""Time until a mask of 5,000 particles can be reviewed, and time of a frame while it is panned.

``python benchmarks/review_page.py`` makes an image with discs in a throw-away home, serves it, and
opens its review in headless Chromium: seconds until picture, table and histogram answer, frames
while panning at 1:1, and milliseconds until picking and deleting are drawn. Chromium draws without
a graphics card here; a frame cannot be shorter than the screen's 16.7 ms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT), str(ROOT / "platform")]

from benchmarks.compare_viewer import SESSION, served  # noqa: E402 - a script beside this one

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAN = """async (frames) => {
    const { view } = reviewPage.picture;
    view.zoomTo(1);
    await new Promise((done) => setTimeout(done, 500));
    const times = [];
    let before = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < frames; frame++) {
        view.panBy(frame % 60 < 30 ? -20 : 20, frame % 90 < 45 ? -9 : 9);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - before);
        before = now;
    }
    return times;
}"""
DRAWN = """async (what) => {
    const { selection, particles, mask } = reviewPage;
    const labels = [...particles.rows.keys()];
    const acts = {
        one: () => selection.set([labels[77]], "benchmark"),
        half: () => selection.set(labels.slice(0, labels.length / 2), "benchmark"),
        delete: () => mask.do({ op: "delete", labels: [labels[99]] }),
    };
    const begin = performance.now();
    acts[what]();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begin;
}"""


def discs(side_px: int, particles: int) -> NDArray[np.uint16]:
    """Draw discs of many sizes on a grid with some disorder."""
    rng = np.random.default_rng(1)
    labels = np.zeros((side_px, side_px), np.uint16)
    columns = int(np.ceil(np.sqrt(particles)))
    cell = side_px / columns
    for number in range(particles):
        row, column = divmod(number, columns)
        centre = (np.array([column, row]) + 0.5) * cell + rng.normal(0, cell / 12, 2)
        radius = min(rng.lognormal(np.log(0.3 * cell), 0.25), 0.5 * cell)
        column_px, row_px = (int(place) for place in centre)
        cv2.circle(labels, (column_px, row_px), int(radius), (number + 1,), -1)
    return labels


def make_review(side_px: int, particles: int) -> tuple[int, str]:
    """Put the image and its mask into the database; give the item's key and a session's."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from accounts.models import User
    from catalog.services import dataset_create, image_add
    from core.files import bytes_store, file_store
    from pipeline.measure import measure_labels, write_particles_csv
    from review.services import review_from_run
    from runs.models import Artifact, Run
    from runs.workspace import input_name

    call_command("migrate", verbosity=0)
    user = User.objects.create(username="benchmark", is_superuser=True)
    labels = discs(side_px, particles)
    noise = np.random.default_rng(0).normal(0, 12, labels.shape)
    grey = (np.where(labels > 0, 170, 70) + noise).clip(0, 255).astype(np.uint8)
    view, mask = (
        bytes_store(cv2.imencode(".png", array)[1].tobytes(), media_type="image/png")
        for array in (grey, labels)
    )
    image = image_add(
        dataset=dataset_create(owner=user, name="Benchmark"), name="discs.png", added_by=user,
        file=view, view=view, thumbnail=view, width_px=side_px, height_px=side_px, nm_per_px=2.0,
    )  # fmt: skip
    run = Run.objects.create(owner=user, name="Discs", stage="segment-predict", status="succeeded")
    name = input_name(image)
    table = measure_labels(labels, nm_per_px=2.0, exclude_border=True, min_side_px=10)
    table.insert(0, "image", name)
    with tempfile.TemporaryDirectory() as folder:
        path = write_particles_csv(Path(folder) / "particles.csv", table)
        rows = file_store(source=path)
    stem = name.removesuffix(".png")
    Artifact.objects.create(run=run, path=f"{stem}.png", role="labels", file=mask)
    Artifact.objects.create(run=run, path="particles.csv", role="particles", file=rows)
    item = review_from_run(run=run).items.get()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = SESSION
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return item.pk, str(session.session_key)


def opened(page: Page, url: str) -> float:
    begin = time.perf_counter()
    page.goto(url)
    page.locator("[data-workbench][data-ready]").wait_for(timeout=120_000)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8180)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--particles", type=int, default=5000)
    parser.add_argument("--side", type=int, default=3072, help="of the image, px")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home:
        os.environ["SEMBLANCE_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
        import django

        django.setup()
        item, session = make_review(asked.side, asked.particles)
        chromium = shutil.which("chromium") or shutil.which("chrome")
        with served(asked.port) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            context: Any = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
            page = context.new_page()
            url = f"{address}/review/images/{item}"
            first, again = opened(page, url), [opened(page, url) for _ in range(5)]
            times = page.evaluate(PAN, asked.frames)
            drawn = {what: page.evaluate(DRAWN, what) for what in ("one", "half", "delete")}
            browser.close()
    print(f"{asked.particles} particles, {asked.side} x {asked.side} px")
    print(f"interactive: first {first:.2f} s, then median {statistics.median(again):.2f} s")
    print(
        f"frame while panning at 1:1: median {statistics.median(times):.1f} ms, "
        f"p95 {np.percentile(times, 95):.1f} ms, most {max(times):.1f} ms"
    )
    print(
        f"drawn after: one picked {drawn['one']:.0f} ms, half of them {drawn['half']:.0f} ms, "
        f"one deleted {drawn['delete']:.0f} ms"
    )


if __name__ == "__main__":
    main()
