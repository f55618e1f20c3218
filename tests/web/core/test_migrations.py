"""Other tests get their tables from the models: here the migrations are held against these."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.homes import ROOT, copied, embedded


def manage(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=embedded(home),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_migrations_lead_to_the_models_and_all_were_done(
    migrated_home: Path, tmp_path: Path
) -> None:
    home = copied(migrated_home, tmp_path / "home")
    missing = manage(home, "makemigrations", "--check", "--dry-run")
    assert missing.returncode == 0, missing.stdout
    undone = manage(home, "migrate", "--check")
    assert undone.returncode == 0, undone.stdout
