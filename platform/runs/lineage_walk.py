"""The walk of a lineage: up to what made a run, down to what was made from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count
from django.urls import reverse

from catalog.models import Dataset, Image, Version
from runs import lineage_hooks
from runs.models import ImageOrigin, Run, RunInput
from runs.nodes import Branch, Node, run_node, version_node

MOST_NODES = 200  # a walk ends there and says so


class Walk:
    """One walk up and down; each thing is opened once, and never more than MOST_NODES of them."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.seen: set[str] = set()
        self._runs: dict[int, bool] = {}
        self._datasets: dict[int, bool] = {}

    # ---- up --------------------------------------------------------------------------------------

    def above(self, run: Run) -> list[Branch]:
        rows = run.inputs.select_related("source_run", "version__dataset", "file_set")
        return [self._input(row) for row in rows.order_by("field", "position")]

    def branch_up(self, run: Run, how: str) -> Branch:
        return self._branch(run, how, self.above)

    def makers_of(self, version: Version) -> list[Branch]:
        """The runs whose images a version holds."""
        made = (
            ImageOrigin.objects.filter(image__in=version.items.values("image"))
            .values("run")
            .annotate(images=Count("pk"))
            .order_by("run")
        )
        counts = {row["run"]: row["images"] for row in made[:MOST_NODES]}
        runs = Run.objects.filter(pk__in=counts).order_by("pk")
        return [self.branch_up(run, f"{counts[run.pk]} images") for run in runs]

    def _input(self, row: RunInput) -> Branch:
        how = row.field.replace("_", " ")
        if row.source_run is not None:
            return self.branch_up(row.source_run, how)
        if row.version is not None:
            hidden = not self._sees_dataset(row.version.dataset)
            node = version_node(row.version, hidden=hidden)
            if hidden or self._again(node.key):
                return Branch(node=node, how=how, cut=not hidden)
            return Branch(node=node, how=how, branches=self.makers_of(row.version))
        count = row.file_set.items.count() if row.file_set else 0
        title = f"{count} file" + ("s" if count != 1 else "")
        return Branch(node=Node(key=f"files:{row.file_set_id}", kind="files", title=title), how=how)

    # ---- down ------------------------------------------------------------------------------------

    def below(self, run: Run) -> list[Branch]:
        readers = RunInput.objects.filter(source_run=run).select_related("run").order_by("run")
        found = [self._branch(row.run, row.field, self.below) for row in readers[:MOST_NODES]]
        return found + self._datasets_of(run) + self.hung_on(run)

    def readers_of(self, version: Version) -> list[Branch]:
        readers = RunInput.objects.filter(version=version).select_related("run").order_by("run")
        found = [self._branch(row.run, row.field, self.below) for row in readers[:MOST_NODES]]
        return found + self.hung_on(version)

    def _datasets_of(self, run: Run) -> list[Branch]:
        made = (
            ImageOrigin.objects.filter(run=run)
            .values("image__dataset")
            .annotate(images=Count("pk"))
            .order_by("image__dataset")
        )
        counts = {row["image__dataset"]: row["images"] for row in made[:MOST_NODES]}
        visible = Dataset.objects.visible_to(self.user).filter(pk__in=counts).order_by("pk")
        return [self._dataset(one, counts[one.pk]) for one in visible]

    def _dataset(self, dataset: Dataset, images: int) -> Branch:
        node = Node(
            key=f"dataset:{dataset.pk}",
            kind="dataset",
            title=f"Dataset {dataset}",
            address=reverse("catalog:dataset", args=[dataset.pk]),
        )
        versions = [] if self._again(node.key) else dataset.versions.order_by("number")
        return Branch(
            node=node,
            how=f"{images} images",
            branches=[
                Branch(node=version_node(one), how="frozen as", branches=self.readers_of(one))
                for one in versions
                if not self._again(f"version:{one.pk}")
            ],
        )

    def hung_on(self, thing: Run | Version | Image) -> list[Branch]:
        return [
            Branch(node=node, how=how) for how, node in lineage_hooks.hung_on(thing, user=self.user)
        ]

    # ---- both ------------------------------------------------------------------------------------

    def _branch(self, run: Run, how: str, onwards: Callable[[Run], list[Branch]]) -> Branch:
        hidden = not self._sees_run(run)
        node = run_node(run, hidden=hidden)
        if hidden or self._again(f"{onwards.__name__}:{node.key}"):
            return Branch(node=node, how=how, cut=not hidden)
        return Branch(node=node, how=how, branches=onwards(run))

    def _again(self, key: str) -> bool:
        if key in self.seen or len(self.seen) >= MOST_NODES:
            return True
        self.seen.add(key)
        return False

    def _sees_run(self, run: Run) -> bool:
        if run.owner_id == self.user.pk:
            return True
        if run.pk not in self._runs:
            self._runs[run.pk] = Run.objects.visible_to(self.user).filter(pk=run.pk).exists()
        return self._runs[run.pk]

    def _sees_dataset(self, dataset: Dataset) -> bool:
        if dataset.owner_id == self.user.pk:
            return True
        if dataset.pk not in self._datasets:
            rows = Dataset.objects.visible_to(self.user).filter(pk=dataset.pk)
            self._datasets[dataset.pk] = rows.exists()
        return self._datasets[dataset.pk]
