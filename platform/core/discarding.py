"""Deleting many rows at once, and, later, the files that nothing refers to any more.

A file may be wanted again while its last row goes: the same content is uploaded, or a run stores
it. So a deletion only notes the files it let go of; after a day the sweep looks whether anything
refers to them, under a lock that `core.files` waits for, and only then are they gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import models, router, transaction
from django.db.models import CASCADE, PROTECT, SET_NULL
from django.utils import timezone

from core.files import storage_name
from core.models import StoredFile

GRACE = timedelta(days=1)
_AT_ONCE = 25  # in one transaction: others who write wait for it


def rows_delete(rows: models.QuerySet[Any]) -> None:
    """Delete rows and what cascades from them without making an object of each.

    Raises ProtectedError, before anything is deleted, where something else refers to them. For
    models without receivers of delete signals; call it in a transaction.
    """
    _refuse_protected(rows)
    _delete(rows)


def _refuse_protected(rows: models.QuerySet[Any]) -> None:
    for on_delete, related, name in _related(rows):
        if on_delete is PROTECT and related.exists():
            some = set(related[:1])
            raise models.ProtectedError(f"{related.model._meta.verbose_name}.{name}", some)
        if on_delete is CASCADE:
            _refuse_protected(related)


def _delete(rows: models.QuerySet[Any]) -> None:
    for on_delete, related, name in _related(rows):
        if on_delete is CASCADE:
            _delete(related)
        elif on_delete is SET_NULL:
            related.update(**{name: None})
    files_discard(rows)
    rows._raw_delete(router.db_for_write(rows.model))


def files_discard(rows: models.QuerySet[Any]) -> None:
    """Note that these rows let go of their files."""
    now = timezone.now()
    for field in rows.model._meta.concrete_fields:
        if field.related_model is StoredFile:
            files = rows.filter(**{f"{field.name}__isnull": False}).values(field.attname)
            StoredFile.objects.filter(pk__in=files, discarded_at=None).update(discarded_at=now)


def files_let_go(keys: Iterable[str]) -> None:
    """Note that whoever stored these files wants them no more; who else has them keeps them."""
    StoredFile.objects.filter(pk__in=list(keys), discarded_at=None).update(
        discarded_at=timezone.now()
    )


def files_sweep(*, seconds: float = 2.0) -> int:
    """Delete discarded files for some seconds; return how many went."""
    if hasattr(default_storage, "parts_sweep"):  # a bucket keeps no parts
        default_storage.parts_sweep()
    gone, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with transaction.atomic():
            looked, deleted = _swept()
        gone += deleted
        if looked < _AT_ONCE:
            break
    return gone


def _swept() -> tuple[int, int]:
    old = StoredFile.objects.filter(discarded_at__lt=timezone.now() - GRACE)
    keys = list(
        old.select_for_update(skip_locked=True)
        .order_by("discarded_at")
        .values_list("pk", flat=True)[:_AT_ONCE]
    )
    return len(keys), _erased(keys)


def files_erase(keys: list[str]) -> int:
    """Delete files now that must not be kept for a day; what something refers to stays."""
    with transaction.atomic():
        rows = StoredFile.objects.filter(pk__in=keys).select_for_update()
        return _erased(list(rows.values_list("pk", flat=True)))


def _erased(keys: list[str]) -> int:
    """Delete files whose rows are locked, unless something refers to them."""
    if not keys:
        return 0
    used = _referred_to(keys)
    StoredFile.objects.filter(pk__in=used).update(discarded_at=None)
    unused = [key for key in keys if key not in used]
    for key in unused:
        default_storage.delete(storage_name(key))
    StoredFile.objects.filter(pk__in=unused)._raw_delete(router.db_for_write(StoredFile))
    return len(unused)


def _referred_to(keys: list[str]) -> set[str]:
    found: set[str] = set()
    for _, related, name in _related(StoredFile.objects.filter(pk__in=keys)):
        found |= set(related.values_list(f"{name}_id", flat=True).distinct())
    return found


def _related(rows: models.QuerySet[Any]) -> Iterator[tuple[Any, models.QuerySet[Any], str]]:
    """Rows of other tables that refer to these: what a deletion means for them, and by what."""
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model:
            field = relation.field
            # Not the model's own manager, which may hide rows or refuse to delete.
            related: models.QuerySet[Any] = models.QuerySet(field.model).filter(
                **{f"{field.name}__in": rows}
            )
            yield relation.on_delete, related, field.name
