"""What an image shows, as far as its dataset or its scene tells: its shapes and its material."""

from __future__ import annotations

from typing import Any

from catalog.models import Image
from runs.models import Pair, Run
from survey.models import Stimulus

UNKNOWN = "not stated"


def facts_of_image(image: Image) -> tuple[str, str]:
    """Shape and material."""
    return image.shape or UNKNOWN, image.material or UNKNOWN


def facts_of_pair(pair: Pair) -> tuple[str, str]:
    """Shape and material; load `scene_run` with it."""
    return shapes_of_scene(pair.scene_run), UNKNOWN


def shapes_of_scene(scene: Run) -> str:
    """All shapes that a simulation drops, in words."""
    shapes: Any = scene.spec.get("shapes") or ()
    return ", ".join(str(shape).replace("_", " ") for shape in shapes) or UNKNOWN


def facts_of(stimulus: Stimulus) -> tuple[str, str]:
    """Shape and material; load `image` and `pair__scene_run` with it."""
    if stimulus.image is not None:
        return facts_of_image(stimulus.image)
    return facts_of_pair(stimulus.pair) if stimulus.pair is not None else (UNKNOWN, UNKNOWN)
