"""The walk of a lineage: up to what made a run, down to what was made from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Count
from django.urls import reverse

from catalog.models import Dataset, Image, Version
from runs import lineage_hooks
from runs.models import ImageOrigin, Pair, Run, RunInput
from runs.nodes import Branch, Node, image_node, pair_node, run_node, version_node

# A walk ends there and says so.
MOST_NODES = 200
MOST_DEEP = 60
SHOWN, LEFT_OUT = "shown above", "the rest is left out"


class Walk:
    """One walk up and down; each thing is opened once, and never more than MOST_NODES of them."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.seen: set[str] = set()
        self._depth = 0
        self._runs: dict[int, bool] = {}
        self._datasets: dict[int, bool] = {}

    # ---- up --------------------------------------------------------------------------------------

    def above(self, run: Run) -> list[Branch]:
        rows = run.inputs.select_related("source_run", "version__dataset", "file_set")
        return [self._input(row) for row in rows.order_by("field", "position")]

    def branch_up(self, run: Run, how: str) -> Branch:
        return self._branch(run, how, self.above)

    def above_pair(self, pair: Pair) -> list[Branch]:
        return [self.branch_up(pair.run, f"image {pair.number}")]

    def above_image(self, image: Image) -> list[Branch]:
        """The run that made it, by way of its pair; else what apps know, such as its upload."""
        origin = ImageOrigin.objects.filter(image=image).select_related("run", "pair__run").first()
        if origin is None:
            return lineage_hooks.above(image, self)
        if origin.pair is None:
            made = self.branch_up(origin.run, "image")
        elif self._sees_run(origin.run):
            made = Branch(
                node=pair_node(origin.pair),
                how="copied from",
                branches=self.above_pair(origin.pair),
            )
        else:
            made = self.branch_up(origin.run, f"image {origin.pair.number}")
        return [made, *lineage_hooks.above(image, self)]

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
            if hidden:
                return Branch(node=node, how=how)
            return self._onwards(node, how, node.key, partial(self.makers_of, row.version))
        count = row.file_set.items.count() if row.file_set else 0
        title = f"{count} file" + ("s" if count != 1 else "")
        return Branch(node=Node(key=f"files:{row.file_set_id}", kind="files", title=title), how=how)

    # ---- down ------------------------------------------------------------------------------------

    def below(self, run: Run) -> list[Branch]:
        return self._readers(run) + self._datasets_of(run) + lineage_hooks.below(run, self)

    def _readers(self, run: Run) -> list[Branch]:
        """The runs that read what a run made, such as the training of a network."""
        readers = RunInput.objects.filter(source_run=run).select_related("run").order_by("run")
        return [self._branch(row.run, row.field, self.below) for row in readers[:MOST_NODES]]

    def readers_of(self, version: Version) -> list[Branch]:
        readers = RunInput.objects.filter(version=version).select_related("run").order_by("run")
        found = [self._branch(row.run, row.field, self.below) for row in readers[:MOST_NODES]]
        return found + lineage_hooks.below(version, self)

    def below_image(self, image: Image) -> list[Branch]:
        """The versions that hold it, their readers, those of its run, and what apps know of it."""
        versions = Version.objects.filter(items__image=image).select_related("dataset")
        frozen = [
            Branch(node=version_node(one), how="frozen in", branches=self.readers_of(one))
            for one in versions.order_by("pk")[:MOST_NODES]
        ]
        origin = ImageOrigin.objects.filter(image=image, pair__isnull=False).select_related("run")
        read = [branch for one in origin for branch in self._readers(one.run)]
        return frozen + read + lineage_hooks.below(image, self)

    def below_pair(self, pair: Pair) -> list[Branch]:
        """What read its run, its copies in shared datasets, and what apps know of it."""
        read = self._readers(pair.run)  # first, as they are shown: each thing is opened once
        copies = Image.objects.filter(
            origin__pair=pair, dataset__in=Dataset.objects.visible_to(self.user)
        )
        found = [
            Branch(node=image_node(one), how="copied to", branches=self.below_image(one))
            for one in copies.select_related("dataset").order_by("pk")[:MOST_NODES]
        ]
        return read + found + lineage_hooks.below(pair, self)

    def _datasets_of(self, run: Run) -> list[Branch]:
        made = (
            ImageOrigin.objects.filter(run=run)
            .values("image__dataset")
            .annotate(images=Count("pk"))
            .order_by("image__dataset")
        )
        counts = {row["image__dataset"]: row["images"] for row in made[:MOST_NODES]}
        visible = Dataset.objects.visible_to(self.user).filter(pk__in=counts).order_by("pk")
        return [self.below_dataset(one, f"{counts[one.pk]} images") for one in visible]

    def below_dataset(self, dataset: Dataset, how: str) -> Branch:
        """A dataset with its versions, and what read them."""
        node = Node(
            key=f"dataset:{dataset.pk}",
            kind="dataset",
            title=f"Dataset {dataset}",
            address=reverse("catalog:dataset", args=[dataset.pk]),
        )
        return self._onwards(node, how, node.key, partial(self._versions_of, dataset))

    def _versions_of(self, dataset: Dataset) -> list[Branch]:
        return [
            self._onwards(node, "frozen as", node.key, partial(self.readers_of, one))
            for one in dataset.versions.select_related("dataset").order_by("number")[:MOST_NODES]
            for node in [version_node(one)]
        ]

    # ---- both ------------------------------------------------------------------------------------

    def _branch(self, run: Run, how: str, onwards: Callable[[Run], list[Branch]]) -> Branch:
        hidden = not self._sees_run(run)
        node = run_node(run, hidden=hidden)
        if hidden:
            return Branch(node=node, how=how)
        return self._onwards(node, how, f"{onwards.__name__}:{node.key}", partial(onwards, run))

    def _onwards(
        self, node: Node, how: str, key: str, onwards: Callable[[], list[Branch]]
    ) -> Branch:
        """Go on beyond a node, unless that was done, or it is too much or too far."""
        if cut := self._cut(key):
            return Branch(node=node, how=how, cut=cut)
        self._depth += 1
        branches = onwards()
        self._depth -= 1
        return Branch(node=node, how=how, branches=branches)

    def _cut(self, key: str) -> str:
        if key in self.seen:
            return SHOWN
        if len(self.seen) >= MOST_NODES or self._depth >= MOST_DEEP:
            return LEFT_OUT
        self.seen.add(key)
        return ""

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
