"""Stage `quickstart`: every stage in turn, each a process of its own, then the report."""

from __future__ import annotations

from pathlib import Path

from pipeline import files, layout
from pipeline.contracts import QuickstartSpec
from pipeline.quickstart import plan
from pipeline.quickstart.report import Done, duration, write_report
from pipeline.quickstart.steps import run_step
from pipeline.runner import StageContext, require_folder

TRUTH = "4-held-out-truth"


def run(spec: QuickstartSpec, context: StageContext) -> None:
    """Run all stages into folders below OUT; a step that has ended is not run again.

    Raises
    ------
    InputRefused
        A folder that is named does not exist.
    StageFailed
        A step failed; its own sentence says why.
    """
    for name in (spec.real, spec.truth):
        if name:
            require_folder(name, what="micrographs or masks")
    out = context.out
    before = plan.training_steps(spec, out)
    if not spec.real:
        before += plan.held_out_steps(spec, out)
    total = len(before) + (2 if spec.truth or not spec.real else 1)
    done: list[Done] = []
    for step in before:
        done.append(_do(step, context, done, total))
    images, truth = spec.real, spec.truth
    if not spec.real:
        context.log("No real micrographs were named, so held-out simulated ones are measured.")
        images, truth = _held_out(out)
    for step in plan.measuring_steps(spec, out, images=images, truth=truth):
        done.append(_do(step, context, done, total))
    page = write_report(spec, out, done=done, truth=truth)
    context.artifact(page, "report")
    for result in (entry.result for entry in done):
        context.metrics.update({f"{result.stage}/{k}": v for k, v in result.metrics.items()})
        for refusal in result.refused:
            context.refuse(refusal.name, refusal.reason)
    context.log(f"Open {page}")


def _do(step: plan.Step, context: StageContext, done: list[Done], total: int) -> Done:
    position = f"{len(done) + 1}/{total}"
    result, seconds = run_step(step, context, position=position)
    context.log(f"{step.title}: {duration(seconds)}")
    return Done(step=step, result=result, seconds=seconds)


def _held_out(out: Path) -> tuple[str, str]:
    """Return folders of the held-out images and of their labels under the images' names."""
    truth = out / TRUTH
    for image, scene, _ in layout.read_pairs(str(out / plan.HELD_OUT)):
        files.write_png(truth / f"{image.stem}.png", scene.labels())
    return str(out / plan.HELD_OUT / layout.IMAGES), str(truth)
