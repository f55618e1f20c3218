"""The stage `render`: every scene of a folder becomes some artificial SEM images.

Writes ``images/NNNNN-V.png`` for scene N and variant V, ``pairs.json``, and for the first scenes
``samples/NNNNN.png`` with the height map on the left. What is there already is kept, so a run that
was stopped goes on.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import tifffile

from pipeline import files, layout
from pipeline.contracts import Pair, PairList, RenderSpec
from pipeline.errors import InputRefused, SemblanceError
from pipeline.runner import StageContext, require_folder
from pipeline.translate import parameters
from pipeline.translate.fields import Field
from pipeline.translate.geometry import geometry_of
from pipeline.translate.holder import draw_kind
from pipeline.translate.render import render

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAMPLES = 50  # scenes that are shown; a hundred thousand would bury the images themselves
_BROKEN = (OSError, ValueError, SemblanceError, tifffile.TiffFileError, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What came of one scene."""

    folder: Path
    pairs: tuple[Pair, ...] = ()
    sample: Path | None = None
    foreground: float = 0.0
    refused: str = ""


def run(spec: RenderSpec, context: StageContext) -> None:
    """Render `spec.variants` images of each scene.

    Raises
    ------
    InputRefused
        The folder holds no scene that can be read.
    """
    require_folder(spec.scenes, what="scenes of `semblance simulate`")
    folders = layout.scene_folders(spec.scenes)
    pairs: list[Pair] = []
    covered: list[float] = []
    with _pool(context.threads) as pool:
        jobs = [pool.submit(_scene, folder, spec, context.out) for folder in folders]
        for number, job in enumerate(jobs, start=1):
            done = job.result()
            if done.refused:
                context.refuse(done.folder.name, done.refused)
            else:
                pairs += done.pairs
                covered.append(done.foreground)
            if done.sample and number <= _SAMPLES:
                context.sample(done.sample, f"scene {done.folder.name}: height map and image")
            context.progress(number, len(folders), unit="scenes", phase="render")
    if not pairs:
        raise InputRefused(
            spec.scenes, "holds no scene that can be read; simulate the scenes again."
        )
    for pair in pairs:
        context.artifact(context.out / pair.image, "image")
    listed = PairList(generator="render", pairs=tuple(pairs))
    context.artifact(layout.write_pairs(context.out, listed), "pairs")
    context.metrics |= {
        "images": float(len(pairs)),
        "foreground_part": round(float(np.mean(covered)), 6),
    }


@contextmanager
def _pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Give a pool in which OpenCV keeps to one thread a scene; what waits is dropped at a stop."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    pool = ThreadPoolExecutor(max_workers=max(threads, 1))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        cv2.setNumThreads(before)


def _scene(folder: Path, spec: RenderSpec, out: Path) -> _Done:
    try:
        height_nm, labels, nm_per_px = _read(folder)
    except _BROKEN as error:
        return _Done(folder=folder, refused=f"{error}; simulate it again")
    images = [
        out / layout.IMAGES / f"{folder.name}-{variant}.png" for variant in range(spec.variants)
    ]
    missing = not all(image.is_file() for image in images)
    scene = geometry_of(height_nm, labels, nm_per_px) if missing else None
    pairs = []
    for variant, image in enumerate(images):
        # A seed of its own for each image: no order of work can change what it shows.
        seeds = np.random.SeedSequence([spec.seed, int(folder.name), variant])
        rng = np.random.default_rng(seeds)
        drawn = parameters.draw(spec, rng) | {"holder_kind": float(draw_kind(rng))}
        if scene is not None and not image.is_file():
            files.write_png(image, render(scene, drawn, rng))
        pairs.append(layout.pair(out, image=image, scene=folder, parameters=drawn))
    return _Done(
        folder=folder,
        pairs=tuple(pairs),
        sample=_write_sample(out / "samples" / f"{folder.name}.png", height_nm, images[0])
        if int(folder.name) < _SAMPLES
        else None,
        foreground=float((labels > 0).mean()),
    )


def _read(folder: Path) -> tuple[Field, NDArray[np.uint16], float]:
    scene = layout.Scene(folder=folder)
    truth, height_nm, labels = scene.truth(), scene.height_nm(), scene.labels()
    shape = (truth.height_px, truth.width_px)
    if height_nm.shape != shape or labels.shape != shape:
        raise ValueError(
            f"its height map {height_nm.shape} and labels {labels.shape} are not {shape} in size"
        )
    if not np.isfinite(height_nm).all():
        raise ValueError("its height map holds values that are not numbers")
    return height_nm, labels, truth.nm_per_px


def _write_sample(path: Path, height_nm: Field, image: Path) -> Path:
    if not path.is_file():
        shown = layout.read_image(image)
        scale = 255 / max(float(height_nm.max()), 1e-6)
        relief = np.clip(height_nm * np.float32(scale), 0, 255).astype(np.uint8)
        files.write_png(path, np.hstack([relief, shown]))
    return path
