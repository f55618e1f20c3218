"""Real stages, one after the other, with what lies in the storage only."""

import shutil

import pytest

from accounts.models import User
from catalog.hashes import distance
from runs import workspace
from runs.local import run_here
from runs.models import Pair, Status
from runs.services import InputRef, run_start

SMALL = {
    "scenes": 2,
    "particles": [4, 6],
    "width_px": 64,
    "height_px": 48,
    "nm_per_px": 20.0,
    "edges": False,
    "arrangements": ["scattered"],
}


@pytest.mark.blender
@pytest.mark.slow
def test_simulate_then_render_with_the_scenes_fetched_from_the_storage(analyst: User) -> None:
    scenes = run_start(owner=analyst, stage="simulate", spec=SMALL, seed=5)
    waiting = run_start(
        owner=analyst,
        stage="render",
        spec={"variants": 2},
        inputs=[InputRef("scenes", source_run=scenes)],
    )
    assert waiting.status == Status.WAITING

    run_here(scenes)
    assert scenes.status == Status.SUCCEEDED, scenes.problem
    waiting.refresh_from_db()
    assert waiting.status == Status.QUEUED
    assert scenes.artifacts.filter(role="height", path="scenes/00000/height.png").exists()
    assert [phase["ended_at"] is not None for phase in scenes.phases]

    shutil.rmtree(workspace.root())
    run_here(waiting)
    assert waiting.status == Status.SUCCEEDED, waiting.problem
    pairs = list(Pair.objects.filter(run=waiting))
    assert [(pair.scene_run_id, pair.scene_index) for pair in pairs] == [
        (scenes.pk, 0),
        (scenes.pk, 0),
        (scenes.pk, 1),
        (scenes.pk, 1),
    ]
    assert (pairs[0].width_px, pairs[0].height_px, pairs[0].nm_per_px) == (64, 48, 20.0)
    assert pairs[0].image != pairs[1].image
    assert pairs[0].height == pairs[1].height
    # What one scene looks like in two renderings is nearer than another scene in any.
    first, again, other, _ = (pair.phash for pair in pairs)
    assert distance(first, again) < distance(first, other)
    assert waiting.samples.exists()

    # The run after it needs the scenes that pairs.json names, two folders up.
    shutil.rmtree(workspace.root())
    train = run_start(
        owner=analyst,
        stage="segment-train",
        spec={"steps": 1},
        inputs=[InputRef("pairs", source_run=waiting)],
    )
    spec = workspace.prepare(train)
    assert f'"runs/{waiting.pk}/out"' in spec.read_text()
    named = workspace.out_folder(waiting) / f"../../{scenes.pk}/out/scenes/00001/height.tif"
    assert named.is_file()
