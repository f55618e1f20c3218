"""What made a thing and what it made, walked both ways from any run, version or image.

Other apps hang their own rows (studies, reviews) on it through `register`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.urls import reverse

from catalog.models import Image, Version
from runs.lineage_hooks import register, tellers
from runs.lineage_walk import MOST_NODES, Walk
from runs.models import ImageOrigin, Run
from runs.nodes import Branch, Lineage, Node, run_node, version_node

__all__ = [
    "as_json",
    "lineage_of_image",
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
    node = Node(
        key=f"image:{image.pk}",
        kind="image",
        title=f"Image {image.name}",
        address=reverse("catalog:image", args=[image.pk]),
        facts={"sha256": image.file_id, "added_at": image.added_at.isoformat()},
    )
    origin = ImageOrigin.objects.filter(image=image).select_related("run", "pair").first()
    made_from: list[Branch] = []
    if origin is not None:
        how = f"image {origin.pair.number}" if origin.pair else "image"
        made_from.append(walk.branch_up(origin.run, how))
    versions = Version.objects.filter(items__image=image).select_related("dataset")
    led_to = [
        Branch(node=version_node(one), how="frozen in", branches=walk.readers_of(one))
        for one in versions.order_by("pk")[:MOST_NODES]
    ]
    return Lineage(centre=node, made_from=made_from, led_to=led_to + walk.hung_on(image))


def as_json(lineage: Lineage) -> dict[str, Any]:
    return {"format": "semblance-lineage", "version": 1, **asdict(lineage)}
