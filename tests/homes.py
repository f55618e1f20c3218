"""Installations for tests that start processes: a folder with a migrated database, copied."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]


def embedded(home: Path) -> dict[str, str]:
    """The environment of an installation in `home`, whatever the other tests run on.

    Nothing is flushed for it that it does not flush itself.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SEMBLANCE_HOME": str(home),
        "SEMBLANCE_DATABASE_URL": "",
        "SEMBLANCE_BROKER_URL": "",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }


def migrated(folder: Path) -> Path:
    """A home whose database `manage.py migrate` made, once for all workers of a run of tests."""
    home = folder / "migrated"
    with FileLock(folder / "migrated.lock"):
        if not home.exists():
            part = folder / "migrated.part"
            part.mkdir()
            command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
            done = subprocess.run(
                command, env=embedded(part), capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            part.rename(home)
    return home


def copied(template: Path, home: Path) -> Path:
    return Path(shutil.copytree(template, home))
