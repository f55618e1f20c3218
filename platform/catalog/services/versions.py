"""Freezing a dataset: copied within the database, then read once, in one transaction.

A hundred thousand images pass in about a second: no object is made of each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Case, F, Value, When

from accounts.models import User
from catalog.errors import NothingToFreeze
from catalog.manifests import COLUMNS, Manifest, Row
from catalog.models import Dataset, Image, Version, VersionItem
from catalog.text import clean_line
from core.audit import noted

SLICE = 2000
EXAMPLES = 50  # images a version names of each kind of change
_OWN = tuple(name for name in COLUMNS if name not in {"source", "licence"})


def version_freeze(*, dataset: Dataset, by: User | None, note: str = "") -> Version:
    """List the images in use by their hashes, for good; excluded ones are left out."""
    with transaction.atomic():
        # Two at once get two numbers, and what is frozen is what is stored of the dataset now.
        dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
        before = Version.objects.filter(dataset=dataset).order_by("-number").first()
        version = Version.objects.create(
            dataset=dataset,
            number=before.number + 1 if before else 1,
            note=clean_line(note, limit=200),
            manifest_sha256="",
            image_count=0,
            created_by=by,
        )
        _copy_images(dataset, version)
        tally = _Tally(before)
        manifest = Manifest()
        for rows in _slices(version):
            manifest.add(row[1:] for row in rows)
            tally.add(rows)
        if not tally.images:
            raise NothingToFreeze
        _seal(version, manifest, tally)
        noted(actor=by, action="version.frozen", subject=version, images=tally.images)
    return version


def _copy_images(dataset: Dataset, version: Version) -> None:
    """INSERT the items of all images in use, by one statement of the database."""
    fields = ("version_id", "image_id", *_OWN, "source", "licence")
    selected = (
        Image.objects.filter(dataset=dataset, excluded_reason="")
        .order_by("file_id")
        .values_list(
            Value(version.pk, output_field=models.BigIntegerField()),
            "pk",
            *_OWN,
            _or_the_datasets("source", dataset),
            _or_the_datasets("licence", dataset),
        )
    )
    sql, params = selected.query.get_compiler(connection=connection).as_sql()
    quote = connection.ops.quote_name
    columns = {
        field.attname: quote(str(field.column)) for field in VersionItem._meta.concrete_fields
    }
    into = f"{quote(VersionItem._meta.db_table)} ({', '.join(columns[name] for name in fields)})"
    with connection.cursor() as cursor:
        # Both parts are the ORM's own; what people wrote is among the parameters.
        cursor.execute(f"INSERT INTO {into} {sql}", params)


def _or_the_datasets(name: str, dataset: Dataset) -> Case:
    """An image's own word, else that of its dataset at this time."""
    said = Value(getattr(dataset, name), output_field=models.CharField())
    return Case(When(**{name: ""}, then=said), default=F(name))


def _slices(version: Version) -> Iterator[list[Row]]:
    """Items in the order of their hashes, which the same files have anywhere; keys first."""
    items = version.items.order_by("file_id").values_list("image_id", *COLUMNS)
    rows = items.iterator(SLICE)
    while found := list(islice(rows, SLICE)):
        yield found


class _Tally:
    """What is counted once, so that no page counts it again."""

    def __init__(self, before: Version | None) -> None:
        self.images = 0
        self._counts: dict[str, Counter[str]] = {
            name: Counter() for name in ("split", "material", "shape", "licence")
        }
        self._known = {"scaled": "nm_per_px", "truth": "truth_id", "data_bar": "data_bar_row"}
        self._unknown: Counter[str] = Counter()
        self._before = _facts(before) if before else {}
        self._is_first = before is None
        self._changes: dict[str, list[dict[str, Any]]] = {
            "added": [],
            "changed": [],
            "removed": [],
        }
        self._changed: Counter[str] = Counter(added=0, changed=0, removed=0)

    def add(self, rows: list[Row]) -> None:
        self.images += len(rows)
        columns = dict(zip(("image_id", *COLUMNS), zip(*rows, strict=True), strict=True))
        for name, counter in self._counts.items():
            counter.update(columns[name])
        for name, column in self._known.items():
            self._unknown[name] += columns[column].count(None)
        if not self._is_first:
            self._compare(rows)

    def _compare(self, rows: list[Row]) -> None:
        for row in rows:
            found = self._before.pop(row[0], None)
            if found is None:
                self._note("added", row)
            elif found != row:
                self._note("changed", row)

    def _note(self, kind: str, row: Row) -> None:
        self._changed[kind] += 1
        if len(self._changes[kind]) < EXAMPLES:
            name = row[1 + COLUMNS.index("name")]
            self._changes[kind].append({"image": row[0], "name": name})

    def counts(self) -> dict[str, Any]:
        known = {name: self.images - self._unknown[name] for name in self._known}
        return {name: dict(counter) for name, counter in self._counts.items()} | known

    def changes(self) -> dict[str, Any]:
        if self._is_first:
            return {}
        for row in self._before.values():
            self._note("removed", row)
        self._before = {}
        return dict(self._changed) | {"examples": self._changes}


def _facts(version: Version) -> dict[int, Row]:
    """What a version says of each of its images, by the image's key."""
    rows = version.items.values_list("image_id", *COLUMNS)
    return {row[0]: row for row in rows.iterator(SLICE)}


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
