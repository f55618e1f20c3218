"""Runs that show an image: as what they made, or as what they read."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from catalog import near
from catalog.models import VersionItem
from catalog.showing import Holders, Told, register
from core.models import FileSetItem
from runs.models import Artifact, ImageOrigin, Pair, Run, Sample


def connect() -> None:
    register("run", in_runs)
    near.register(Pair)


def in_runs(marks: frozenset[str]) -> Told:
    """Marks of images of runs that a person could have opened.

    Counted are runs that made an image or its scene, whose height map gives it away, and runs that
    read it: their samples, overlays and names of files show it.
    """
    held = [
        pair
        for rows, mark, run in _rows(marks)
        for pair in rows.filter(**{f"{run}__isnull": False}).values_list(run, mark).distinct()
    ]
    return Holders(Run, held).told


def _rows(marks: frozenset[str]) -> tuple[tuple[QuerySet[Any], str, str], ...]:
    """Rows with an image, the field of its mark, and the field of the run."""
    pairs = Pair.objects.filter(image__in=marks)
    alike = Pair.objects.filter(phash__in=marks)
    made = ImageOrigin.objects.filter(
        Q(image__file__in=marks) | Q(image__view__in=marks) | Q(image__phash__in=marks)
    )
    read = VersionItem.objects.filter(file__in=marks)
    files = FileSetItem.objects.filter(file__in=marks)
    return (
        (pairs, "image", "run"),
        (pairs, "image", "scene_run"),
        (pairs, "image", "run__consumers__run"),
        (alike, "phash", "run"),
        (alike, "phash", "scene_run"),
        (alike, "phash", "run__consumers__run"),
        (made, "image__file", "run"),
        (made, "image__view", "run"),
        (made, "image__phash", "run"),
        (Artifact.objects.filter(file__in=marks), "file", "run"),
        (Sample.objects.filter(file__in=marks), "file", "run"),
        (read, "file", "version__run_inputs__run"),
        (files, "file", "file_set__run_inputs__run"),
    )
