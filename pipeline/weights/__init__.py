"""Weights that come with the program, each with its model card beside it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from pipeline.errors import InputRefused

PARTICLES = "unetpp-render.safetensors"


def shipped(name: str) -> Path:
    """Return the path of shipped weights.

    Raises
    ------
    InputRefused
        This installation lacks them.
    """
    path = Path(str(resources.files(__name__) / name))
    if not path.is_file():
        raise InputRefused(
            name, "is missing from this installation; install it again, or name trained weights."
        )
    return path
