"""Starting exports: the card is written to files, and a run of `export` packs the version."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.db import transaction

from accounts.models import User
from catalog.models import Version
from core.audit import noted
from core.files import file_store
from core.models import FileSet, FileSetItem
from exchange.errors import ExchangeRefused
from exchange.models import Export, Layout
from exchange.services.cards import card_text, manifest_write, table_write
from runs.errors import RunRefused
from runs.models import Queue, RunInput, Status
from runs.services import InputRef, run_start

_INTERACTIVE_IMAGES = 1000
_USELESS = (Status.FAILED, Status.CANCELLED, Status.LOST)


def export_start(*, version: Version, by: User, layout: str, with_images: bool = True) -> Export:
    """Pack a version; where the same was asked for before, that one is returned."""
    if layout not in Layout.values:
        raise ExchangeRefused("Choose original files, COCO instances or label TIFFs.")
    has_truth = bool(version.counts.get("truth"))
    if layout != Layout.ORIGINALS and not has_truth:
        raise ExchangeRefused(
            f"No image of {version} has ground truth, so there is nothing to put into "
            f"{Layout(layout).label}. Export the original files instead."
        )
    with_images = with_images or layout == Layout.ORIGINALS
    same = Export.objects.filter(version=version, layout=layout, with_images=with_images)
    earlier = same.exclude(run__status__in=_USELESS).order_by("-pk").first()
    if earlier is not None:
        return earlier
    inputs = [InputRef(field="images", version=version)]
    if has_truth:
        inputs.append(InputRef(field="truth", version=version, part=RunInput.Part.TRUTH))
    try:
        with transaction.atomic():
            card = _card(version, layout)
            run = run_start(
                owner=by,
                stage="export",
                spec={"layout": layout, "with_images": with_images},
                inputs=[*inputs, InputRef(field="card", file_set=card)],
                name=f"Export: {version}, {Layout(layout).label}",
                queue=Queue.INTERACTIVE
                if version.image_count <= _INTERACTIVE_IMAGES
                else Queue.CPU,
            )
            export = Export.objects.create(
                version=version, layout=layout, with_images=with_images, run=run, started_by=by
            )
            noted(actor=by, action="version.exported", subject=version, layout=layout)
    except RunRefused as refusal:
        raise ExchangeRefused(f"The export could not be started: {refusal.reason}") from None
    return export


def _card(version: Version, layout: str) -> FileSet:
    card = FileSet.objects.create()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "README.md").write_text(card_text(version, layout), encoding="utf-8")
        manifest_write(version, root / "manifest.json")
        with (root / "metadata.csv").open("w", encoding="utf-8", newline="") as out:
            table_write(version, out)
        for path in sorted(root.iterdir()):
            stored = file_store(source=path)
            FileSetItem.objects.create(file_set=card, name=path.name, file=stored)
    return card
