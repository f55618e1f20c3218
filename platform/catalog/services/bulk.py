"""Changing many images: started once, then done in slices, so that no request grows with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.errors import Refused
from catalog.filters import ImageFilter
from catalog.models import BulkEdit, Dataset, Image
from catalog.services.actions import ACTIONS, checked_value
from core.audit import noted

if TYPE_CHECKING:
    from django.db.models import QuerySet

SLICE = 2000
MOST_CHOSEN = 10_000


def bulk_start(
    *,
    dataset: Dataset,
    by: User,
    action: str,
    value: dict[str, Any],
    chosen: Iterable[int] = (),
    matching: ImageFilter | None = None,
    exceptions: Iterable[int] = (),
) -> BulkEdit:
    """Say what is to be done, in the images `chosen` or in all `matching` but `exceptions`."""
    value = checked_value(action=action, value=value)
    picked, left_out = sorted(set(chosen)), sorted(set(exceptions))
    if matching is None and not picked:
        raise Refused("No image is selected; tick some, or choose all that match.")
    if max(len(picked), len(left_out)) > MOST_CHOSEN:
        raise Refused(
            f"More than {MOST_CHOSEN:,} images are ticked one by one; narrow the filter "
            "and choose all that match."
        )
    newest = dataset.images.order_by("-pk").values_list("pk", flat=True).first()
    edit = BulkEdit.objects.create(
        dataset=dataset,
        by=by,
        action=action,
        value=value,
        chosen=[] if matching is not None else picked,
        saved_filter=matching.as_dict() if matching is not None else {},
        exceptions=left_out if matching is not None else [],
        top_pk=newest or 0,
    )
    noted(actor=by, action="images.edited", subject=dataset, edit=edit.pk, what=action)
    return edit


def bulk_step(*, edit: BulkEdit) -> BulkEdit:
    """Change the next slice of images; an edit that has ended stays as it is."""
    with transaction.atomic():
        now = BulkEdit.objects.select_for_update().select_related("dataset").get(pk=edit.pk)
        if now.is_final:
            return now
        keys = list(_remaining(now).order_by("pk").values_list("pk", flat=True)[:SLICE])
        if keys:
            images = Image.objects.filter(pk__in=keys)
            now.changed += ACTIONS[now.action].apply(now, images, keys)
            now.seen += len(keys)
            now.last_pk = keys[-1]
        if len(keys) < SLICE:
            now.state, now.ended_at = BulkEdit.State.DONE, timezone.now()
        now.save()
    return now


def bulk_stop(*, edit: BulkEdit) -> BulkEdit:
    """End an edit where it is; what was changed stays changed."""
    with transaction.atomic():
        now = BulkEdit.objects.select_for_update().get(pk=edit.pk)
        if not now.is_final:
            now.state, now.ended_at = BulkEdit.State.STOPPED, timezone.now()
            now.save()
    return now


def _remaining(edit: BulkEdit) -> QuerySet[Image]:
    if edit.chosen:
        found = Image.objects.filter(dataset_id=edit.dataset_id, pk__in=edit.chosen)
    else:
        matching = ImageFilter.from_query(edit.saved_filter)
        found = matching.images(edit.dataset).exclude(pk__in=edit.exceptions)
    return found.filter(pk__gt=edit.last_pk, pk__lte=edit.top_pk)
