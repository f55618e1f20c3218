"""A child process that makes scenes one after another and reports each as a line of JSON.

Started by `pipeline.simulate.crew` as ``python -m pipeline.simulate.worker``. It ends when its
standard input closes. Blender writes to standard output from C, so that the reports get a
descriptor of their own and everything else goes to standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import codec, contracts
from pipeline.contracts import SimulateSpec
from pipeline.errors import StageStopped
from pipeline.guardian import die_with_parent, guarded

_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a child says of a scene; `errno` is 0 unless the system refused something."""

    scene: int
    state: Literal["begun", "done", "broken"]
    seconds: float = 0.0
    peak_mb: float = 0.0
    reason: str = ""
    errno: int = 0


def main() -> int:
    """Make the scenes that the command line names; stop at the first that breaks."""
    die_with_parent()
    parser = argparse.ArgumentParser()
    parser.add_argument("--spec", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("scenes", type=int, nargs="+")
    asked = parser.parse_args()
    spec = contracts.spec_from_json(asked.spec)
    if not isinstance(spec, SimulateSpec):
        raise TypeError(f"{spec.stage} is not simulate")
    with os.fdopen(os.dup(1), "w", buffering=1) as lines:
        os.dup2(2, 1)
        try:
            with guarded():
                return _make(
                    spec,
                    asked.scenes,
                    out=asked.out,
                    threads=asked.threads,
                    tell=lambda report: print(codec.dump_line(report), file=lines),
                )
        except StageStopped as stopped:
            return stopped.exit_code


def _make(
    spec: SimulateSpec,
    scenes: list[int],
    *,
    out: Path,
    threads: int,
    tell: Callable[[Report], None],
) -> int:
    from pipeline.simulate import blender, truth  # a second or two: guarded already
    from pipeline.simulate.scene import plan_scene

    for index in scenes:
        tell(Report(scene=index, state="begun"))
        started = time.monotonic()
        _forget_peak_memory()
        try:
            plan = plan_scene(spec, index)
            settled = blender.drop(plan, limit_s=spec.fall_limit_s)
            views = blender.view(plan, settled, edges=spec.edges, threads=threads)
            truth.write_scene(out, plan, settled, views)
        except StageStopped:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this scene only
            traceback.print_exc()
            number = error.errno if isinstance(error, OSError) and error.errno else 0
            reason = f"{type(error).__name__}: {error}"
            tell(Report(scene=index, state="broken", reason=reason, errno=number))
            return _FAILED
        seconds = time.monotonic() - started
        tell(Report(scene=index, state="done", seconds=seconds, peak_mb=_peak_memory_mb()))
    return 0


def _forget_peak_memory() -> None:
    """Let the kernel count the peak from now on, where it can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak_memory_mb() -> float:
    """Return the peak of the resident memory, in MB of 10^6 bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    sys.exit(main())
