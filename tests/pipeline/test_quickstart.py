"""The quickstart in its smallest form: every stage really runs, and the report shows it."""

from __future__ import annotations

import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import command_line, files, layout
from pipeline.contracts import (
    CycleGanTrainSpec,
    Event,
    Progress,
    QuickstartSpec,
    SegmentPredictSpec,
)
from pipeline.errors import InputRefused, SpecRefused, StageFailed
from pipeline.quickstart import figures, plan, report
from pipeline.quickstart.steps import run_step
from pipeline.runner import StageContext, run_stage

SMALL: dict[str, Any] = {
    "scenes": 3,
    "particles": (12, 12),
    "width_px": 256,
    "height_px": 256,
}


class _Links(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note sources, links, and whatever a strict content policy forbids."""
        for name, value in attrs:
            if name in ("src", "href") and value:
                self.found.append(value)
            self.inline += name == "style" or name.startswith("on")
        self.inline += tag in ("style", "script")


def test_a_folder_that_does_not_exist_is_refused_before_anything_is_simulated(
    tmp_path: Path,
) -> None:
    spec = QuickstartSpec(real=str(tmp_path / "nowhere"))
    with pytest.raises(InputRefused, match="nowhere: is not a folder"):
        run_stage(spec, tmp_path / "out", emit=lambda event: None)
    assert not (tmp_path / "out" / plan.SCENES).exists()


def test_without_learning_from_real_images_none_is_named_before_the_measuring(
    tmp_path: Path,
) -> None:
    spec = QuickstartSpec(real="/real/images", truth="/real/masks")
    for step in plan.training_steps(spec, tmp_path):
        assert "/real" not in str(step.spec)
    before_scores = plan.measuring_steps(spec, tmp_path, images=spec.real, truth=spec.truth)[0]
    assert isinstance(before_scores.spec, SegmentPredictSpec)
    assert spec.truth not in str(before_scores.spec)


def test_the_paper_s_generator_is_trained_on_the_real_images(tmp_path: Path) -> None:
    spec = QuickstartSpec(real="/real/images", truth="/real/masks", generator="paper")
    steps = plan.training_steps(spec, tmp_path)
    (gan,) = (s.spec for s in steps if isinstance(s.spec, CycleGanTrainSpec))
    assert gan.real == spec.real
    assert all("/real/masks" not in str(step.spec) for step in steps)


def test_the_paper_s_generator_needs_real_images() -> None:
    with pytest.raises(SpecRefused, match="real: the paper's CycleGAN learns from real"):
        QuickstartSpec(generator="paper")


def test_a_failing_step_is_named_with_its_own_sentence(tmp_path: Path) -> None:
    spec = QuickstartSpec(real=str(tmp_path))
    context = StageContext(tmp_path / "out", threads=1, emit=lambda event: None)
    (step,) = plan.measuring_steps(spec, tmp_path / "out", images=spec.real, truth="")
    with pytest.raises(StageFailed, match=r"Segment and measure: .*holds no images"):
        run_step(step, context, position="1/1")


@pytest.mark.slow
@pytest.mark.blender
def test_without_real_images_the_whole_way_ends_in_a_report(tmp_path: Path) -> None:
    out = tmp_path / "out"
    spec = QuickstartSpec(seed=3, variants=1, segment_steps=2, threads=1, **SMALL)
    events: list[Event] = []
    result = run_stage(spec, out, emit=events.append)
    assert {artifact.role for artifact in result.artifacts} == {"report"}
    assert "evaluate/images" in result.metrics
    phases = {e.phase.partition(":")[0] for e in events if isinstance(e, Progress)}
    assert len(phases) == 7
    assert "1/7 Drop particles" in phases

    text = (out / report.REPORT).read_text()
    page = _Links()
    page.feed(text)
    assert page.inline == 0
    pictures = [link for link in page.found if not link.startswith("#")]
    assert len(pictures) > 3 * SMALL["scenes"]
    for link in pictures:
        assert (out / link).is_file(), link
    assert "No real micrographs were given" in text
    assert "semblance quickstart" in text

    again: list[Event] = []
    run_stage(spec, out, emit=again.append)
    assert not [e for e in again if isinstance(e, Progress)]


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    image = np.full((300, 1000), 90, np.uint8)
    drawn = figures.with_scale_bar(image, nm_per_px=7.0)
    longest = max(int((row == 255).sum()) for row in drawn)
    assert longest == round(1000 / 7.0)  # 1 um
    assert (image == 90).all()


def test_a_chart_is_written_as_svg(tmp_path: Path) -> None:
    chart = figures.size_histogram(pd.Series(np.array([100.0, 120.0, 130.0])), None, unit="nm")
    path = figures.write_svg(tmp_path / "sizes.svg", chart)
    assert "equivalent diameter / nm" in path.read_text()


def test_what_is_true_of_many_images_is_said_once() -> None:
    warnings = ("a.tif: palette resolved", "b.tif: palette resolved", "c.tif: 16 bit", "No sizes")
    said = report.grouped(warnings)
    assert said == ["2 images: palette resolved", "c.tif: 16 bit", "No sizes"]


def test_the_command_of_a_report_repeats_the_run() -> None:
    spec = QuickstartSpec(real="my images", seed=4, particles=(5, 9), generator="paper", rows=704)
    command = report.command(spec)
    assert "'my images'" in command
    asked = command_line.asked(shlex.split(command)[1:])
    assert not isinstance(asked, str)
    assert asked[0] == spec
    assert report.command(QuickstartSpec()) == "semblance quickstart"


def test_layout_and_files_agree_on_part_folders(tmp_path: Path) -> None:
    folder = layout.scene_folder(tmp_path, 3)
    with pytest.raises(RuntimeError), files.folder_in_one_piece(folder) as part:
        (part / layout.TRUTH).write_text("{}")
        raise RuntimeError
    assert list(folder.parent.iterdir()) == []
    with files.folder_in_one_piece(folder) as part:
        (part / layout.TRUTH).write_text("{}")
    assert layout.scene_folders(str(tmp_path)) == [folder]
