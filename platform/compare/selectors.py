"""Pairs of an artificial image and its height map, as far as a person may see them.

A pair belongs to the run that made its image: whoever may see the run may see the pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404

from accounts.models import User
from runs.models import Artifact, Pair, Run

# Panes beside each other stay large enough to look at.
SHOWN_SIBLINGS = 8
CHOICES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The pairs before and after one of the same run."""

    previous: int | None
    next: int | None


def pairs_visible_to(user: User | Any) -> QuerySet[Pair]:
    return Pair.objects.filter(run__in=Run.objects.visible_to(user).values("pk"))


def pair_get_for(*, user: User | Any, pk: int) -> Pair:
    """The pair with its run and scene run, or 404 where its run is not visible to the person."""
    found = (
        pairs_visible_to(user)
        .select_related("run", "run__owner", "run__launch", "scene_run", "image")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404("There is no such pair, or its run is not shared with you.")
    return found


def pairs_filtered(
    *,
    user: User | Any,
    run: int | None = None,
    launch: int | None = None,
    generator: str = "",
    scene_run: int | None = None,
) -> QuerySet[Pair]:
    pairs = pairs_visible_to(user).select_related("run")
    if run is not None:
        pairs = pairs.filter(run=run)
    if launch is not None:
        pairs = pairs.filter(run__launch=launch)
    if generator:
        pairs = pairs.filter(generator=generator)
    if scene_run is not None:
        pairs = pairs.filter(scene_run=scene_run)
    return pairs


def neighbours_of(pair: Pair) -> Neighbours:
    same_run = Pair.objects.filter(run=pair.run_id).values_list("pk", flat=True)
    return Neighbours(
        previous=same_run.filter(number__lt=pair.number).order_by("-number").first(),
        next=same_run.filter(number__gt=pair.number).order_by("number").first(),
    )


def pairs_of_same_scene(*, user: User | Any, pair: Pair) -> list[Pair]:
    """The other images of the pair's scene, other generators first."""
    found = (
        pairs_visible_to(user)
        .filter(scene_run=pair.scene_run_id, scene_index=pair.scene_index)
        .exclude(pk=pair.pk)
        .select_related("run")
        .order_by("pk")[: 4 * SHOWN_SIBLINGS]
    )
    return sorted(found, key=lambda other: other.generator == pair.generator)[:SHOWN_SIBLINGS]


def runs_with_pairs(*, user: User | Any) -> list[Run]:
    """The latest runs that a list of pairs can be narrowed to, each with its `generator`."""
    of_run = Pair.objects.filter(run=OuterRef("pk")).order_by("number")
    return list(
        Run.objects.visible_to(user)
        .filter(Exists(of_run))
        .annotate(generator=Subquery(of_run.values("generator")[:1]))
        .select_related("launch")
        .order_by("-pk")[:CHOICES]
    )


def scene_truth_of(pair: Pair) -> Artifact | None:
    """What is exactly known of the scene's particles: shape, size, how much of each is seen."""
    path = f"scenes/{pair.scene_index:05d}/scene.json"
    return Artifact.objects.filter(run=pair.scene_run_id, path=path).select_related("file").first()


def scene_run_is_visible(*, user: User | Any, pair: Pair) -> bool:
    return bool(Run.objects.visible_to(user).filter(pk=pair.scene_run_id).exists())
