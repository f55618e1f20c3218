"""Reviews to test with: drawn discs as a network would have found them, measured for real."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from accounts.models import Role, User
from catalog.models import Image
from core.files import bytes_store, file_store
from core.models import StoredFile
from pipeline.measure import measure_labels, write_particles_csv
from review.models import Review, ReviewItem
from review.services import review_from_run
from runs.models import Artifact, Run
from runs.workspace import input_name
from tests.web.factories import make_dataset, make_image, make_run, make_user

NM_PER_PX = 2.0
# Two that touch, one alone, one at the border.
DISCS = ((50.0, 40.0, 20.0), (50.0, 81.0, 20.5), (20.0, 120.0, 12.0), (98.0, 10.0, 12.0))


def discs(
    circles: Sequence[tuple[float, float, float]] = DISCS, shape: tuple[int, int] = (100, 140)
) -> NDArray[np.int32]:
    rows, columns = np.indices(shape)
    labels = np.zeros(shape, np.int32)
    for label, (row, column, radius) in enumerate(circles, start=1):
        labels[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = label
    return labels


def png(array: NDArray[Any], dtype: type = np.uint16) -> StoredFile:
    content = cv2.imencode(".png", array.astype(dtype))[1].tobytes()
    return bytes_store(content, name="a.png", media_type="image/png")


def picture(labels: NDArray[np.int32], *, seed: int = 3) -> StoredFile:
    """A grey image in which the particles are brighter."""
    rng = np.random.default_rng(seed)
    grey = np.where(labels > 0, 170, 70) + rng.normal(0, 12, labels.shape)
    return png(grey.clip(0, 255), np.uint8)


def make_real_image(
    labels: NDArray[np.int32], *, owner: User | None = None, **fields: Any
) -> Image:
    owner = owner or make_user(Role.ANALYST)

    height_px, width_px = labels.shape
    file = picture(labels)
    return make_image(
        dataset=fields.pop("dataset", None) or make_dataset(owner=owner),
        file=file,
        width_px=width_px,
        height_px=height_px,
        nm_per_px=NM_PER_PX,
        scale_source="typed",
        **fields,
    )


def predicted_run(
    images: Sequence[tuple[Image, NDArray[np.int32]]], *, owner: User, **fields: Any
) -> Run:
    """A segmentation that has ended, as `runs.storing` would have left it."""
    run = make_run(owner=owner, stage="segment-predict", **fields)
    tables = []
    for image, labels in images:
        name = input_name(image)
        stem = name.rsplit(".", 1)[0]
        Artifact.objects.create(run=run, path=f"{stem}.png", role="labels", file=png(labels))
        overlay = picture(labels, seed=4)
        Artifact.objects.create(run=run, path=f"overlays/{stem}.png", role="overlay", file=overlay)
        table = measure_labels(labels, nm_per_px=NM_PER_PX, exclude_border=True, min_side_px=10)
        table.insert(0, "image", name)
        tables.append(table)
    with TemporaryDirectory() as folder:
        path = write_particles_csv(Path(folder) / "particles.csv", pd.concat(tables))
        Artifact.objects.create(
            run=run, path="particles.csv", role="particles", file=file_store(source=path)
        )
    return run


def make_review(
    *,
    owner: User | None = None,
    labels: Sequence[NDArray[np.int32]] | None = None,
    **fields: Any,
) -> Review:
    owner = owner or make_user(Role.ANALYST, Role.REVIEWER)
    drawn = [discs()] if labels is None else list(labels)
    first = make_real_image(drawn[0], owner=owner)
    images = [(first, drawn[0])]
    for more in drawn[1:]:
        images.append((make_real_image(more, dataset=first.dataset, owner=owner), more))
    run = predicted_run(images, owner=owner, name="TiO2", **fields)
    return review_from_run(run=run)


def first_item(review: Review) -> ReviewItem:
    item = review.items.order_by("pk").first()
    assert item is not None
    return item
