"""Uploads in the lineage: the file that an image came as, and the import that took it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse

from catalog.models import Image
from exchange.models import ImportLine
from runs import lineage
from runs.nodes import Branch, Node

if TYPE_CHECKING:
    from runs.lineage_hooks import Thing
    from runs.lineage_walk import Walk


def register() -> None:
    lineage.register("upload", above=came_as)


def came_as(thing: Thing, walk: Walk) -> Iterator[Branch]:
    """The file of an image's import; who sees the image sees its dataset, and so its imports."""
    if not isinstance(thing, Image):
        return
    lines = ImportLine.objects.filter(image=thing, outcome=ImportLine.Outcome.TAKEN)
    line = lines.select_related("batch").order_by("pk").first()
    if line is not None:
        yield Branch(node=_node(line), how="came as")


def _node(line: ImportLine) -> Node:
    batch = line.batch
    return Node(
        key=f"upload:{line.pk}",
        kind="upload",
        title=f"File {line.name} ({batch.get_origin_display().lower()}: {batch.title})",
        address=reverse("exchange:batch", args=[batch.pk]),
        facts={
            "name": line.name,
            "import": batch.title,
            "origin": batch.origin,
            "imported_at": batch.created_at.isoformat(),
            "source": batch.source,
            "licence": batch.licence,
            "notes": line.reason,  # e.g. that of several pages the first was taken
        },
    )
