"""The real micrographs that a tour works on: what is at hand first, else a public set."""

from __future__ import annotations

from accounts.models import User
from catalog.models import Dataset
from catalog.services import dataset_create
from exchange.errors import ExchangeRefused
from exchange.models import Import, Origin
from exchange.services.folders import folder_read
from exchange.services.imports import import_start
from exchange.services.published import EMPS, TIO2, data_root, offers, published_import

NAME = "Micrographs at hand"
MOST_FILES = 2_000
FETCHED = 24  # of a set that has to be downloaded
BRING_SOME = (
    "There are no real micrographs at hand, and none could be downloaded. Upload some under "
    "Datasets, or start with SEMBLANCE_DATA=/folder/of/images make run, and run the tour again."
)


def real_images(*, by: User) -> tuple[Dataset, Import | None]:
    """A dataset of real micrographs and the import that fills it; no import where it has some.

    First the set that the published scores are about, then the folder that SEMBLANCE_DATA names,
    then EMPS, from a folder or by download.
    """
    found = {offer.published.key: offer for offer in offers(user=by)}
    for key in (TIO2.key, EMPS.key):
        offer = found[key]
        if offer.dataset is not None and offer.dataset.image_count:
            return offer.dataset, None
        if offer.folder is not None:
            batch = published_import(key=key, by=by)
            return batch.dataset, batch
    own = Dataset.objects.filter(owner=by, name=NAME).first()
    if own is not None and own.image_count:
        return own, None
    batch = _of_folder(by, own) or published_import(key=EMPS.key, by=by, images=FETCHED)
    return batch.dataset, batch


def _of_folder(by: User, dataset: Dataset | None) -> Import | None:
    """Images in the folder of SEMBLANCE_DATA, with masks in a folder beside them."""
    root = data_root()
    try:
        files, left_out = folder_read(root=root, most_files=MOST_FILES)
    except ExchangeRefused:
        return None
    if not files:
        return None
    dataset = dataset or dataset_create(owner=by, name=NAME, source=f"The folder {root.name}")
    return import_start(
        dataset=dataset,
        by=by,
        files=files,
        left_out=left_out,
        origin=Origin.FOLDER,
        title=f"The folder {root.name}",
    )
