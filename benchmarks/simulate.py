"""Seconds and peak memory of a simulated scene, by shape, with and without edges.

``python benchmarks/simulate.py`` makes one scene of each arrangement for every row, in one process
of one thread. Ratios are against spheres without edges in the same run: seconds depend on the
machine and on what else it does, ratios much less.
"""

import argparse
import dataclasses
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from pipeline.contracts import Event, Metric, Shape, SimulateSpec
from pipeline.runner import run_stage

SHAPES: tuple[Shape, ...] = ("sphere", "cube", "short_rod", "long_rod", "grain")


def measure(spec: SimulateSpec) -> dict[str, list[float]]:
    """Return the values of each metric that the stage tells, one a scene."""
    values: dict[str, list[float]] = defaultdict(list)

    def listen(event: Event) -> None:
        if isinstance(event, Metric):
            values[event.name].append(event.value)

    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as scratch:
        result = run_stage(spec, Path(scratch) / "out", emit=listen)
        values["never_rested"] = [result.metrics["never_rested"] / result.metrics["scenes"]]
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--particles", type=int, default=300)
    parser.add_argument("--scenes", type=int, default=4, help="scenes a row")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{asked.particles} particles, 1024 x 704 px, {asked.scenes} scenes a row")
    print(
        f"{'shape':10} {'edges':5} {'median s':>9} {'most s':>7} {'ratio':>6} {'peak MB':>8} "
        f"{'restless':>8}"
    )
    reference = None
    base = SimulateSpec(
        seed=asked.seed,
        scenes=asked.scenes,
        particles=(asked.particles, asked.particles),
        threads=1,
    )
    for shape in SHAPES:
        for edges in (False, True):
            values = measure(dataclasses.replace(base, shapes=(shape,), edges=edges))
            seconds = statistics.median(values["seconds_per_scene"])
            reference = reference or seconds
            print(
                f"{shape:10} {'yes' if edges else 'no':5} {seconds:9.2f} "
                f"{max(values['seconds_per_scene']):7.2f} {seconds / reference:6.2f} "
                f"{max(values['peak_memory_mb']):8.0f} {values['never_rested'][0]:8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
