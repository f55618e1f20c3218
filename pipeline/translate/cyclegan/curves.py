"""The course of a training: kept for the checkpoint, written as CSV, drawn as a chart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from pipeline import files
from pipeline.translate.cyclegan.model import CURVES

CSV, CHART = "history.csv", "score.png"
MOST_ROWS = 20_000  # longer trainings keep every n-th step
MOST_POINTS = 100  # of the chart; each is a mean
SCORE = "score_on_generated"


class Curves:
    """Values of `CURVES` by step, and the mean score that the paper's stop rule looks at.

    Parameters
    ----------
    steps : int
        Steps of the whole training.
    window : int
        Steps over which the score is averaged.
    """

    def __init__(self, *, steps: int, window: int) -> None:
        self._every = math.ceil(steps / MOST_ROWS)
        self._window = window
        self._rows: list[list[float]] = []
        self._scores: list[float] = []

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Take the values of a step, counted from 1."""
        self._scores = [*self._scores, values[SCORE]][-self._window :]
        if step % self._every == 0:
            self._rows.append([float(step), *(values[name] for name in CURVES)])

    def mean_score(self) -> float | None:
        """Return the score's mean over the window, or None until the window is full."""
        if len(self._scores) < self._window:
            return None
        return math.fsum(self._scores) / self._window

    def last_means(self) -> dict[str, float]:
        """Return the mean of each curve over the last tenth of the training."""
        last = self._rows[-max(1, len(self._rows) // 10) :]
        return {
            name: math.fsum(row[place] for row in last) / len(last)
            for place, name in enumerate(CURVES, start=1)
        }

    def write(self, out: Path) -> tuple[Path, Path]:
        """Write `history.csv` and the chart of the discriminator's score, `score.png`."""
        lines = [",".join(("step", *CURVES))]
        lines += [",".join((f"{row[0]:.0f}", *(f"{v:.6g}" for v in row[1:]))) for row in self._rows]
        table = files.write_text(out / CSV, "\n".join(lines) + "\n")
        return table, files.write_bytes(out / CHART, self._chart_png())

    def _chart_png(self) -> bytes:
        import vl_convert

        from pipeline.translate.cyclegan.score_chart import score_chart

        return vl_convert.vegalite_to_png(score_chart(self._points()), scale=2.0)

    def _points(self) -> list[dict[str, float]]:
        """Return means over equal spans of steps, at most `MOST_POINTS` of them."""
        span = math.ceil(len(self._rows) / MOST_POINTS)
        places = [1 + CURVES.index(name) for name in (SCORE, "score_on_real")]
        points = []
        for start in range(0, len(self._rows), span):
            rows = self._rows[start : start + span]
            generated, real = (math.fsum(row[p] for row in rows) / len(rows) for p in places)
            points.append({"step": rows[-1][0], "generated": generated, "real": real})
        return points

    def state_dict(self) -> dict[str, Any]:
        """Return the state for a checkpoint."""
        return {
            "rows": torch.tensor(self._rows, dtype=torch.float64),
            "scores": torch.tensor(self._scores, dtype=torch.float64),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        self._rows = state["rows"].tolist()
        self._scores = state["scores"].tolist()
