"""What made a thing and what it made, walked both ways from any run.

Other apps hang their own rows (studies, reviews) on it through `register`, since runs knows nothing
of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Count
from django.urls import reverse

from catalog.models import Dataset, Image, Version
from runs.models import ImageOrigin, Run, RunInput
from runs.nodes import Branch, Lineage, Node, run_node, version_node

MOST_NODES = 200  # a walk ends there and says so


# What hangs on a run, a version or an image elsewhere: (it, user) -> what it is to it, and nodes.
Hook = Callable[[Run | Version | Image, Any], Iterable[tuple[str, Node]]]
# The lineage of something of another app: (user, key, part) -> lineage; Http404 where it is unseen.
Teller = Callable[[Any, int, int | None], Lineage]
_hooks: dict[str, Hook] = {}
tellers: dict[str, Teller] = {}


def register(kind: str, hook: Hook, *, teller: Teller | None = None) -> None:
    """Let an app add its rows; `kind` names them, registering it again replaces.

    A hook gives nothing that the person may not know. With a teller, things of this kind have a
    page of their own, and an export.
    """
    _hooks[kind] = hook
    if teller is not None:
        tellers[kind] = teller


def made_by(run: Run, *, user: Any, how: str) -> Branch:
    """The run that made something of another app, with all that made the run."""
    return _Walk(user).branch_up(run, how)


def lineage_of_run(*, run: Run, user: Any) -> Lineage:
    walk = _Walk(user)
    return Lineage(
        centre=run_node(run),
        made_from=walk.above(run),
        led_to=walk.below(run),
    )


def lineage_of_version(*, version: Version, user: Any) -> Lineage:
    walk = _Walk(user)
    return Lineage(
        centre=version_node(version),
        made_from=walk.makers_of(version),
        led_to=walk.readers_of(version),
    )


def lineage_of_image(*, image: Image, user: Any) -> Lineage:
    """From drop seed or upload to the versions and runs that an image went into."""
    walk = _Walk(user)
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


class _Walk:
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
            Branch(node=node, how=how)
            for hook in _hooks.values()
            for how, node in hook(thing, self.user)
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
