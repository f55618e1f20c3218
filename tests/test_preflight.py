import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import preflight
from tests.conftest import ROOT


def test_this_machine_has_what_it_takes() -> None:
    assert preflight.problems() == []


def test_another_python_is_refused_with_where_to_get_the_right_one() -> None:
    problem = preflight.python_problem((3, 13))
    assert problem is not None
    assert "Python 3.13" in problem
    assert "apt-get install python3.11 python3.11-venv" in problem
    assert preflight.python_problem((3, 11)) is None


def test_a_python_without_ensurepip_names_debians_package() -> None:
    problem = preflight.venv_problem(has_ensurepip=False)
    assert problem is not None
    assert "apt-get install python3.11-venv" in problem


def test_a_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = {"libXi.so.6": "libxi6", "libabsent.so.9": "libabsent9"}
    monkeypatch.setattr(preflight, "DEBIAN_PACKAGE_OF", packages)
    assert preflight.missing_libraries() == ["libabsent.so.9"]
    [problem] = preflight.problems()
    assert "Blender lacks libabsent.so.9" in problem
    assert "apt-get install libabsent9" in problem


def test_a_machine_without_a_wheel_is_told() -> None:
    assert preflight.machine_problem("Linux", "x86_64") is None
    assert "Linux on riscv64" in str(preflight.machine_problem("Linux", "riscv64"))


def test_the_packages_are_known_for_every_library_that_blender_links() -> None:
    """What bpy's own objects need, less what it brings and what every system has."""
    brought: set[str] = set()
    needed: set[str] = set()
    for folder in sys.path:
        library = Path(folder) / "bpy" / "__init__.so"
        if library.is_file():
            listed = subprocess.run(
                ["ldd", str(library)], capture_output=True, text=True, check=True
            )
            for line in listed.stdout.splitlines():
                name, _, place = line.strip().partition(" => ")
                (brought if str(library.parent) in place else needed).add(name.split()[0])
    assert brought, "bpy is not installed"
    packages = preflight.DEBIAN_PACKAGE_OF
    linked = {name for name in needed - brought if name.startswith(("libX", "libGL.", "libxkb"))}
    assert linked - {"libXau.so.6", "libXdmcp.so.6"} <= set(packages)
    assert set(packages) <= needed


def test_it_runs_as_a_plain_file_and_exits_by_what_it_found(tmp_path: Path) -> None:
    good = subprocess.run(
        [sys.executable, "-I", str(ROOT / "pipeline" / "preflight.py")], check=False
    )
    assert good.returncode == 0
    text = (ROOT / "pipeline" / "preflight.py").read_text().replace("libXi.so.6", "libNone.so.6")
    (tmp_path / "preflight.py").write_text(text)
    bad = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "preflight.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert bad.returncode == 1
    assert "libNone.so.6" in bad.stderr


# ---- the Makefile around it ---------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "Makefile",
        "pyproject.toml",
        "constraints.txt",
        "package-lock.json",
        "pipeline/preflight.py",
        "platform/core/vendor.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "PYTHON"))}
    return subprocess.run(
        ["make", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_refuses_another_python_at_once(project: Path) -> None:
    # Runs, and answers like a Python that is not 3.11.
    other = script(
        project / "python3.13",
        f'[ "$1" = -I ] && exec {sys.executable} -c "import sys; sys.version_info = (3, 13); '
        "exec(open('pipeline/preflight.py').read())\"\n"
        'case "$2" in *version_info*) exit 1;; esac\n',
    )
    refused = make(project, "run", f"PYTHON={other}")
    assert refused.returncode != 0
    assert "Semblance needs Python 3.11" in refused.stderr
    assert not (project / ".venv").exists()


def test_make_without_any_python_says_so(project: Path) -> None:
    refused = make(project, "test", "PYTHON=/nowhere/python3.11")
    assert refused.returncode != 0
    assert "no Python here that runs; Semblance needs Python 3.11" in refused.stderr


def test_an_installation_that_broke_half_way_is_taken_up_again(project: Path) -> None:
    pip_fails = script(
        project / "python3.11",
        'if [ "$2" = venv ]; then mkdir -p .venv/bin; cp broken .venv/bin/python; fi\n',
    )
    script(project / "broken", "echo tried >> tries; exit 1\n")
    for _ in range(2):
        assert make(project, "run", f"PYTHON={pip_fails}").returncode != 0
    assert (project / "tries").read_text() == "tried\ntried\n"
    assert not (project / ".venv" / ".installed").exists()


def test_a_new_package_or_pin_is_installed_by_the_next_make(project: Path) -> None:
    installs = script(
        project / "python3.11",
        'if [ "$2" = venv ]; then mkdir -p .venv/bin; cp works .venv/bin/python; fi\n',
    )
    script(project / "works", 'case "$*" in *"pip install"*) echo pip >> installs;; esac\n')

    def installations() -> int:
        done = make(project, "run", f"PYTHON={installs}")
        assert done.returncode == 0, done.stderr
        return len((project / "installs").read_text().splitlines())

    assert installations() == 1
    assert installations() == 1
    stamp = (project / ".venv" / ".installed").stat().st_mtime
    package = script(project / "platform" / "runs" / "__init__.py", "")
    os.utime(package, (stamp + 5, stamp + 5))
    assert installations() == 2
    os.utime(project / ".venv" / ".installed", (stamp + 10, stamp + 10))
    os.utime(project / "constraints.txt", (stamp + 20, stamp + 20))
    assert installations() == 3


def test_packages_of_others_beside_ours_are_not_installed_as_ours(project: Path) -> None:
    for ours in ("platform/runs", "pipeline/measure", "pipeline", "tests"):
        (project / ours).mkdir(parents=True, exist_ok=True)
        (project / ours / "__init__.py").touch()
    for beside in ("node_modules/htmx.org/dist", "static_vendor/js", "var/work"):
        (project / beside).mkdir(parents=True)
    # What pip asks; in a process of its own, as it looks around in the current folder.
    shown = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            "from setuptools.config.pyprojecttoml import read_configuration as read\n"
            "print(*sorted(read('pyproject.toml')['tool']['setuptools']['packages']))",
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split() == ["pipeline", "pipeline.measure", "runs"]


def test_make_help_names_the_two_commands(project: Path) -> None:
    shown = make(project, "help").stdout
    assert "make run " in shown
    assert "make test " in shown
