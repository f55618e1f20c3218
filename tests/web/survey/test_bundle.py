"""The bundle of a closed study: it computes itself anew and notices what was changed."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from survey.export.recompute import cells_of, differences, promise_differences
from tests.web.survey.closing import analysed, bundled
from tests.web.survey.everything import closed_with_everything

pytestmark = pytest.mark.django_db


_made: list[bytes] = []  # it takes seconds and is the same each time, so once a process is enough


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The bundle of a study with everything, unpacked where a test may change it."""
    if not _made:
        study = closed_with_everything()
        analysed(study)
        _made.append(bundled(study))
    with zipfile.ZipFile(io.BytesIO(_made[0])) as archive:
        archive.extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def run_alone(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the bundle with nothing of this project at hand."""
    return subprocess.run(
        [sys.executable, "-I", *command], capture_output=True, text=True, check=False, timeout=120
    )


def recomputed(bundle: Path) -> subprocess.CompletedProcess[str]:
    return run_alone(str(bundle / "analysis" / "recompute.py"))


def names_below(folder: Path, ending: str) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob(f"*{ending}")}


def test_the_script_computes_the_same_figures_without_django(bundle: Path) -> None:
    ran = recomputed(bundle)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "All figures agree." in ran.stdout
    for ending in (".svg", ".csv"):
        drawn = names_below(bundle / "analysis" / "recomputed", ending)
        assert drawn == names_below(bundle / "figures", ending)
        assert {f"arms{ending}", f"reasons{ending}", f"regions{ending}"} < drawn
    code = "\n".join(path.read_text() for path in (bundle / "analysis").rglob("*.py"))
    assert not re.search(r"^\s*(import|from) django", code, re.MULTILINE)


def test_the_script_notices_a_changed_answer(bundle: Path) -> None:
    (table,) = (bundle / "data").glob("*answers_data.csv")
    text = table.read_text()
    table.write_text(text.replace(",real,1,", ",artificial,1,", 3))
    ran = recomputed(bundle)
    assert ran.returncode == 1
    assert "Different at" in ran.stdout


def _one_digit(folder: Path) -> str:
    """A rate in the data of a figure is another."""
    path = folder / "raters.csv"
    rater, d_prime, rest = path.read_text().splitlines()[1].split(",", 2)
    changed = f"{rater},{float(d_prime) + 0.001},{rest}"
    path.write_text(path.read_text().replace(f"{rater},{d_prime},{rest}", changed))
    return "figures/raters.csv[1][1]: "


def _a_count_of_one_image(folder: Path) -> str:
    path = min((folder / "images").glob("*.csv"))
    head, first, *others = path.read_text().splitlines()
    path.write_text("\n".join([head, f"{first}0", *others]) + "\n")
    return f"figures/images/{path.name}[1][8]: "


def _a_row_less(folder: Path) -> str:
    path = folder / "reasons.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    return "figures/reasons.csv: "


def _a_file_less(folder: Path) -> str:
    (folder / "roc.csv").unlink()
    return "figures/roc.csv: is not in the bundle"


def _a_file_more(folder: Path) -> str:
    (folder / "extra.csv").write_text("a\n1\n")
    return "figures/extra.csv: was not recomputed"


@pytest.mark.parametrize(
    "tamper", [_one_digit, _a_count_of_one_image, _a_row_less, _a_file_less, _a_file_more]
)
def test_the_script_notices_changed_data_of_a_figure(
    bundle: Path, tamper: Callable[[Path], str]
) -> None:
    where = tamper(bundle / "figures")
    ran = recomputed(bundle)
    assert ran.returncode == 1
    assert "Different at 1 places:" in ran.stdout
    assert where in ran.stdout


def test_what_processors_round_differently_is_no_difference_and_words_are_compared_as_words() -> (
    None
):
    assert differences(cells_of("a\n0.3000000001\n"), cells_of("a\n0.3\n")) == []
    assert differences(cells_of("a\nnan\n"), cells_of("a\nnan\n")) == []
    assert differences(cells_of("a\n0.3\n"), cells_of("a\n0.31\n")) == [
        "[1][0]: 0.3, expected 0.31"
    ]
    assert differences(cells_of("a\n\n"), cells_of("a\n0\n")) != []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda told: told["plan"].update(margin=0.2), "options.margin[0]"),
        (lambda told: told["plan"].update(leave_out_could_know=False), "leave_out_could_know"),
        (lambda told: told.update(seed="1"), "options.seed"),
        (lambda told: told["stimuli"][0].update(truth="artificial"), "answers, image 1.truth"),
        (lambda told: told["stimuli"][0].update(served_sha256="0"), "image 1.served_sha256"),
    ],
)
def test_threat_15_the_script_compares_with_what_was_promised(
    bundle: Path, change: Callable[[dict[str, Any]], None], where: str
) -> None:
    study = json.loads((bundle / "analysis" / "study.json").read_text())
    document = json.loads((bundle / "protocol" / "document.json").read_text())
    tables = {name: (bundle / study[name]).read_text() for name in ("answers", "images")}
    assert promise_differences(study, document, tables) == []
    change(document)
    wrong = promise_differences(study, document, tables)
    assert any(where in line for line in wrong), wrong


def test_the_commitment_verifies(bundle: Path) -> None:
    folder = bundle / "protocol"
    ran = run_alone(
        str(folder / "verify.py"),
        str(folder / "document.json"),
        str(folder / "nonce.txt"),
        (folder / "commitment.txt").read_text().strip(),
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "verified")


def test_the_crate_gives_every_file_of_the_bundle_its_size_and_its_hash(bundle: Path) -> None:
    graph = json.loads((bundle / "ro-crate-metadata.json").read_text())["@graph"]
    told = {
        entry["@id"]: (entry["sha256"], entry["contentSize"])
        for entry in graph
        if entry["@type"] == "File"
    }
    files = {
        str(path.relative_to(bundle)): path.read_bytes()
        for path in bundle.rglob("*")
        if path.is_file() and path.name != "ro-crate-metadata.json"
    }
    assert told == {
        path: (hashlib.sha256(content).hexdigest(), str(len(content)))
        for path, content in files.items()
    }
