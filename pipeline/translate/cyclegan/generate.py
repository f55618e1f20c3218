"""Turn simulated scenes into artificial SEM images with a trained generator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import compute, files, layout
from pipeline.contracts import Pair, PairList
from pipeline.errors import InputRefused
from pipeline.layout import Scene
from pipeline.translate.cyclegan.crops import noisy
from pipeline.translate.cyclegan.infer import load_generator, translate
from pipeline.translate.cyclegan.samples import FOLDER, strip
from pipeline.translate.cyclegan.sources import SAME_SCALE, unit_height

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from pipeline.contracts import CycleGanGenerateSpec
    from pipeline.runner import StageContext

SAMPLES = 3


def run(spec: CycleGanGenerateSpec, context: StageContext) -> None:
    """Write ``images/NNNNN-V.png`` (uint8) for scene NNNNN and variant V, and ``pairs.json``.

    An image that is already there, from a run that was interrupted, is not made again.
    """
    device = compute.configure(spec, context)
    network, about = load_generator(spec.generator)
    scenes = [Scene(folder=folder) for folder in layout.scene_folders(spec.scenes)]
    _check_scale(scenes[0], about.get("nm_per_px"), context)
    work = _Work(spec=spec, context=context, network=network.to(device), device=device)
    pairs: list[Pair] = []
    for done, scene in enumerate(scenes):
        try:
            pairs += work.images_of(scene, shown=done < SAMPLES)
        except InputRefused as refusal:
            context.refuse(scene.folder.name, refusal.reason)
        context.progress(done + 1, len(scenes), unit="scenes", phase="translating")
    if not pairs:
        raise InputRefused(spec.scenes, "no scene in it can be used; the lines above say why.")
    listed = layout.write_pairs(context.out, PairList(generator="paper", pairs=tuple(pairs)))
    context.artifact(listed, "pairs")
    context.metrics["images"] = float(len(pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    spec: CycleGanGenerateSpec
    context: StageContext
    network: torch.nn.Module
    device: torch.device

    def images_of(self, scene: Scene, *, shown: bool) -> list[Pair]:
        """Make all images of a scene."""
        out = self.context.out
        height = unit_height(scene)
        pairs = []
        for variant in range(self.spec.variants):
            path = out / layout.IMAGES / f"{scene.folder.name}-{variant}.png"
            if not path.exists():
                files.write_png(path, self._translated(height, scene, variant))
            self.context.artifact(path, "image")
            parameters = {"noise_sigma": self.spec.noise_sigma, "variant": float(variant)}
            pairs.append(layout.pair(out, image=path, scene=scene.folder, parameters=parameters))
            if shown and variant == 0:
                self._show(height, path)
        return pairs

    def _translated(
        self, height: NDArray[np.float32], scene: Scene, variant: int
    ) -> NDArray[np.uint8]:
        # The scene's own number, so that a scene more or less does not change the others' images.
        random = np.random.default_rng((self.spec.seed, int(scene.folder.name), variant))
        return translate(
            self.network,
            noisy(height, sigma=self.spec.noise_sigma, random=random),
            device=self.device,
            precision=self.spec.precision,
        )

    def _show(self, height: NDArray[np.float32], image: Path) -> None:
        path = self.context.out / FOLDER / image.name
        files.write_png(path, strip(height, layout.read_image(image)))
        self.context.artifact(path, "sample")
        self.context.sample(path, "Height map and the SEM image made of it")


def _check_scale(scene: Scene, trained_nm_per_px: float | None, context: StageContext) -> None:
    nm_per_px = scene.truth().nm_per_px
    if trained_nm_per_px and abs(nm_per_px / trained_nm_per_px - 1) > SAME_SCALE:
        context.warn(
            f"The scenes have {nm_per_px:g} nm a pixel, the generator learned at "
            f"{trained_nm_per_px:g}: its texture will have the wrong size. Simulate at the same "
            "pixel size, or train again."
        )
