"""What made a thing and what it made, walked both ways from any run, version or image.

Other apps hang their own rows (studies, reviews) on it through `register`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from catalog.models import Image, Version
from runs.lineage_hooks import register, tellers
from runs.lineage_walk import Walk
from runs.models import Pair, Run
from runs.nodes import (
    Branch,
    Lineage,
    image_node,
    pair_node,
    run_node,
    version_node,
)

__all__ = [
    "as_json",
    "lineage_of_image",
    "lineage_of_pair",
    "lineage_of_run",
    "lineage_of_version",
    "made_by",
    "register",
    "tellers",
]


def made_by(run: Run, *, user: Any, how: str) -> Branch:
    """The run that made something of another app, with all that made the run."""
    return Walk(user).branch_up(run, how)


def lineage_of_run(*, run: Run, user: Any) -> Lineage:
    walk = Walk(user)
    return Lineage(
        centre=run_node(run),
        made_from=walk.above(run),
        led_to=walk.below(run),
    )


def lineage_of_version(*, version: Version, user: Any) -> Lineage:
    walk = Walk(user)
    return Lineage(
        centre=version_node(version),
        made_from=walk.makers_of(version),
        led_to=walk.readers_of(version),
    )


def lineage_of_image(*, image: Image, user: Any) -> Lineage:
    """From drop seed or upload to the versions and runs that an image went into."""
    walk = Walk(user)
    return Lineage(
        centre=image_node(image),
        made_from=walk.above_image(image),
        led_to=walk.below_image(image),
    )


def lineage_of_pair(*, pair: Pair, user: Any) -> Lineage:
    """From the drop's seed to the datasets, studies and judgements of one artificial image."""
    walk = Walk(user)
    return Lineage(
        centre=pair_node(pair),
        made_from=walk.above_pair(pair),
        led_to=walk.below_pair(pair),
    )


def as_json(lineage: Lineage) -> dict[str, Any]:
    return {"format": "semblance-lineage", "version": 2, **asdict(lineage)}
