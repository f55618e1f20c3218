"""The lineage of a thing by its kind and key, for whoever may see the thing."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from catalog.selectors import image_get_visible, version_get_visible
from runs import lineage, selectors
from runs.nodes import Lineage

OWN = ("run", "version", "image")


def lineage_of(*, user: Any, kind: str, pk: int, part: int | None = None) -> Lineage:
    """Tell it, or raise Http404; `part` is a part of the thing, e.g. a particle of a mask."""
    match kind:
        case "run":
            run = selectors.run_get_visible(user=user, pk=pk)
            return lineage.lineage_of_run(run=run, user=user)
        case "version":
            version = version_get_visible(user=user, pk=pk)
            return lineage.lineage_of_version(version=version, user=user)
        case "image":
            image = image_get_visible(user=user, pk=pk)
            return lineage.lineage_of_image(image=image, user=user)
        case kind if kind in lineage.tellers:
            return lineage.tellers[kind](user, pk, part)
    raise Http404(f"Lineage is told of {', '.join([*OWN, *lineage.tellers])}.")
