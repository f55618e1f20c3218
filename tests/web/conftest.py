from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Settings) -> Path:
    """A place for files of the test's own, and one for the stages to work in."""
    settings.MEDIA_ROOT = tmp_path / "storage"
    settings.SEMBLANCE_WORK = tmp_path / "work"
    settings.CELERY_BROKER_URL = "memory://"
    return tmp_path / "storage"
