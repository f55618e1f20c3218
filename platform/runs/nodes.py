"""The things of a lineage: runs, versions, images, uploads, and what apps hang on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from catalog.models import Image, Version
from runs import stages
from runs.models import Pair, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing of a chain; `key` is unique, e.g. "run:12"."""

    key: str
    kind: str
    title: str
    address: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Branch:
    """A node with what lies beyond it in one direction."""

    node: Node
    how: str = ""  # what the near one is to this one, e.g. "scenes"
    branches: list[Branch] = field(default_factory=list)
    cut: str = ""  # why nothing follows: "shown above", or "the rest is left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    centre: Node
    made_from: list[Branch]
    led_to: list[Branch]

    def rows_above(self) -> Iterator[Row]:
        return rows(self.made_from)

    def rows_below(self) -> Iterator[Row]:
        return rows(self.led_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One node of a tree as it is written down: a list begins after it, or some end."""

    branch: Branch
    closes: range  # once for each list that ends with it


def rows(branches: list[Branch]) -> Iterator[Row]:
    """Write a tree line by line; a template that includes itself breaks on a long chain."""
    waiting = deque((branch, 0) for branch in branches)
    while waiting:
        branch, closes = waiting.popleft()
        below = branch.branches
        yield Row(branch=branch, closes=range(0 if below else closes))
        # Whatever ends with a node ends with the last one below it.
        ends = [0] * (len(below) - 1) + [closes + 1] if below else []
        waiting.extendleft(reversed([*zip(below, ends, strict=True)]))


def run_node(run: Run, *, hidden: bool = False) -> Node:
    if hidden:
        return Node(key=f"run:{run.pk}", kind="run", title="A run that is not shared with you")
    facts = {
        "stage": run.stage,
        "status": run.status,
        "seed": run.seed,
        "code_version": run.code_version,
        "spec": run.spec,
    }
    if run.stage in stages.TRAINS:
        weights = run.artifacts.filter(path__endswith=".safetensors").first()
        facts["weights_sha256"] = weights.file_id if weights else ""
    return Node(
        key=f"run:{run.pk}",
        kind="run",
        title=f"{stages.title_of(run.stage)}: {run}",
        address=reverse("runs:run", args=[run.pk]),
        facts=facts,
    )


def image_node(image: Image) -> Node:
    return Node(
        key=f"image:{image.pk}",
        kind="image",
        title=f"Image {image.name}",
        address=reverse("catalog:image", args=[image.pk]),
        facts={"sha256": image.file_id, "added_at": image.added_at.isoformat()},
    )


def pair_node(pair: Pair) -> Node:
    """An artificial image with its height map; its scene is one of those that a run dropped."""
    return Node(
        key=f"pair:{pair.pk}",
        kind="pair",
        title=f"Artificial image {pair.number} of {pair.run}",
        address=reverse("compare:pair", args=[pair.pk]),
        facts={
            "generator": pair.generator,
            "scene": pair.scene_index,
            "scene_run": pair.scene_run_id,
            "parameters": pair.parameters,
            "sha256": pair.image_id,
            "height_sha256": pair.height_id,
            "labels_sha256": pair.labels_id,
        },
    )


def version_node(version: Version, *, hidden: bool = False) -> Node:
    if hidden:
        title = "A dataset that is not shared with you"
        return Node(key=f"version:{version.pk}", kind="version", title=title)
    return Node(
        key=f"version:{version.pk}",
        kind="version",
        title=f"Dataset {version}",
        address=reverse("catalog:version", args=[version.pk]),
        facts={"manifest_sha256": version.manifest_sha256, "images": version.image_count},
    )
