from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Settings) -> Path:
    """A place for files of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "storage"
    return tmp_path / "storage"
