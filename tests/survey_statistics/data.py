"""Published data that the repository does not hold; tests skip where it is not found."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (ROOT / "shared/reference/oracles", ROOT.parent / "shared/reference/oracles")


def published(name: str) -> Path:
    """Find a file of published data, or skip the test that asks."""
    for place in PLACES:
        if (place / name).is_file():
            return place / name
    pytest.skip(f"the published data {name} is not installed")
