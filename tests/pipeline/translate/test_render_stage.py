from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import layout
from pipeline.codec import fields_of
from pipeline.contracts import Event, Progress, RenderSpec, Sample, StageResult
from pipeline.contracts.render_ranges import RenderRanges
from pipeline.errors import InputRefused, SpecRefused
from pipeline.runner import run_stage
from tests.pipeline.translate.scenes import random_spheres, write_scene

SHAPE = (96, 128)


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    root = tmp_path / "simulated"
    for index in range(3):
        write_scene(root, index, *random_spheres(SHAPE, 5 * index, seed=index))
    return root


def rendered(scenes: Path, out: Path, **fields: object) -> tuple[StageResult, list[Event]]:
    events: list[Event] = []
    spec = RenderSpec(scenes=str(scenes), **fields)  # type: ignore[arg-type]
    return run_stage(spec, out, emit=events.append), events


def images_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / layout.IMAGES).iterdir())}


def test_a_folder_without_scenes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputRefused, match="simulate"):
        rendered(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(InputRefused, match="not a folder"):
        rendered(tmp_path / "nowhere", tmp_path / "out2")


def test_a_range_turned_round_is_refused_by_name() -> None:
    with pytest.raises(SpecRefused, match="gamma"):
        RenderSpec(scenes="x", gamma=(1.2, 0.8))


@pytest.mark.parametrize("name", [layout.HEIGHT, layout.LABELS, layout.TRUTH])
def test_a_broken_scene_is_left_out_by_name_and_the_rest_taken(
    scenes: Path, tmp_path: Path, name: str
) -> None:
    broken = layout.scene_folder(scenes, 1) / name
    broken.write_bytes(broken.read_bytes()[:40])

    result, _ = rendered(scenes, tmp_path / "out")

    assert [refusal.name for refusal in result.refused] == ["00001"]
    assert list(images_of(tmp_path / "out")) == ["00000-0.png", "00002-0.png"]
    assert len(layout.read_pairs(str(tmp_path / "out"))) == 2


def test_a_scene_whose_labels_have_another_size_is_left_out(scenes: Path, tmp_path: Path) -> None:
    cv2.imwrite(str(layout.scene_folder(scenes, 2) / layout.LABELS), np.zeros((9, 9), np.uint16))
    result, _ = rendered(scenes, tmp_path / "out")
    assert "size" in result.refused[0].reason


def test_scenes_of_which_none_can_be_read_are_refused(scenes: Path, tmp_path: Path) -> None:
    for index in range(3):
        (layout.scene_folder(scenes, index) / layout.HEIGHT).unlink()
    with pytest.raises(InputRefused, match="no scene that can be read"):
        rendered(scenes, tmp_path / "out")


def test_each_scene_gets_its_images_and_the_values_drawn_for_them(
    scenes: Path, tmp_path: Path
) -> None:
    result, events = rendered(scenes, tmp_path / "out", variants=2)

    pairs = layout.read_pairs(str(tmp_path / "out"))
    assert [image.name for image, _, _ in pairs] == [
        f"{scene:05d}-{variant}.png" for scene in range(3) for variant in range(2)
    ]
    ranges = RenderRanges()
    for image, scene, pair in pairs:
        pixels = layout.read_image(image)
        assert pixels.dtype == np.uint8
        assert pixels.shape == SHAPE == scene.labels().shape
        for info in fields_of(RenderRanges):
            low, high = getattr(ranges, info.name)
            assert low <= pair.parameters[info.name] <= high
    assert {artifact.role for artifact in result.artifacts} == {"image", "pairs"}
    assert result.metrics["images"] == 6
    assert sum(isinstance(event, Sample) for event in events) == 3
    assert [e.done for e in events if isinstance(e, Progress)] == [1, 2, 3]


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(
    scenes: Path, tmp_path: Path
) -> None:
    rendered(scenes, tmp_path / "one", variants=2, seed=5, threads=1)
    rendered(scenes, tmp_path / "four", variants=2, seed=5, threads=4)
    rendered(scenes, tmp_path / "other", variants=2, seed=6, threads=4)

    one = images_of(tmp_path / "one")
    assert one == images_of(tmp_path / "four")
    other = images_of(tmp_path / "other")
    assert all(one[name] != other[name] for name in one)
    assert len(set(one.values())) == len(one)


def test_an_interrupted_run_goes_on_and_ends_with_the_same_images(
    scenes: Path, tmp_path: Path
) -> None:
    rendered(scenes, tmp_path / "out", variants=2)
    whole = images_of(tmp_path / "out")
    kept = tmp_path / "out" / layout.IMAGES / "00000-1.png"
    before = kept.stat().st_mtime_ns
    for gone in ("result.json", layout.PAIRS, "images/00000-0.png", "images/00002-1.png"):
        (tmp_path / "out" / gone).unlink()

    rendered(scenes, tmp_path / "out", variants=2)

    assert images_of(tmp_path / "out") == whole
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("info", fields_of(RenderRanges), ids=lambda info: info.name)
def test_both_ends_of_every_range_give_an_image(
    info: object, end: int, scenes: Path, tmp_path: Path
) -> None:
    name = info.name  # type: ignore[attr-defined]
    bound = getattr(RenderRanges(), name)[end]

    with np.errstate(invalid="raise", divide="raise", over="raise"):
        rendered(scenes, tmp_path / "out", **{name: (bound, bound)})

    image = layout.read_image(tmp_path / "out" / layout.IMAGES / "00002-0.png")
    assert image.dtype == np.uint8
    assert image.std() > 1
