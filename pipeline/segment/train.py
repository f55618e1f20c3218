"""Stage `segment-train`: the UNet++ learns artificial SEM images with exact labels.

A checkpoint holds the network, its running mean, the optimiser, the history and the step. Crops
and learning rate are functions of (seed, step), so a training that is killed and started again
ends with the same bits as one that was not.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import torch

from pipeline import checkpoints, compute, files
from pipeline.contracts import SegmentTrainSpec
from pipeline.segment import averaging, data, losses, model, overlay, validation

if TYPE_CHECKING:
    from pipeline.runner import StageContext

WEIGHTS, HISTORY, SAMPLES = "weights.safetensors", "history.csv", "samples"
_WEIGHT_DECAY = 1e-2
_LARGEST_GRADIENT = 5.0
_REPORT_EVERY = 10
# A validation is to cost a tenth of the training at most.
_VALIDATION_IMAGES = 4


class Training:
    """Everything that changes from step to step.

    Parameters
    ----------
    spec : SegmentTrainSpec
        What to train.
    device : torch.device
        Where the network is.
    """

    def __init__(self, spec: SegmentTrainSpec, device: torch.device) -> None:
        self.spec = spec
        self.device = device
        network = model.new_network(spec.features, seed=spec.seed)
        self.network = network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=spec.learning_rate, weight_decay=_WEIGHT_DECAY
        )
        self.step = 0
        self.history: list[dict[str, float]] = []

    def advance(self, images: list[data.LabelledImage]) -> dict[str, float]:
        """Do one step; return its losses."""
        spec = self.spec
        rate = averaging.learning_rate(self.step, steps=spec.steps, highest=spec.learning_rate)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        inputs, targets = data.draw_batch(
            images, seed=spec.seed, step=self.step, batch=spec.batch, crop_px=spec.crop_px
        )
        inputs = inputs.to(self.device, memory_format=torch.channels_last)
        targets = targets.to(self.device)
        with compute.autocast(self.device, spec.precision):
            heads = self.network.heads(inputs)
        loss, parts = losses.deep_losses(heads, targets)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _LARGEST_GRADIENT)
        self.optimiser.step()
        averaging.update_average(
            self.average.state_dict(), self.network.state_dict(), step=self.step
        )
        self.step += 1
        values = {f"{name}_loss": part.item() for name, part in parts._asdict().items()}
        return {"loss": loss.item(), **values}

    def save(self, out: Path) -> None:
        """Write the checkpoint and the history so far."""
        checkpoints.save_checkpoint(
            out,
            {
                "step": self.step,
                "network": self.network.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "history": self.history,
            },
        )
        table = pd.DataFrame(self.history)
        files.write_text(out / HISTORY, table.to_csv(index=False, float_format="%.6g"))

    def resume(self, out: Path) -> bool:
        """Go on from the checkpoint in `out`, if there is one."""
        state = checkpoints.load_checkpoint(out)
        if state is None:
            return False
        self.step, self.history = state["step"], state["history"]
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        return True


def run(spec: SegmentTrainSpec, context: StageContext) -> None:
    """Train, validate on held-out scenes, write `weights.safetensors`.

    Raises
    ------
    InputRefused
        A folder holds no pairs, or they show fewer than two scenes.
    """
    device = compute.configure(spec, context)
    images = data.read_split(spec.pairs, validation_part=spec.validation_part, seed=spec.seed)
    context.log(
        f"{len(images.training)} images to train on; {len(images.validation)} scenes held out."
    )
    training = Training(spec, device)
    if training.resume(context.out):
        context.log(f"Going on after step {training.step} of {spec.steps}.")
    shown = images.validation[:_VALIDATION_IMAGES]
    for row in _steps(training, images.training, context):
        if training.step % spec.validate_every == 0 or training.step == spec.steps:
            row |= _validate(training, shown, context)
        training.history.append(row)
        if training.step % spec.checkpoint_every == 0 or training.step == spec.steps:
            training.save(context.out)
    _finish(training, context)


def _steps(
    training: Training, images: list[data.LabelledImage], context: StageContext
) -> Iterator[dict[str, float]]:
    """Train to the end; give a row of the history after every step."""
    total = training.spec.steps
    for step in itertools.count(training.step):
        context.progress(step, total, unit="step", phase="train")
        if step == total:
            return
        row = {"step": float(step + 1), **training.advance(images)}
        if (step + 1) % _REPORT_EVERY == 0:
            context.metric("loss", row["loss"], step=step + 1)
        yield row


def _validate(
    training: Training, images: list[data.LabelledImage], context: StageContext
) -> dict[str, float]:
    score, found = validation.validate(
        training.average, images, precision=training.spec.precision, device=training.device
    )
    values = {
        "validation_iou": score.foreground_iou,
        "validation_f1": score.instance_f1,
    }
    for name, value in values.items():
        context.metric(name, value, step=training.step)
    picture = overlay.outlined(overlay.to_grey(images[0].inputs()), found[0])
    path = files.write_png(context.out / SAMPLES / f"{training.step:06d}.png", picture)
    context.sample(path, "Held-out scene with the particles found", step=training.step)
    return values


def _finish(training: Training, context: StageContext) -> None:
    state = training.average.state_dict()
    about = training.average.about() | {"steps": training.step, "seed": training.spec.seed}
    # Half precision halves the file and moved no score on EMPS by more than 0.001.
    path = checkpoints.save_weights(context.out / WEIGHTS, state, about=about, half=True)
    context.artifact(path, "weights")
    context.artifact(context.out / HISTORY, "history")
    for sample in sorted((context.out / SAMPLES).glob("*.png")):
        context.artifact(sample, "sample")
    last = training.history[-1]
    context.metrics.update({k: last[k] for k in ("validation_iou", "validation_f1")})
