"""Making, describing, sharing and deleting datasets."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import User
from catalog.errors import InUse, NameTaken, Refused
from catalog.models import Dataset, Kind, Version
from catalog.signals import dataset_deleting
from catalog.text import clean_line, required_line
from core.access import Visibility
from core.audit import noted
from core.discarding import rows_delete


def dataset_create(
    *,
    owner: User,
    name: str,
    kind: str = Kind.REAL,
    description: str = "",
    source: str = "",
    licence: str = "",
    visibility: str = Visibility.PRIVATE,
) -> Dataset:
    if kind not in Kind.values:
        raise Refused(f"There is no kind of dataset named {kind}.")
    dataset = Dataset(owner=owner, kind=kind)
    _describe(dataset, name, description, source, licence, visibility)
    _save(dataset)
    noted(actor=owner, action="dataset.created", subject=dataset, name=dataset.name)
    return dataset


def dataset_edit(
    *,
    dataset: Dataset,
    by: User,
    name: str,
    description: str,
    source: str,
    licence: str,
    visibility: str,
    shared_with: Iterable[User] = (),
) -> Dataset:
    _describe(dataset, name, description, source, licence, visibility)
    with transaction.atomic():
        _save(dataset)
        people = list(shared_with) if visibility == Visibility.SHARED else []
        dataset.shared_with.set(people)
        noted(
            actor=by,
            action="dataset.edited",
            subject=dataset,
            visibility=visibility,
            shared_with=[person.pk for person in people],
        )
    return dataset


def dataset_delete(*, dataset: Dataset, by: User) -> None:
    """Delete a dataset with its images; refused once a version was frozen."""
    if Version.objects.filter(dataset=dataset).exists():
        raise InUse(
            f"{dataset.name} has frozen versions, and what was made from them must stay "
            "traceable. Nothing was deleted; make the dataset private to put it out of sight."
        )
    try:
        with transaction.atomic():
            noted(actor=by, action="dataset.deleted", subject=dataset, name=dataset.name)
            dataset_deleting.send(sender=Dataset, dataset=dataset)
            rows_delete(Dataset.objects.filter(pk=dataset.pk))
    except ProtectedError:
        raise InUse(
            f"Images of {dataset.name} are used elsewhere, e.g. in a study or a review. "
            "Nothing was deleted."
        ) from None


def _describe(
    dataset: Dataset, name: str, description: str, source: str, licence: str, visibility: str
) -> None:
    if visibility not in Visibility.values:
        raise Refused("Choose who may see the dataset: private, shared or everyone in the lab.")
    dataset.name = required_line(name, limit=120, what="The dataset's name")
    dataset.description = description.replace("\x00", "").strip()
    dataset.source = clean_line(source, limit=300)
    dataset.licence = clean_line(licence, limit=120)
    dataset.visibility = visibility


def _save(dataset: Dataset) -> None:
    """Save; counters are left alone, for images may be added meanwhile."""
    described = ["name", "description", "source", "licence", "visibility"]
    try:
        with transaction.atomic():
            if dataset._state.adding:
                dataset.save()
            else:
                dataset.save(update_fields=described)
    except IntegrityError:
        raise NameTaken(dataset.name) from None
