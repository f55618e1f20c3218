"""Freezing a dataset: one pass over its images, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from accounts.models import User
from catalog.errors import NothingToFreeze
from catalog.manifests import FACTS, Manifest
from catalog.models import Dataset, Image, Version, VersionItem
from catalog.text import clean_line
from core.audit import noted

SLICE = 1000
COLUMNS = ("file_id", "truth_id", *FACTS)
EXAMPLES = 50  # images a version names of each kind of change


def version_freeze(*, dataset: Dataset, by: User | None, note: str = "") -> Version:
    """List the images in use by their hashes, for good; excluded ones are left out."""
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset.pk)  # two at once get two numbers
        before = Version.objects.filter(dataset=dataset).order_by("-number").first()
        version = Version.objects.create(
            dataset=dataset,
            number=before.number + 1 if before else 1,
            note=clean_line(note, limit=200),
            manifest_sha256="",
            image_count=0,
            created_by=by,
        )
        tally = _Tally(before)
        manifest = Manifest()
        for slice_ in _slices(dataset, version):
            for item in slice_:
                manifest.add(item)
                tally.add(item)
            VersionItem.objects.bulk_create(slice_)
        if not tally.images:
            raise NothingToFreeze
        _seal(version, manifest, tally)
        noted(actor=by, action="version.frozen", subject=version, images=tally.images)
    return version


def _slices(dataset: Dataset, version: Version) -> Iterator[list[VersionItem]]:
    """Items in the order of their hashes, which the same files have anywhere."""
    images = Image.objects.filter(dataset=dataset, excluded_reason="").order_by("file_id")
    last = ""
    while found := list(images.filter(file_id__gt=last)[:SLICE]):
        yield [_item(version, image, dataset) for image in found]
        last = found[-1].file_id


def _item(version: Version, image: Image, dataset: Dataset) -> VersionItem:
    return VersionItem(
        version=version,
        image=image,
        name=image.name,
        file_id=image.file_id,
        truth_id=image.truth_id,
        split=image.split,
        nm_per_px=image.nm_per_px,
        data_bar_row=image.data_bar_row,
        material=image.material,
        shape=image.shape,
        source=image.source or dataset.source,
        licence=image.licence or dataset.licence,
    )


class _Tally:
    """What is counted once, so that no page counts it again."""

    def __init__(self, before: Version | None) -> None:
        self.images = 0
        self._counts: dict[str, Counter[str]] = {
            name: Counter() for name in ("split", "material", "shape", "licence")
        }
        self._known: Counter[str] = Counter(scaled=0, truth=0, data_bar=0)
        self._before = _facts(before) if before else {}
        self._is_first = before is None
        self._changes: dict[str, list[dict[str, Any]]] = {
            "added": [],
            "changed": [],
            "removed": [],
        }
        self._changed: Counter[str] = Counter(added=0, changed=0, removed=0)

    def add(self, item: VersionItem) -> None:
        self.images += 1
        for name, counter in self._counts.items():
            counter[getattr(item, name)] += 1
        self._known["scaled"] += item.nm_per_px is not None
        self._known["truth"] += item.truth_id is not None
        self._known["data_bar"] += item.data_bar_row is not None
        found = self._before.pop(item.image_id, None)
        if found is None:
            self._note("added", item.image_id, item.name)
        elif found != tuple(getattr(item, column) for column in COLUMNS):
            self._note("changed", item.image_id, item.name)

    def _note(self, kind: str, image_pk: int, name: str) -> None:
        self._changed[kind] += 1
        if len(self._changes[kind]) < EXAMPLES:
            self._changes[kind].append({"image": image_pk, "name": name})

    def counts(self) -> dict[str, Any]:
        return {name: dict(counter) for name, counter in self._counts.items()} | dict(self._known)

    def changes(self) -> dict[str, Any]:
        if self._is_first:
            return {}
        for image_pk, facts in self._before.items():
            self._note("removed", image_pk, facts[COLUMNS.index("name")])
        self._before = {}
        return dict(self._changed) | {"examples": self._changes}


def _facts(version: Version) -> dict[int, tuple[Any, ...]]:
    """What a version says of each of its images, by the image's key."""
    rows = version.items.values_list("image_id", *COLUMNS)
    return {row[0]: tuple(row[1:]) for row in rows.iterator(SLICE)}


def _seal(version: Version, manifest: Manifest, tally: _Tally) -> None:
    """Write what only the last image tells; the one change a version ever sees."""
    version.manifest_sha256 = manifest.sha256()
    version.image_count = tally.images
    version.counts = tally.counts()
    version.changes = tally.changes()
    models.QuerySet(Version).filter(pk=version.pk).update(
        manifest_sha256=version.manifest_sha256,
        image_count=version.image_count,
        counts=version.counts,
        changes=version.changes,
    )
