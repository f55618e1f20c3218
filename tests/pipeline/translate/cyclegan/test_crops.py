from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from pipeline import files, layout
from pipeline.contracts import CycleGanTrainSpec, Event
from pipeline.errors import InputRefused
from pipeline.layout import Scene
from pipeline.runner import StageContext
from pipeline.translate.cyclegan import crops, sources
from pipeline.translate.cyclegan.crops import MatchedCrops, noisy, to_grey, to_network
from pipeline.translate.cyclegan.sources import Picture, Sources, read_sources, unit_height
from tests.pipeline.translate.cyclegan.toy import write_real, write_scenes
from tests.pipeline.translate.scenes import write_scene


def told(out: Path) -> tuple[StageContext, list[Event]]:
    events: list[Event] = []
    return StageContext(out, threads=1, emit=events.append), events


def spec_of(tmp_path: Path, **changes: object) -> CycleGanTrainSpec:
    fields = {"scenes": str(tmp_path / "scenes"), "real": str(tmp_path / "real"), "crop_px": 32}
    return CycleGanTrainSpec(**(fields | changes))  # type: ignore[arg-type]


def half_covered(shape: tuple[int, int]) -> Picture:
    """Return a picture whose right half is particle and 1, the left ground and 0."""
    shows = np.zeros(shape, bool)
    shows[:, shape[1] // 2 :] = True
    return sources._picture(shows.astype(np.float32), shows, 1)


def test_real_folder_without_a_usable_image_is_refused(tmp_path: Path) -> None:
    write_scenes(tmp_path / "scenes", count=1)
    files.write_text(tmp_path / "real" / "broken.png", "no image")
    context, _ = told(tmp_path)
    with pytest.raises(InputRefused, match="no image in it can be used"):
        read_sources(spec_of(tmp_path), context)


def test_broken_and_small_images_are_refused_by_name_and_the_rest_is_taken(tmp_path: Path) -> None:
    write_scenes(tmp_path / "scenes", count=1)
    write_real(tmp_path / "real", count=2)
    files.write_text(tmp_path / "real" / "broken.png", "no image")
    files.write_png(tmp_path / "real" / "small.png", np.zeros((40, 60), np.uint8))
    context, _ = told(tmp_path)
    found = read_sources(spec_of(tmp_path, crop_px=48), context)
    refused = {
        refusal.name: refusal.reason for refusal in context.result(spec_of(tmp_path)).refused
    }
    assert len(found.real) == 2
    assert set(refused) == {"broken.png", "small.png"}
    assert "60 x 40 px is smaller than the crops of 48 px" in refused["small.png"]


def test_scenes_smaller_than_the_crops_are_refused(tmp_path: Path) -> None:
    write_scenes(tmp_path / "scenes", count=1, shape=(40, 60))
    write_real(tmp_path / "real", count=1)
    context, _ = told(tmp_path)
    with pytest.raises(InputRefused, match="no scene in it can be used"):
        read_sources(spec_of(tmp_path, crop_px=48), context)


def test_height_map_is_divided_by_its_highest_point(tmp_path: Path) -> None:
    height = np.array([[0, 50], [100, 200]], np.float32)
    folder = write_scene(tmp_path, 0, height, np.zeros((2, 2), np.uint16))
    np.testing.assert_array_equal(unit_height(Scene(folder=folder)), [[0, 0.25], [0.5, 1]])


def test_height_map_of_an_empty_holder_is_0_everywhere(tmp_path: Path) -> None:
    folder = write_scene(tmp_path, 0, np.zeros((4, 4), np.float32), np.zeros((4, 4), np.uint16))
    assert not unit_height(Scene(folder=folder)).any()


def test_real_image_with_another_pixel_size_is_brought_to_the_scenes_scale(tmp_path: Path) -> None:
    import tifffile

    height = np.ones((64, 64), np.float32)
    write_scene(tmp_path / "scenes", 0, height, np.ones((64, 64), np.uint16), nm_per_px=10.0)
    (tmp_path / "real").mkdir()
    grey = np.random.default_rng(1).integers(0, 255, (100, 140), np.uint8)
    # 5 nm a pixel, stated as FEI microscopes state it.
    fei = "[Scan]\r\nPixelWidth=5e-09\r\nPixelHeight=5e-09\r\n"
    tifffile.imwrite(tmp_path / "real" / "a.tif", grey, extratags=[(34682, "s", 0, fei, True)])
    context, _ = told(tmp_path)
    found = read_sources(spec_of(tmp_path), context)
    assert found.real[0].pixels.shape == (50, 70)
    assert found.nm_per_px == 10.0


def test_pixels_of_images_without_a_pixel_size_are_taken_as_they_are(tmp_path: Path) -> None:
    write_scenes(tmp_path / "scenes", count=1)
    write_real(tmp_path / "real", count=1, shape=(70, 90))
    context, _ = told(tmp_path)
    found = read_sources(spec_of(tmp_path), context)
    original = cv2.imread(str(tmp_path / "real" / "0.png"), cv2.IMREAD_UNCHANGED)
    assert original is not None
    np.testing.assert_array_equal(np.rint(found.real[0].pixels * 255), original)
    assert found.nm_per_px is None


def test_more_images_than_memory_is_meant_for_are_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_PX", 2 * 64 * 80)
    write_scenes(tmp_path / "scenes", count=1)
    write_real(tmp_path / "real", count=5)
    context, _ = told(tmp_path)
    found = read_sources(spec_of(tmp_path), context)
    assert len(found.real) == 2
    assert context.result(spec_of(tmp_path)).warnings[0].startswith("2 of 5 real images are used")


def test_coverage_is_the_counted_part_of_a_square() -> None:
    shows = np.random.default_rng(3).random((20, 30)) < 0.3
    picture = sources._picture(shows.astype(np.float32), shows, 1)
    assert picture.coverage(4, 7, 9) == pytest.approx(shows[4:13, 7:16].mean())
    assert picture.coverage(0, 0, 20) == pytest.approx(shows[:20, :20].mean())
    assert picture.coverage(11, 21, 9) == pytest.approx(shows[11:20, 21:30].mean())


def test_particles_of_a_micrograph_are_found_by_brightness() -> None:
    rows, columns = np.mgrid[:64, :64]
    disc = (rows - 32) ** 2 + (columns - 32) ** 2 < 15**2
    grey = np.where(disc, 0.6, 0.2) + np.random.default_rng(2).normal(0, 0.03, (64, 64))
    found = sources._shows_particle(grey.astype(np.float32))
    assert (found & disc).sum() / (
        found | disc
    ).sum() > 0.85  # Li's threshold lies low: a rim of 1 px


def test_crops_of_both_sides_have_about_the_same_coverage(tmp_path: Path) -> None:
    both = Sources(heights=[half_covered((64, 256))], real=[half_covered((64, 256))], nm_per_px=1)
    draws = MatchedCrops(both, spec_of(tmp_path))
    means = [[float(side.mean()) for side in draws.draw()] for _ in range(200)]
    height, real = np.array(means).T / 2 + 0.5  # of these pictures the mean is the coverage
    assert np.corrcoef(height, real)[0, 1] > 0.9
    assert abs(height.mean() - real.mean()) < 0.05


def test_nearly_empty_crops_are_rare_but_not_gone(tmp_path: Path) -> None:
    mostly_empty = np.zeros((64, 1024), bool)
    mostly_empty[:, :64] = True
    picture = sources._picture(mostly_empty.astype(np.float32), mostly_empty, 1)
    both = Sources(heights=[picture], real=[picture], nm_per_px=None)
    draws = MatchedCrops(both, spec_of(tmp_path))
    empty = np.mean([float(draws.draw()[1].max()) < 0 for _ in range(400)])
    # Of all places 93 % are empty; KEPT_EMPTY of them are taken.
    share = 0.93 * crops.KEPT_EMPTY
    assert empty == pytest.approx(share / (share + 0.07), abs=0.12)


def test_crops_go_on_from_their_state_as_if_they_had_never_stopped(tmp_path: Path) -> None:
    both = Sources(heights=[half_covered((64, 99))], real=[half_covered((64, 99))], nm_per_px=1)
    first = MatchedCrops(both, spec_of(tmp_path, seed=1))
    second = MatchedCrops(both, spec_of(tmp_path, seed=2))
    first.draw()
    second.load_state_dict(first.state_dict())
    for one, other in zip(first.draw(), second.draw(), strict=True):
        assert torch.equal(one, other)


def test_height_maps_get_gaussian_noise_and_real_images_none(tmp_path: Path) -> None:
    flat = sources._picture(np.full((64, 64), 0.5, np.float32), np.ones((64, 64), bool), 1)
    both = Sources(heights=[flat], real=[flat], nm_per_px=1)
    height, real = MatchedCrops(both, spec_of(tmp_path, crop_px=64, batch=4)).draw()
    assert height.shape == real.shape == (4, 1, 64, 64)
    assert float(real.abs().max()) == 0
    assert float(height.std()) == pytest.approx(2 * 0.01, rel=0.05)  # [0, 1] became [-1, 1]


def test_noise_has_the_asked_spread_about_the_height() -> None:
    height = np.full((200, 200), 0.25, np.float32)
    result = noisy(height, sigma=0.01, random=np.random.default_rng(5))
    assert result.dtype == np.float32
    assert result.mean() == pytest.approx(0.25, abs=3e-4)
    assert result.std() == pytest.approx(0.01, rel=0.02)


def test_grey_levels_survive_the_way_to_the_network_and_back() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    np.testing.assert_array_equal(to_grey(to_network(grey.astype(np.float32) / 255)), grey)


def test_scene_that_lost_its_height_map_is_refused(tmp_path: Path) -> None:
    write_scenes(tmp_path / "scenes", count=2)
    write_real(tmp_path / "real", count=1)
    (layout.scene_folder(tmp_path / "scenes", 0) / layout.HEIGHT).unlink()
    context, _ = told(tmp_path)
    assert len(read_sources(spec_of(tmp_path), context).heights) == 1
    assert context.result(spec_of(tmp_path)).refused[0].name == "00000"
