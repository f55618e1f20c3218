"""The stage `simulate`: scenes made by child processes, whole folders kept, broken ones named."""

from __future__ import annotations

import contextlib

from pipeline import children, files, layout
from pipeline.contracts import SceneTruth, SimulateSpec
from pipeline.errors import StageFailed
from pipeline.runner import StageContext
from pipeline.simulate.crew import make_scenes
from pipeline.simulate.worker import Report

LOG = "blender.log"
_PHASE = "simulate"


def run(spec: SimulateSpec, context: StageContext) -> None:
    """Drop, settle and picture the scenes of `spec`; those already finished are kept.

    Raises
    ------
    StageFailed
        Not one scene could be made, or Blender does not start.
    """
    todo = [index for index in range(spec.scenes) if not _is_finished(context, index)]
    done = spec.scenes - len(todo)
    context.progress(done, spec.scenes, unit="scenes", phase=_PHASE)
    broken: list[Report] = []
    processes = max(1, min(context.threads, len(todo)))
    log = context.out / LOG
    with files.scratch_folder(context.out) as scratch:
        reports = make_scenes(
            spec,
            todo,
            out=context.out,
            processes=processes,
            threads=max(1, context.threads // processes),
            log=log,
            scratch=scratch,
        )
        with contextlib.closing(reports):
            for report in reports:
                done += 1
                _tell(report, context)
                if report.state == "broken":
                    broken.append(report)
                context.progress(done, spec.scenes, unit="scenes", phase=_PHASE)
    if len(broken) == spec.scenes:
        raise StageFailed(
            f"Not one of {spec.scenes} scenes could be made; the first {broken[0].reason}. "
            f"Blender's last words (all of them are in {log}):\n{children.last_lines(log)}"
        )
    if not broken:
        log.unlink(missing_ok=True)
    _sum_up(spec, context)


def _is_finished(context: StageContext, index: int) -> bool:
    return (layout.scene_folder(context.out, index) / layout.TRUTH).is_file()


def _tell(report: Report, context: StageContext) -> None:
    if report.state == "broken":
        context.refuse(f"scene {report.scene:05d}", report.reason)
        return
    context.metric("seconds_per_scene", report.seconds, step=report.scene)
    context.metric("peak_memory_mb", report.peak_mb, step=report.scene)
    picture = layout.scene_folder(context.out, report.scene) / layout.HEIGHT_PNG
    context.sample(picture, f"Height map of scene {report.scene:05d}", step=report.scene)


def _sum_up(spec: SimulateSpec, context: StageContext) -> None:
    """Note files and figures of all scenes, also of those that an earlier run made."""
    truths: list[SceneTruth] = []
    for index in range(spec.scenes):
        if not _is_finished(context, index):
            continue
        folder = layout.scene_folder(context.out, index)
        truth = layout.Scene(folder=folder).truth()
        truths.append(truth)
        for path in sorted(folder.iterdir()):
            context.artifact(path, path.stem)
        _warn(truth, context)
    seen = [p for truth in truths for p in truth.particles if p.visible_px]
    pixels = spec.width_px * spec.height_px * len(truths)
    context.metrics |= {
        "scenes": float(len(truths)),
        "particles": float(sum(len(truth.particles) for truth in truths)),
        "particles_seen": float(len(seen)),
        "foreground": sum(p.visible_px for p in seen) / pixels,
        "never_rested": float(sum(truth.never_rested for truth in truths)),
        "left_holder": float(sum(truth.left_holder for truth in truths)),
    }


def _warn(truth: SceneTruth, context: StageContext) -> None:
    total = len(truth.particles)
    if truth.never_rested:
        context.warn(
            f"scene {truth.index:05d}: {truth.never_rested} of {total} particles still moved "
            f"after {truth.fall_s:.1f} s; raise fall_limit_s if that matters."
        )
    if truth.left_holder:
        context.warn(
            f"scene {truth.index:05d}: {truth.left_holder} of {total} particles left the holder."
        )
