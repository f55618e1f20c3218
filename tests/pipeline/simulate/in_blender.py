"""Runs Blender in a process of its own, so that no test process ever loads bpy."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from pipeline.simulate.scene import ScenePlan
from pipeline.simulate.settled import Settled, Views


def drop_and_view(
    plan: ScenePlan, *, limit_s: float = 12.0, edges: bool = True
) -> tuple[Settled, Views]:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_drop_and_view, plan, limit_s, edges).result(timeout=300)


def _drop_and_view(plan: ScenePlan, limit_s: float, edges: bool) -> tuple[Settled, Views]:
    from pipeline.simulate import blender

    settled = blender.drop(plan, limit_s=limit_s)
    return settled, blender.view(plan, settled, edges=edges, threads=1)
