"""Published data sets, taken in by one click: from a folder at hand, else by download."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import User
from catalog.errors import NameTaken
from catalog.models import Dataset
from catalog.services import dataset_create
from exchange.errors import ExchangeRefused
from exchange.models import Import, Origin
from exchange.services.folders import folder_read
from exchange.services.imports import import_from_run, import_start
from runs.errors import RunRefused
from runs.services import run_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What is known of a published data set, and how its folder looks."""

    key: str
    name: str
    summary: str
    description: str
    source: str
    licence: str
    terms: str  # what the licence means for whoever uses it here
    parts: tuple[str, ...]
    telling: tuple[str, ...]  # what a folder of any name must hold to be this set and no other
    can_be_fetched: bool


EMPS = Published(
    key="emps",
    name="EMPS",
    summary="Electron micrographs of particles from the literature, with instance masks.",
    description=(
        "Electron microscopy particle segmentation data set: micrographs from publications, most "
        "about 512 x 512 px, many with panel letters and scale bars burnt in. Ground truth: "
        "instance labels by hand."
    ),
    source="Yildirim, Cole, J. Chem. Inf. Model. 61, 1136 (2021), doi 10.1021/acs.jcim.0c01455",
    licence="MIT",
    terms="Free to use, also commercially; keep the notice.",
    parts=("images", "segmaps", "index.csv"),
    telling=("images", "segmaps", "index.csv"),
    can_be_fetched=True,
)
TIO2 = Published(
    key="tio2",
    name="TiO2",
    summary="Titania agglomerates in a Zeiss SEM, 7.34 nm a pixel, with manual masks.",
    description=(
        "In-lens SEM images of titania agglomerates (BAM). Ground truth: manual masks whose "
        "particles are separated by black lines, split into their 4-connected pieces."
    ),
    source=(
        "Rühle, Krumrey, Hodoroaba, Sci. Rep. 11, 4942 (2021), doi 10.1038/s41598-021-84287-6; "
        "data: doi 10.5281/zenodo.4563942"
    ),
    licence="CC BY-NC-ND 4.0",
    terms="Not for commercial use, and no changed copies may be passed on.",
    parts=("images", "masks"),
    telling=("images", "masks", "masks_4classes"),
    can_be_fetched=False,
)
PUBLISHED = {one.key: one for one in (EMPS, TIO2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A published set, where it is at hand, and whether this person has it already."""

    published: Published
    folder: Path | None
    dataset: Dataset | None

    @property
    def can_start(self) -> bool:
        return self.folder is not None or self.published.can_be_fetched


def data_root() -> Path:
    """Where data sets of others lie: SEMBLANCE_DATA, else beside this checkout."""
    named = os.environ.get("SEMBLANCE_DATA", "").strip()
    return Path(named).expanduser() if named else settings.ROOT.parent / "shared" / "datasets"


def offers(*, user: User) -> list[Offer]:
    return [
        Offer(
            published=one,
            folder=_folder(one),
            dataset=Dataset.objects.filter(owner=user, name=one.name).first(),
        )
        for one in PUBLISHED.values()
    ]


def _folder(published: Published) -> Path | None:
    """Where the set lies: in a folder of its name, else in one that holds what no other has.

    A lab's own `images` and `masks` must not get the source and the licence of somebody's set.
    """
    root = data_root()
    for folder, parts in ((root / published.key, published.parts[:2]), (root, published.telling)):
        if all((folder / part).exists() for part in parts):
            return folder
    return None


def published_import(*, key: str, by: User, images: int = 0) -> Import:
    """Make a dataset of a published set, or go on with the one of that name; take its files in.

    `images` limits a download; 0 takes all.
    """
    published = PUBLISHED.get(key)
    if published is None:
        raise ExchangeRefused("There is no such published data set.")
    running = _running(published, by)
    if running is not None:
        return running
    folder = _folder(published)
    if folder is None and not published.can_be_fetched:
        raise ExchangeRefused(
            f"{published.name} is not on this server. Put its folders "
            f"{' and '.join(published.parts[:2])} into {data_root() / published.key}, or set "
            "SEMBLANCE_DATA, and try again."
        )
    if folder is not None:
        incoming, left_out = folder_read(root=folder, parts=published.parts)
        with transaction.atomic():
            return import_start(
                dataset=_dataset(published, by),
                by=by,
                files=incoming,
                left_out=left_out,
                origin=Origin.PUBLISHED,
                title=published.name,
                source=published.source,
                licence=published.licence,
            )
    try:
        with transaction.atomic():
            dataset = _dataset(published, by)
            fetch = run_start(
                owner=by,
                stage="fetch",
                spec={"dataset": published.key, "images": images},
                name=f"Download {published.name}",
            )
            return import_from_run(
                dataset=dataset,
                by=by,
                run=fetch,
                title=published.name,
                source=published.source,
                licence=published.licence,
            )
    except RunRefused as refusal:
        raise ExchangeRefused(f"The download could not be started: {refusal.reason}") from None


def _running(published: Published, by: User) -> Import | None:
    """The import that an earlier click started and that has not ended."""
    mine = Import.objects.filter(dataset__owner=by, dataset__name=published.name)
    return mine.filter(origin=Origin.PUBLISHED, state=Import.State.RUNNING).first()


def _dataset(published: Published, by: User) -> Dataset:
    try:
        return dataset_create(
            owner=by,
            name=published.name,
            description=f"{published.description}\n\n{published.terms}",
            source=published.source,
            licence=published.licence,
        )
    except NameTaken:
        return Dataset.objects.get(owner=by, name=published.name)
