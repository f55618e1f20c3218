"""Train the paper's CycleGAN on height maps and unpaired real micrographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import checkpoints, compute
from pipeline.translate.cyclegan.crops import MatchedCrops
from pipeline.translate.cyclegan.curves import Curves
from pipeline.translate.cyclegan.infer import WEIGHTS, save_generator
from pipeline.translate.cyclegan.model import CycleGan
from pipeline.translate.cyclegan.samples import FOLDER, FixedScenes
from pipeline.translate.cyclegan.sources import read_sources

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from pipeline.contracts import CycleGanTrainSpec
    from pipeline.runner import StageContext
    from pipeline.translate.cyclegan.sources import Sources

TELL_EVERY = 10  # steps; metrics in between are in history.csv


def run(spec: CycleGanTrainSpec, context: StageContext) -> None:
    """Train, resume where a checkpoint lies, and write the generator.

    Writes ``generator.safetensors`` (height map to SEM), ``history.csv``, ``score.png`` and
    ``samples/step-NNNNNNN.png`` (height map | SEM | back to height map).
    """
    device = compute.configure(spec, context)
    sources = read_sources(spec, context)
    context.log(f"{len(sources.heights)} height maps, {len(sources.real)} real images.")
    Training(spec, context, sources, device).to_the_end()


class Training:
    """A training with its position, as it is checkpointed."""

    def __init__(
        self,
        spec: CycleGanTrainSpec,
        context: StageContext,
        sources: Sources,
        device: torch.device,
    ) -> None:
        self.spec = spec
        self.context = context
        self.device = device
        self.nm_per_px = sources.nm_per_px
        self.model = CycleGan(spec, device)
        self.crops = MatchedCrops(sources, spec)
        self.curves = Curves(steps=spec.steps, window=spec.stop_window)
        self.fixed = FixedScenes(spec)
        self.step = 0
        self.stopped = False

    def to_the_end(self) -> None:
        """Take up the checkpoint, train the steps that are left, write the results."""
        self._resume()
        while self.step < self.spec.steps and not self.stopped:
            self._advance()
            last = self.step == self.spec.steps or self.stopped
            if last or self.step % self.spec.sample_every == 0:
                self._show()
            if last or self.step % self.spec.checkpoint_every == 0:
                checkpoints.save_checkpoint(self.context.out, self._state())
        self._finish()

    def _advance(self) -> None:
        height, sem = self.crops.draw()
        values = self.model.train_step(height, sem, step=self.step)
        self.step += 1
        self.curves.add(self.step, values)
        self.stopped = self._judged_realistic()
        if self.step % TELL_EVERY == 0 or self.step == self.spec.steps:
            self.context.progress(self.step, self.spec.steps, unit="steps", phase="training")
            for name, value in values.items():
                self.context.metric(name, value, step=self.step)

    def _judged_realistic(self) -> bool:
        """Whether the generator's images pass as real (the paper, 2.3: then training ends)."""
        score = self.curves.mean_score()
        return (
            self.spec.stop_score is not None and score is not None and score > self.spec.stop_score
        )

    def _show(self) -> None:
        path = self._sample_path()
        self.fixed.write(self.model, path, self.device)
        self.context.sample(path, "Height map, SEM image, back to height map", step=self.step)
        self.curves.write(self.context.out)

    def _sample_path(self) -> Path:
        return self.context.out / FOLDER / f"step-{self.step:07d}.png"

    def _finish(self) -> None:
        out, context = self.context.out, self.context
        weights = save_generator(
            out / WEIGHTS, self.model.height_to_sem, self.spec, nm_per_px=self.nm_per_px
        )
        table, chart = self.curves.write(out)
        context.sample(chart, "The discriminator's score on real and generated images")
        for path, role in (
            (weights, "generator"),
            (table, "training-curves"),
            (chart, "score-chart"),
            *((path, "sample") for path in sorted((out / FOLDER).glob("step-*.png"))),
        ):
            context.artifact(path, role)
        context.metrics |= {f"last_{name}": v for name, v in self.curves.last_means().items()}
        context.metrics["steps"] = float(self.step)
        if self.stopped:
            context.metrics["stopped_at_step"] = float(self.step)
            context.log(f"Stopped after {self.step} steps: the discriminator takes it for real.")
        digest = checkpoints.weights_hash(self.model.height_to_sem.state_dict())
        context.log(f"Generator's weights: SHA-256 {digest}.")

    def _state(self) -> dict[str, object]:
        return {
            "step": self.step,
            "stopped": self.stopped,
            "model": self.model.state_dict(),
            "crops": self.crops.state_dict(),
            "curves": self.curves.state_dict(),
        }

    def _resume(self) -> None:
        state = checkpoints.load_checkpoint(self.context.out)
        if state is None:
            return
        self.step, self.stopped = state["step"], state["stopped"]
        self.model.load_state_dict(state["model"])
        self.crops.load_state_dict(state["crops"])
        self.curves.load_state_dict(state["curves"])
        self.context.log(f"Going on after step {self.step}.")
