"""`platform/` is a source root and the standard library's `platform` always wins: five rules."""

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.guards.imports import imported_modules

PLATFORM = ROOT / "platform"
SOURCES = ("manage.py", "platform", "pipeline", "tests", "benchmarks")


# ---- rule 1: only packages inside ---------------------------------------------------------------


def strangers_in(platform: Path) -> list[str]:
    inside = [entry for entry in platform.iterdir() if entry.name != "__pycache__"]
    return sorted(
        entry.name
        for entry in inside
        if entry.name == "tests" or not (entry.is_dir() and (entry / "__init__.py").is_file())
    )


def test_platform_holds_packages_only() -> None:
    assert strangers_in(PLATFORM) == []


@pytest.mark.parametrize("name", ["__init__.py", "conftest.py", "tests/__init__.py"])
def test_rule_1_notices_what_would_make_platform_a_package(tmp_path: Path, name: str) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").touch()
    assert strangers_in(tmp_path) == []
    planted = tmp_path / name
    planted.parent.mkdir(exist_ok=True)
    planted.touch()
    assert strangers_in(tmp_path) == [planted.relative_to(tmp_path).parts[0]]


# ---- rule 2: appended to the path, never inserted -----------------------------------------------

_REPORT = "import platform; print(platform.__file__, platform.python_version())"


def platform_seen_by(command: list[str], cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", _REPORT],
        [sys.executable, "-c", f"import pipeline, config, core; {_REPORT}"],
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", _REPORT],
    ],
    ids=["python at the root", "after our imports", "manage.py"],
)
def test_platform_is_the_standard_librarys(command: list[str]) -> None:
    import platform

    assert platform_seen_by(command, ROOT).split() == [
        str(Path(os.__file__).parent / "platform.py"),
        platform.python_version(),
    ]


def test_manage_py_puts_the_source_root_last(tmp_path: Path) -> None:
    assert _place_of_source_root(tmp_path, (ROOT / "manage.py").read_text()) == "last"


def test_rule_2_notices_an_inserted_source_root(tmp_path: Path) -> None:
    text = (ROOT / "manage.py").read_text()
    wrong = text.replace("sys.path.append(", "sys.path.insert(0, ")
    assert wrong != text
    assert _place_of_source_root(tmp_path, wrong) == "not last"


def _place_of_source_root(folder: Path, manage_py: str) -> str:
    """Run a manage.py up to Django's start, in a project of its own."""
    folder.joinpath("platform").mkdir()
    folder.joinpath("manage.py").write_text(manage_py)
    django = folder / "django" / "core" / "management"
    django.mkdir(parents=True)
    for package in (folder / "django", folder / "django" / "core"):
        (package / "__init__.py").touch()
    django.joinpath("__init__.py").write_text(
        "def execute_from_command_line(argv):\n"
        "    import sys\n"
        "    print('last' if sys.path[-1].endswith('platform') else 'not last')\n"
    )
    return platform_seen_by([sys.executable, "manage.py"], folder).strip()


# ---- rule 3: no package is named like another one ------------------------------------------------


def clashing(names: set[str]) -> set[str]:
    installed = {
        name
        for name, distributions in packages_distributions().items()
        if set(distributions) != {"semblance"}
    }
    return names & (installed | set(sys.stdlib_module_names))


def test_no_package_of_ours_is_named_like_an_installed_one() -> None:
    ours = {entry.name for entry in PLATFORM.iterdir() if entry.is_dir()} | {"pipeline"}
    assert "core" in ours
    assert clashing(ours) == set()


def test_rule_3_notices_a_clash() -> None:
    assert clashing({"core", "calendar", "celery", "csp"}) == {"calendar", "celery", "csp"}


# ---- rule 4: pytest's default import mode, with tests/__init__.py --------------------------------


def pytest_faults(project: Path) -> list[str]:
    options = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["pytest"]
    text = str(options)
    faults = [word for word in ("import-mode", "import_mode", "pythonpath") if word in text]
    if not (project / "tests" / "__init__.py").is_file():
        faults.append("tests/__init__.py")
    return faults


def test_pytest_imports_tests_in_its_default_mode() -> None:
    assert pytest_faults(ROOT) == []


def test_rule_4_notices_another_import_mode(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    good = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(
        good.replace("addopts = [", 'pythonpath = ["platform"]\naddopts = ["--import-mode=x",')
    )
    assert pytest_faults(tmp_path) == ["import-mode", "pythonpath", "tests/__init__.py"]


# ---- rule 5: `import core`, never `import platform.core` -----------------------------------------


def importers_through_platform(root: Path) -> list[str]:
    ours = {f"platform.{entry.name}" for entry in PLATFORM.iterdir() if entry.is_dir()}
    sources = [
        source
        for name in SOURCES
        for source in ([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))
    ]
    return [
        source.relative_to(root).as_posix()
        for source in sources
        if any(".".join(name.split(".")[:2]) in ours for name in imported_modules(source))
    ]


def test_nobody_imports_through_platform() -> None:
    assert importers_through_platform(ROOT) == []


@pytest.mark.parametrize(
    "line", ["import platform.core", "from platform import core", "from platform.core import views"]
)
def test_rule_5_notices_an_import_through_platform(tmp_path: Path, line: str) -> None:
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_bad.py").write_text(f"import platform\n{line}\n")
    assert importers_through_platform(tmp_path) == ["tests/test_bad.py"]
