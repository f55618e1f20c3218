"""Seconds from `make run` until the first page: in an empty home, and again in the same one.

``python benchmarks/start.py`` starts the platform in a throw-away home with the environment that is
installed, asks for the sign-in page until it comes, and ends it as Ctrl-C does.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_S = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of starts in the same home")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home:
        first = until_a_page_comes(Path(home))
        again = sorted(until_a_page_comes(Path(home)) for _ in range(rounds))
    print(f"first page after {first:.1f} s in an empty home")
    print(f"after {again[len(again) // 2]:.1f} s in the same one (median of {rounds})")


def until_a_page_comes(home: Path) -> float:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "SEMBLANCE_HOME": str(home), "PORT": str(port)}
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"],  # noqa: S607 - as a person does
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.monotonic() - began > LONGEST_S:
                raise SystemExit("`make run` did not come up; try it by hand")
            time.sleep(0.02)
        return time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            return bool(page.status == 200)
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    main()
