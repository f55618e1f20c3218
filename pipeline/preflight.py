"""What must be there before anything is installed: Python 3.11, venv, Blender's libraries.

``python3 pipeline/preflight.py`` runs it as a plain file, by any Python 3 and before any package
is there. So it imports the standard library only.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import sys

PYTHON = (3, 11)

# What bpy 4.5's shared objects ask of the system (``readelf -d``) and no Debian has by default.
DEBIAN_PACKAGE_OF = {
    "libGL.so.1": "libgl1",
    "libICE.so.6": "libice6",
    "libSM.so.6": "libsm6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXrender.so.1": "libxrender1",
    "libxkbcommon.so.0": "libxkbcommon0",
}

# bpy has wheels for these and no others.
MACHINES = {"Linux": {"x86_64"}, "Darwin": {"arm64", "x86_64"}, "Windows": {"AMD64"}}


def main() -> int:
    """Print what is missing, and what to do about it, to standard error."""
    found = problems()
    for problem in found:
        print("semblance: " + problem, file=sys.stderr)
    return 1 if found else 0


def problems() -> list[str]:
    """Return a sentence for each thing that keeps Semblance from being installed here."""
    wrong_python = python_problem(sys.version_info[:2])
    if wrong_python:  # the rest is asked of the right Python only
        return [wrong_python]
    found = (
        machine_problem(platform.system(), platform.machine()),
        venv_problem(has_ensurepip=importlib.util.find_spec("ensurepip") is not None),
        libraries_problem(missing_libraries()),
    )
    return [problem for problem in found if problem]


def python_problem(version: tuple[int, int]) -> str | None:
    """Return what to do where Python is not 3.11."""
    if version == PYTHON:
        return None
    return (
        f"this is Python {version[0]}.{version[1]} ({sys.executable}); Semblance needs "
        "Python 3.11, the one that Blender's package is built for.\n"
        "  Debian 12:        apt-get install python3.11 python3.11-venv\n"
        "  other systems:    https://www.python.org/downloads/, `pyenv install 3.11` or "
        "`uv python install 3.11`\n"
        "  elsewhere on disk: make run PYTHON=/path/to/python3.11"
    )


def machine_problem(system: str, machine: str) -> str | None:
    """Return why Blender's package cannot be had for this machine."""
    if machine in MACHINES.get(system, set()):
        return None
    return f"Blender's package (bpy) is not made for {system} on {machine}; use an x86-64 machine."


def venv_problem(*, has_ensurepip: bool) -> str | None:
    """Return which package brings ``venv``: Debian takes it apart from Python."""
    if has_ensurepip:
        return None
    return as_root("this Python cannot make environments", ["python3.11-venv"])


def libraries_problem(missing: list[str]) -> str | None:
    """Return which packages bring the libraries that Blender lacks."""
    if not missing:
        return None
    packages = [DEBIAN_PACKAGE_OF[name] for name in missing]
    return as_root("Blender lacks " + ", ".join(missing), packages)


def as_root(what: str, packages: list[str]) -> str:
    """Return `what` is missing with the line that installs it."""
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    return f"{what}. Install it:  {sudo}apt-get install {' '.join(packages)}"


def missing_libraries() -> list[str]:
    """Return the names of the shared objects that bpy needs and the loader does not find."""
    if platform.system() != "Linux":
        return []
    return [name for name in DEBIAN_PACKAGE_OF if not _loads(name)]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
