"""Two masks of one image held against each other, in a stage."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from core.models import FileSet, FileSetItem, StoredFile
from review.errors import ReviewRefused
from review.models import Comparison, MaskVersion, Progress, ReviewItem
from runs.errors import RunRefused
from runs.models import Queue, Status
from runs.services import InputRef, run_start

STAGE = "compare-labels"


def comparison_start(
    *,
    item: ReviewItem,
    first: MaskVersion,
    by: User,
    second: MaskVersion | None = None,
    truth: StoredFile | None = None,
) -> Comparison:
    """Compare a mask with another one, or with the image's manual mask."""
    if (second is None) == (truth is None):
        raise ReviewRefused("Choose one mask to compare with.")
    if second is not None and second.pk == first.pk:
        raise ReviewRefused("These are the same mask; choose another one.")
    held_against = second.labels if second is not None else truth
    spec = {"nm_per_px": item.nm_per_px, "rows": item.rows_px}
    try:
        with transaction.atomic():
            return Comparison.objects.create(
                item=item,
                first=first,
                second=second,
                truth=truth,
                first_name=mask_name(first),
                second_name=mask_name(second) if second else "Manual mask",
                by=by,
                run=run_start(
                    owner=by,
                    stage=STAGE,
                    spec=spec,
                    inputs=[
                        InputRef("first", file_set=_file_set(first.labels)),
                        InputRef("second", file_set=_file_set(held_against)),
                    ],
                    name=f"Comparison of {item.name}"[:120],
                    queue=Queue.INTERACTIVE,
                ),
            )
    except RunRefused as refused:
        raise ReviewRefused(f"It cannot be computed: {refused.reason}") from None


def mask_name(version: MaskVersion) -> str:
    """A mask in words: whose review, which version, who made it."""
    who = f"corrected by {version.author}" if version.author else "as the network found it"
    return f"{version.item.review.title}, version {version.number}, {who}"[:200]


def comparison_settle(*, comparison: Comparison) -> Comparison:
    """Keep what the stage found, or say why there is nothing; repeat-safe."""
    run = comparison.run
    if comparison.progress != Progress.PENDING or (run is not None and not run.is_final):
        return comparison
    if run is None or run.status != Status.SUCCEEDED:
        comparison.progress = Progress.REFUSED
        comparison.problem = (run and run.problem) or "Its run is gone; compare again."
    else:
        made = {one.path: one.file for one in run.artifacts.select_related("file")}
        comparison.matches = made["matches.json"]
        comparison.first_labels, comparison.second_labels = made["first.png"], made["second.png"]
        comparison.progress = Progress.DONE
    comparison.save()
    return comparison


def _file_set(labels: StoredFile | None) -> FileSet:
    if labels is None:
        raise ReviewRefused("Choose one mask to compare with.")
    files = FileSet.objects.create()
    FileSetItem.objects.create(file_set=files, name="labels.png", file=labels)
    return files
