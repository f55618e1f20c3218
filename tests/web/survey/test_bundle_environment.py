"""What the bundle says to install is all that its script loads, and enough to install it."""

from __future__ import annotations

import importlib.metadata
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from survey.export.bundle import PYTHONS, bundle_zip
from survey.export.recompute import differences
from tests.web.survey.closing import analysed, closed_from, matrix

pytestmark = pytest.mark.django_db

# As in an environment of its own: what is installed here beside the packages cannot be imported.
ALONE = """\
import importlib.abc, runpy, sys
class Others(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OTHERS:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Others())
for name in [name for name in sys.modules if name.partition(".")[0] in OTHERS]:
    del sys.modules[name]
sys.argv = ["recompute.py"]
runpy.run_path(SCRIPT, run_name="__main__")
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    study = closed_from(matrix("some")[:4])
    made = bundle_zip(study=study, analysis=analysed(study))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def with_their_requirements(names: Iterable[str]) -> set[str]:
    """Distributions and all that pip brings along with them here, by their normalised names."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = normalised(waiting.pop())
        if name in found:
            continue
        found.add(name)
        for line in importlib.metadata.requires(name) or ():
            asked = Requirement(line)
            if asked.marker is None or asked.marker.evaluate({"extra": ""}):
                waiting.append(asked.name)
    return found


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def run_with(bundle: Path, packages: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Run the script where only these packages and their requirements can be imported."""
    allowed = with_their_requirements(packages)
    own = {path.name for path in (bundle / "analysis").iterdir() if path.is_dir()}
    others = {
        module
        for module, owners in importlib.metadata.packages_distributions().items()
        if module not in own and not {normalised(owner) for owner in owners} & allowed
    }
    assert {"django", "celery", "krippendorff"} & others == {"django", "celery"}
    code = ALONE.replace("SCRIPT", repr(str(bundle / "analysis" / "recompute.py")))
    return subprocess.run(
        [sys.executable, "-I", "-c", code.replace("OTHERS", repr(others))],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_script_runs_with_the_packages_it_names_and_no_others(bundle: Path) -> None:
    text = (bundle / "analysis" / "requirements.txt").read_text()
    named = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    ran = run_with(bundle, named)
    assert ran.returncode == 0, ran.stderr
    assert "All figures agree." in ran.stdout
    without = run_with(bundle, [name for name in named if name != "vl-convert-python"])
    assert without.returncode != 0
    assert "No module named 'vl_convert'" in without.stderr


def test_the_pythons_that_it_names_are_those_that_its_packages_are_made_for(bundle: Path) -> None:
    """No network: which Pythons a package allows stands in its own metadata here."""
    said = f"Python {' or '.join(PYTHONS)}"
    for path in ("README.md", "analysis/recompute.py", "analysis/requirements.txt"):
        assert said in (bundle / path).read_text(), path
    text = (bundle / "analysis" / "requirements.txt").read_text()
    for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE):
        allowed = importlib.metadata.metadata(name)["Requires-Python"]
        for python in PYTHONS:
            asked = Requirement(f"python{allowed or ''}").specifier
            assert asked.contains(f"{python}.1"), (name, allowed)
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in PYTHONS


def test_a_missing_key_is_not_null() -> None:
    assert differences({"a": None}, {"a": None}) == []
    assert differences({}, {"a": None}) == ["a: is missing, expected None"]
    assert differences({"a": None}, {}) == ["a: None, expected nothing"]
    assert differences({"a": {"b": 1}}, {"a": {}}) == ["a.b: 1, expected nothing"]
