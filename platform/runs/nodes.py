"""The things of a lineage: runs, versions, images, uploads, and what apps hang on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from catalog.models import Version
from runs import stages
from runs.models import Run


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
    cut: bool = False  # shown elsewhere already, or the walk was too long


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    centre: Node
    made_from: list[Branch]
    led_to: list[Branch]


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
