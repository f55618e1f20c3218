"""Kinds of differences on drawn particles, and the stage `compare-labels`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline import files
from pipeline.contracts import CompareLabelsSpec, Event
from pipeline.errors import InputRefused
from pipeline.evaluate.differences import compare
from pipeline.runner import run_stage

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def silent(event: Event) -> None:
    del event


def boxes(*filled: tuple[int, int, int, int]) -> NDArray[np.int32]:
    """Draw boxes (top, left, height, width) as labels 1, 2, 3 ..."""
    labels = np.zeros((100, 100), np.int32)
    for label, (top, left, height, width) in enumerate(filled, start=1):
        labels[top : top + height, left : left + width] = label
    return labels


# first                                   second
#  1 same                                  1
#  2 invented                              2 missed
#  3 covers two: merged                    3, 4
#  4, 5 lie in one: split                  5
#  6 outline                               6
FIRST = boxes(
    *[(5, 5, 10, 10), (5, 30, 10, 10), (30, 5, 10, 21)],
    *[(50, 5, 10, 10), (50, 15, 10, 10), (70, 5, 20, 20)],
)
SECOND = boxes(
    *[(5, 5, 10, 9), (5, 60, 10, 10), (30, 5, 10, 10), (30, 16, 10, 10)],
    *[(50, 5, 10, 20), (80, 15, 20, 20)],
)


def test_equal_labels_do_not_differ() -> None:
    compared = compare(FIRST, FIRST, match_iou=0.5)
    assert compared.differences == ()
    assert [pair.iou for pair in compared.same] == [1.0] * 6


def test_empty_labels_differ_by_all_of_the_other() -> None:
    empty = np.zeros_like(FIRST)
    assert {d.kind for d in compare(empty, SECOND, match_iou=0.5).differences} == {"missed"}
    assert {d.kind for d in compare(FIRST, empty, match_iou=0.5).differences} == {"invented"}
    assert compare(empty, empty, match_iou=0.5).differences == ()


def test_each_kind_of_difference_is_told_once_with_its_particles() -> None:
    compared = compare(FIRST, SECOND, match_iou=0.6)
    assert [(pair.first, pair.second) for pair in compared.same] == [(1, 1)]
    told = [(d.kind, d.first, d.second) for d in compared.differences]
    assert told == [
        ("missed", (), (2,)),
        ("invented", (2,), ()),
        ("merged", (3,), (3, 4)),
        ("split", (4, 5), (5,)),
        ("outline", (6,), (6,)),
    ]
    merged = compared.differences[2]
    assert merged.iou == pytest.approx(200 / 210)
    assert (merged.top_px, merged.left_px, merged.height_px, merged.width_px) == (30, 5, 10, 21)


def test_seen_from_the_other_side_merged_is_split_and_missed_invented() -> None:
    told = [(d.kind, d.first, d.second) for d in compare(SECOND, FIRST, match_iou=0.6).differences]
    assert ("merged", (5,), (4, 5)) in told
    assert ("split", (3, 4), (3,)) in told
    assert ("missed", (), (2,)) in told


def test_a_match_that_swallowed_a_smaller_one_is_merged_too() -> None:
    first, second = boxes((10, 10, 20, 26)), boxes((10, 10, 20, 20), (10, 30, 20, 6))
    compared = compare(first, second, match_iou=0.5)
    assert [(pair.first, pair.second) for pair in compared.same] == [(1, 1)]
    assert [(d.kind, d.second) for d in compared.differences] == [("merged", (1, 2))]


def test_labels_of_other_images_are_refused(tmp_path: Path) -> None:
    files.write_png(tmp_path / "a.png", FIRST.astype(np.uint16))
    files.write_png(tmp_path / "b.png", SECOND[:, :90].astype(np.uint16))
    spec = CompareLabelsSpec(first=str(tmp_path / "a.png"), second=str(tmp_path / "b.png"))
    with pytest.raises(InputRefused, match="not of one micrograph"):
        run_stage(spec, tmp_path / "out", emit=silent)


def test_the_stage_writes_matches_and_what_it_compared(tmp_path: Path) -> None:
    files.write_png(tmp_path / "a.png", FIRST.astype(np.uint16))
    mask = ((SECOND > 0) * 255).astype(np.uint8)
    files.write_png(tmp_path / "b.png", mask[:95])  # without the data bar
    spec = CompareLabelsSpec(
        first=str(tmp_path / "a.png"), second=str(tmp_path / "b.png"), nm_per_px=2.0
    )
    result = run_stage(spec, tmp_path / "out", emit=silent)
    told = json.loads((tmp_path / "out" / "matches.json").read_text())
    assert told["height_px"] == 95
    assert told["second_particles"] == 6
    assert told["figures"]["f1"] == result.metrics["f1"]
    assert {d["kind"] for d in told["differences"]} >= {"missed", "invented", "merged", "split"}
    assert (tmp_path / "out" / "second.png").is_file()
