"""Time until a pair can be looked at, and time of a frame while it is moved, in headless Chromium.

``python benchmarks/compare_viewer.py`` makes pairs of several sizes with 5,000 particles in a
throw-away home, serves them, and drags both linked panes with contours on at 1:1. Chromium draws
without a graphics card here; a frame cannot be shorter than the screen's 16.7 ms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
SIZES = ((1024, 704), (2048, 2048), (4096, 4096), (8192, 8192))
SESSION = "django.contrib.auth.backends.ModelBackend"

PAN = """async (frames) => {
    const pane = document.querySelector(".pane");
    const box = pane.getBoundingClientRect();
    const send = (type, x, y) => pane.dispatchEvent(new PointerEvent(type, {
        clientX: box.left + x, clientY: box.top + y, pointerId: 1, button: 0, bubbles: true,
    }));
    pane.setPointerCapture = () => {};
    send("pointerdown", box.width / 2, box.height / 2);
    const times = [];
    let before = await new Promise(requestAnimationFrame);
    for (let frame = 1; frame <= frames; frame++) {
        const angle = frame / 20;
        send("pointermove", box.width / 2 + 200 * Math.sin(angle), box.height / 2 - 6 * frame);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - before);
        before = now;
    }
    send("pointerup", box.width / 2, box.height / 2);
    return times;
}"""


def scene(
    width: int, height: int, particles: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint8]]:
    """Make labels, heights and greys of half spheres on a grid."""
    cell = max(4, int(np.sqrt(width * height / particles)))
    columns = -(-width // cell)
    rows, cols = np.indices((height, width), dtype=np.int32)
    distance = np.hypot(rows % cell - cell / 2, cols % cell - cell / 2).astype(np.float32)
    inside = distance < 0.45 * cell
    labels = np.where(inside, (rows // cell) * columns + cols // cell + 1, 0).astype(np.uint16)
    rise = np.sqrt(np.clip(1 - (distance / (0.45 * cell)) ** 2, 0, 1))
    heights = (65535 * rise).astype(np.uint16)
    noise = np.random.default_rng(0).normal(0, 6, (height, width)).astype(np.float32)
    return labels, heights, (40 + 160 * rise + noise).clip(0, 255).astype(np.uint8)


def make_pairs(particles: int) -> tuple[dict[tuple[int, int], int], str]:
    """Put a pair of each size into the database; give their keys and a session's."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from accounts.models import User
    from core.files import bytes_store
    from runs.models import Pair, Run

    call_command("migrate", verbosity=0)
    user = User.objects.create(username="benchmark", is_superuser=True)
    scenes = Run.objects.create(owner=user, name="Scenes", stage="simulate", status="succeeded")
    run = Run.objects.create(owner=user, name="Images", stage="render", status="succeeded")
    found = {}
    for number, (width, height) in enumerate(SIZES):
        files = [
            bytes_store(cv2.imencode(".png", array)[1].tobytes(), media_type="image/png")
            for array in scene(width, height, particles)
        ]
        found[width, height] = Pair.objects.create(
            run=run, number=number, generator="render", scene_run=scenes, scene_index=number,
            labels=files[0], height=files[1], image=files[2],
            width_px=width, height_px=height, nm_per_px=7.0, top_nm=400.0,
        ).pk  # fmt: skip
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = SESSION
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return found, str(session.session_key)


@contextmanager
def served(port: int) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--threads", "4", "--log-level", "warning"])
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1)  # noqa: S310
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def measure(browser: Browser, address: str, session: str, pair: int, frames: int) -> list[Any]:
    """Give seconds until both panes are there, and the milliseconds of each frame of a drag."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(f"{address}/compare/{pair}/?contours=1&x=600&y=600&z=1")
    page.locator("[data-tools]").wait_for(timeout=120_000)
    ready = time.perf_counter() - begin
    page.wait_for_timeout(1000)
    times = page.evaluate(PAN, frames)
    context.close()
    return [ready, times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8160)
    parser.add_argument("--frames", type=int, default=180)
    parser.add_argument("--particles", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home:
        os.environ["SEMBLANCE_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
        sys.path += [str(ROOT), str(ROOT / "platform")]
        import django

        django.setup()
        pairs, session = make_pairs(asked.particles)
        chromium = shutil.which("chromium") or shutil.which("chrome")
        print(f"{asked.particles} particles, contours on, two linked panes, {asked.frames} frames")
        print(f"{'size':>12} {'ready s':>8} {'median ms':>10} {'p95 ms':>7} {'most ms':>8}")
        with served(asked.port) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            for (width, height), pair in pairs.items():
                ready, times = measure(browser, address, session, pair, asked.frames)
                print(
                    f"{width:5} x {height:4} {ready:8.2f} {statistics.median(times):10.1f} "
                    f"{np.percentile(times, 95):7.1f} {max(times):8.1f}"
                )
            browser.close()


if __name__ == "__main__":
    main()
