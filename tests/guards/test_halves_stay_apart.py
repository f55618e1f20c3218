"""The pipeline knows no web framework and no queue; the web loads nothing that only a stage may."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.guards.imports import importers

APPS = {
    "accounts",
    "api",
    "catalog",
    "compare",
    "config",
    "core",
    "exchange",
    "review",
    "runs",
    "survey",
    "tour",
}
WEB = APPS | {"django", "rest_framework", "celery", "kombu"}
HEAVY = {"torch", "bpy", "cv2", "monai", "skimage"}
FIGURES = {
    "choix", "krippendorff", "numpy", "pandas", "rocrate", "scipy", "statsmodels", "typst",
    "vl_convert",
}  # fmt: skip
# All that the web may load of the pipeline.
CONTRACTS = ("pipeline.codec", "pipeline.contracts", "pipeline.errors")


def test_no_file_of_the_pipeline_imports_the_web() -> None:
    assert importers(ROOT / "pipeline", of=WEB) == []


@pytest.mark.parametrize(
    "line",
    ["import django.conf", "from celery import shared_task", "def f():\n    import core.views"],
)
def test_the_guard_notices_a_file_that_imports_the_web(tmp_path: Path, line: str) -> None:
    (tmp_path / "measure").mkdir()
    (tmp_path / "measure" / "bad.py").write_text(line + "\n")
    assert importers(tmp_path, of=WEB) == ["measure/bad.py"]


# ---- at run time --------------------------------------------------------------------------------


def loaded_after(code: str, *, of: set[str], cwd: Path = ROOT) -> set[str]:
    """Which of the packages `of` are loaded once a fresh Python has run `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return of & set(done.stdout.split())


# Blender is imported by its own tests; a second copy of it costs seconds here and tells nothing.
_IMPORT_ALL = """
import importlib, pkgutil, pipeline
names = [m.name for m in pkgutil.walk_packages(pipeline.__path__, "pipeline.")]
for name in names:
    if name not in ("pipeline.__main__", "pipeline.simulate.blender"):
        importlib.import_module(name)
assert "pipeline.contracts" in names
"""


@pytest.mark.slow
def test_importing_the_whole_pipeline_loads_no_web() -> None:
    assert loaded_after(_IMPORT_ALL, of=WEB) == set()


def test_the_guard_notices_a_pipeline_that_loads_the_web(tmp_path: Path) -> None:
    (tmp_path / "pipeline" / "measure").mkdir(parents=True)
    (tmp_path / "pipeline" / "__init__.py").touch()
    (tmp_path / "pipeline" / "contracts.py").touch()
    (tmp_path / "pipeline" / "measure" / "__init__.py").write_text("import celery")
    assert "celery" in loaded_after(_IMPORT_ALL, of=WEB, cwd=tmp_path)


_WEB_STARTS = "import config.wsgi; from django.urls import reverse; reverse('tour:home')"


def test_the_web_starts_without_what_only_a_stage_may_load() -> None:
    assert loaded_after(_WEB_STARTS, of=HEAVY) == set()
    assert loaded_after(_WEB_STARTS, of={"tour.views"}) == {"tour.views"}, "nothing was started"


def test_the_web_starts_without_what_computes_or_draws_figures() -> None:
    """They cost a second of every start; whoever asks for a figure waits for them once."""
    assert loaded_after(_WEB_STARTS, of=FIGURES) == set()


def test_the_web_loads_no_more_of_the_pipeline_than_its_contracts() -> None:
    code = f"{_WEB_STARTS}; import runs.engine, sys; found = [m for m in sys.modules"
    code += f" if m.startswith('pipeline.') and not m.startswith({CONTRACTS})]; assert not found"
    assert loaded_after(code, of={"pipeline.contracts"}) == {"pipeline.contracts"}


def test_the_worker_starts_without_what_only_a_stage_may_load() -> None:
    assert loaded_after("import config.celery", of=HEAVY | {"celery"}) == {"celery"}


def test_the_guard_notices_a_web_that_loads_cv2() -> None:
    assert loaded_after(_WEB_STARTS + "; import cv2", of=HEAVY) == {"cv2"}


# ---- the linter's arrows ------------------------------------------------------------------------


def arrows_broken_by(project: Path, module: str, line: str) -> str:
    """Run import-linter on a copy of the project in which `module` has one more line."""
    for name in ("pipeline", "platform"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", project)
    if module:
        with (project / module).open("a", encoding="utf-8") as source:
            source.write(f"\n\ndef planted():\n    {line}\n")
    code = (
        f"import sys; sys.path[:0] = [{str(project)!r}]; sys.path.insert(1, {str(project)!r} + "
        "'/platform'); from importlinter.cli import lint_imports_command as run; "
        "run(['--no-cache', '--no-logo'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )
    assert ("0 broken" in done.stdout) == (done.returncode == 0), done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_arrows_hold(tmp_path: Path) -> None:
    assert " 0 broken" in arrows_broken_by(tmp_path, "", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("pipeline/units.py", "import django", "the pipeline knows no web framework"),
        ("pipeline/contracts/specs.py", "import pipeline.measure", "the stages share knows no"),
        ("pipeline/segment/__init__.py", "import pipeline.simulate", "a stage knows no other"),
        ("pipeline/files.py", "import bpy", "only pipeline/simulate/blender.py imports"),
        ("platform/core/views.py", "import pipeline.contracts", "only runs knows the pipeline"),
        ("platform/catalog/views.py", "import cv2", "no app imports what only a stage may load"),
        ("platform/runs/views.py", "import pipeline.measure", "runs knows contracts, not stages"),
        ("platform/catalog/models.py", "import runs.models", "the apps lie in layers"),
        ("platform/core/views.py", "import config.env", "the apps lie in layers"),
    ],
)
def test_import_linter_notices_a_wrong_arrow(
    tmp_path: Path, module: str, line: str, contract: str
) -> None:
    broken = [
        row for row in arrows_broken_by(tmp_path, module, line).splitlines() if " BROKEN" in row
    ]
    assert any(contract in row for row in broken), broken
