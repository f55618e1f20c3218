"""A finished segmentation becomes a review; a single image is segmented at once."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from pathlib import PurePosixPath

from django.db import transaction

from accounts.models import User
from catalog.models import Image
from core.access import Visibility
from core.audit import noted
from core.files import file_open
from core.models import FileSet, FileSetItem, StoredFile
from review.errors import ReviewRefused
from review.masks_of_runs import images_named, is_drawable
from review.models import MaskVersion, Review, ReviewItem
from review.particles import particles_of_images, particles_store, scale_of_rows
from runs.models import Artifact, Queue, Run
from runs.services import InputRef, run_start
from runs.workspace import image_pk, input_name

TABLE = "particles.csv"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def review_from_run(*, run: Run) -> Review:
    """The review of a segmentation that has ended; the same one each time it is asked for."""
    found: Review | None = Review.objects.filter(run=run).first()
    if found is not None:
        return found
    artifacts = {artifact.path: artifact for artifact in run.artifacts.select_related("file")}
    labels = [one for one in artifacts.values() if one.role == "labels" and is_drawable(one)]
    tables = particles_of_images(artifacts[TABLE].file) if TABLE in artifacts else {}
    images = images_named(run, [PurePosixPath(one.path).stem for one in labels])
    with transaction.atomic():
        review, made = Review.objects.get_or_create(
            run=run,
            defaults={
                "owner": run.owner,
                "title": run.name[:160],
                "visibility": run.visibility,
                "pending_count": len(labels),
            },
        )
        if not made:  # another worker was faster
            return review
        review.shared_with.set(run.shared_with.all())
        # As they lie in the dataset, 9 before 10.
        for label in sorted(labels, key=lambda one: (image_pk(one.path) or 0, one.path)):
            _add_item(review, label, artifacts, tables, images)
        noted(actor=run.owner, action="review.made", subject=review, run=run.pk)
    return review


def _add_item(
    review: Review,
    labels: Artifact,
    artifacts: dict[str, Artifact],
    tables: dict[str, list[dict[str, str]]],
    images: dict[str, Image],
) -> ReviewItem:
    stem = PurePosixPath(labels.path).stem
    image = images.get(stem)
    rows = next((rows for name, rows in tables.items() if _names(name, stem)), [])
    nm_per_px = _scale(image, rows)
    width_px, height_px = png_size(labels.file)
    view, is_overlay = _view(review.run, stem, image, artifacts, labels)
    item = ReviewItem.objects.create(
        review=review,
        image=image,
        name=image.name if image else stem[:200],
        view=view,
        view_is_overlay=is_overlay,
        width_px=width_px,
        height_px=height_px,
        rows_px=(image.data_bar_row or 0) if image else 0,
        nm_per_px=nm_per_px,
    )
    item.head = MaskVersion.objects.create(
        item=item,
        number=1,
        labels=labels.file,
        particles=particles_store(rows, nm_per_px=nm_per_px),
        particle_count=len(rows),
        made_by_run=review.run,
    )
    item.save(update_fields=["head"])
    return item


def _scale(image: Image | None, rows: list[dict[str, str]]) -> float | None:
    """The pixel size that was measured with; exact where it is the image's own."""
    measured = scale_of_rows(rows)
    known = image.nm_per_px if image else None
    if measured is None or (known is not None and math.isclose(measured, known, rel_tol=1e-4)):
        return known
    return float(f"{measured:.6g}")


def _names(name: str, stem: str) -> bool:
    return name == stem or PurePosixPath(name).stem == stem


def _view(
    run: Run, stem: str, image: Image | None, artifacts: dict[str, Artifact], labels: Artifact
) -> tuple[StoredFile, bool]:
    """What a browser shows below the mask, and whether outlines are drawn on it already."""
    if image is not None:
        return image.view, False
    for given in run.inputs.filter(source_run__isnull=False):
        made = Artifact.objects.filter(run=given.source_run_id, path__endswith=f"/{stem}.png")
        found = made.exclude(role="labels").first()
        if found is not None:
            return found.file, False
    overlay = artifacts.get(f"overlays/{stem}.png")
    return (overlay or labels).file, True


def png_size(stored: StoredFile) -> tuple[int, int]:
    """Width and height as a PNG's header has them; nothing is decoded."""
    with file_open(stored) as stream:
        head = stream.read(24)
    if len(head) < 24 or head[:8] != PNG_SIGNATURE:
        raise ReviewRefused("The labels are no PNG.")
    width_px, height_px = struct.unpack(">II", head[16:24])
    return int(width_px), int(height_px)


def review_share(
    *, review: Review, by: User, title: str, visibility: str, shared_with: Iterable[User] = ()
) -> Review:
    """Name a review and say who sees it."""
    if visibility not in Visibility.values:
        raise ReviewRefused("Choose who sees it from the list.")
    review.title = " ".join(title.split())[:160]
    if not review.title:
        raise ReviewRefused("Give the review a title.")
    review.visibility = visibility
    with transaction.atomic():
        review.save(update_fields=["title", "visibility"])
        review.shared_with.set(shared_with if visibility == Visibility.SHARED else [])
        noted(actor=by, action="review.shared", subject=review, visibility=visibility)
    return review


def segmentation_start(*, image: Image, by: User) -> Run:
    """Find the particles of one image with the shipped network, before what others wait for."""
    with transaction.atomic():
        files = FileSet.objects.create()
        FileSetItem.objects.create(file_set=files, name=input_name(image), file=image.file)
        spec = {} if image.nm_per_px is None else {"nm_per_px": image.nm_per_px}
        return run_start(
            owner=by,
            stage="segment-predict",
            spec=spec,
            inputs=[InputRef("images", file_set=files)],
            name=f"Segmentation of {image.name}"[:120],
            queue=Queue.INTERACTIVE,
            visibility=image.dataset.visibility
            if image.dataset.visibility != Visibility.SHARED
            else Visibility.PRIVATE,
        )
