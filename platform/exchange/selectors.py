"""What pages read of imports, uploads and exports, always as one person may see it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.http import Http404

from accounts.models import User
from catalog.models import Version
from catalog.selectors import datasets_visible, versions_visible
from exchange.models import Export, Import, Upload
from runs.models import Artifact

if TYPE_CHECKING:
    from django.db.models import QuerySet


def imports_visible(*, user: User | Any) -> QuerySet[Import]:
    mine = Import.objects.filter(dataset__in=datasets_visible(user=user))
    return mine.select_related("dataset", "started_by", "run")


def import_get_visible(*, user: User | Any, pk: int) -> Import:
    found = imports_visible(user=user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such import, or its dataset is not shared with you.")
    return found


def upload_get_own(*, user: User | Any, pk: uuid.UUID) -> Upload:
    """The upload of this very person; nobody else writes to it, or learns that it is there."""
    found = Upload.objects.filter(pk=pk, owner_id=user.pk).select_related("file").first()
    if found is None:
        raise Http404("There is no such upload; it may have expired.")
    return found


def uploads_own(*, user: User | Any, dataset_pk: int, keys: Iterable[uuid.UUID]) -> list[Upload]:
    """Those of `keys` that are this person's and for this dataset, in the order of `keys`."""
    wanted = list(keys)
    rows = Upload.objects.filter(pk__in=wanted, owner_id=user.pk, dataset_id=dataset_pk)
    found = {row.pk: row for row in rows.select_related("file")}
    return [found[key] for key in wanted if key in found]


def exports_of(*, version: Version) -> QuerySet[Export]:
    return version.exports.select_related("run", "started_by", "version__dataset").order_by("-pk")


def export_get_visible(*, user: User | Any, pk: int) -> Export:
    exports = Export.objects.filter(version__in=versions_visible(user=user))
    found = exports.select_related("run", "version__dataset").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such export, or its dataset is not shared with you.")
    return found


def export_artifact(*, export: Export) -> Artifact | None:
    return export.run.artifacts.filter(role="export").select_related("file").first()
