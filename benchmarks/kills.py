"""How long a run takes to be taken up again after kill -9 of its worker, with the lease as shipped.

``python benchmarks/kills.py`` kills a worker at four points, with a second one beside it: the
message in the queue, fetched, the stage at work, and the work done but not stored. It prints when
the last process of the stage was gone, and when the run went on. Most of it is waiting: a lease is
30 s, and workers look round every 10 s. The stage is a stand-in that takes no time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from tests.backing import Files  # noqa: E402 - after the path
from tests.homes import copied, migrated  # noqa: E402
from tests.web.runs.lab import Lab, alive, kill, until  # noqa: E402

LEASE_S, SWEEP_S, LONGEST_S = 30, 10, 120.0


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(f"lease {LEASE_S} s, sweep {SWEEP_S} s\n{'killed':34} {'stage gone':>10} {'went on':>9}")
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as folder:
        template = migrated(Path(folder))
        for number, (name, point) in enumerate(POINTS.items()):
            home = copied(template, Path(folder) / str(number))
            lab = Lab(home, backing=Files(home), SEMBLANCE_LEASE_S=str(LEASE_S))
            try:
                gone_s, on_s = point(lab)
            finally:
                lab.close()
            print(f"{name:34} {gone_s:8.1f} s {on_s:7.1f} s", flush=True)


def queued(lab: Lab) -> tuple[float, float]:
    """The message is lost with the broker's file, the run was never begun."""
    lab.start()
    run = lab.start()
    first = lab.worker("first", stand_in="wait", sweep_s=SWEEP_S)
    lab.worker("second", sweep_s=SWEEP_S)
    return _after(lab, run, kill(first), starts=1)


def fetched(lab: Lab) -> tuple[float, float]:
    first = lab.worker("first", stand_in="wait", sweep_s=600)
    running = lab.start()
    until(lambda: lab.starts(running))
    run = lab.start()
    until(lambda: lab.backing.waiting() == 0)
    lab.worker("second", sweep_s=SWEEP_S)
    return _after(lab, run, kill(first), starts=1)


def at_work(lab: Lab) -> tuple[float, float]:
    first = lab.worker("first", stand_in="wait", sweep_s=SWEEP_S)
    run = lab.start()
    until(lambda: lab.starts(run))
    lab.worker("second", stand_in="wait", sweep_s=SWEEP_S)
    return _after(lab, run, kill(first), starts=2)


def not_stored(lab: Lab) -> tuple[float, float]:
    first = lab.worker("first", stand_in="many", sweep_s=SWEEP_S)
    run = lab.start()
    until(lambda: lab.status(run) == "storing")
    killed = kill(first)
    lab.worker("second", stand_in="many", sweep_s=SWEEP_S)
    return _after(lab, run, killed, starts=2)


def _after(lab: Lab, run: int, killed: float, *, starts: int) -> tuple[float, float]:
    """Seconds until no old stage lives, and until the run is begun the time that counts."""
    old = [pid for pid in lab.starts(run) if alive(pid)]
    until(lambda: not any(alive(pid) for pid in old), seconds=LONGEST_S)
    gone = time.monotonic() - killed
    until(lambda: len(lab.starts(run)) >= starts, seconds=LONGEST_S, what=lab)
    return gone, time.monotonic() - killed


POINTS: dict[str, Callable[[Lab], tuple[float, float]]] = {
    "with a message in the queue": queued,
    "with a message fetched": fetched,
    "while the stage works": at_work,
    "when done and not stored": not_stored,
}

if __name__ == "__main__":
    main()
