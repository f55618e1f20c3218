"""A folder of micrographs with masks, and a tour small enough to be run in a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from runs.local import run_here
from runs.models import Run, Status
from runs.sweeper import sweep

WIDTH, HEIGHT = 192, 144


def micrographs(root: Path, *, count: int = 4) -> Path:
    """Write `count` images of bright discs, and their masks in a folder beside them."""
    rows, columns = np.indices((HEIGHT, WIDTH))
    for number in range(count):
        rng = np.random.default_rng(number)
        image, mask = rng.normal(50, 10, rows.shape), np.zeros(rows.shape, np.uint8)
        for row, column in rng.uniform((20, 20), (HEIGHT - 20, WIDTH - 20), (8, 2)):
            disc = (rows - row) ** 2 + (columns - column) ** 2 < 12**2
            image[disc] = rng.normal(180, 10, disc.sum())
            mask[disc] = 255
        for folder, pixels in (("images", image.clip(0, 255).astype(np.uint8)), ("masks", mask)):
            path = root / folder / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)
    return root


def work_until_idle() -> list[Run]:
    """Do what workers do: run whatever is queued, and sweep, until nothing is."""
    done = []
    while (run := Run.objects.filter(status=Status.QUEUED).order_by("pk").first()) is not None:
        done.append(run_here(run))
        sweep()
    return done
