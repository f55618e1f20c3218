"""Adding images and saying what is known of one."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from accounts.models import User
from catalog.errors import DuplicateImage, InUse, Refused
from catalog.hashes import checked_phash
from catalog.models import Dataset, Image, ScaleSource, Split, VersionItem
from catalog.scale import checked_nm_per_px
from catalog.services.duplicates import near_duplicates_note
from catalog.text import clean_line, required_line
from core.audit import noted
from core.discarding import rows_delete
from core.models import StoredFile

TEXTS = {"material": 80, "shape": 40, "source": 300, "licence": 120}


def image_add(
    *,
    dataset: Dataset,
    name: str,
    file: StoredFile,
    view: StoredFile,
    thumbnail: StoredFile,
    width_px: int,
    height_px: int,
    added_by: User | None,
    phash: str = "",
    nm_per_px: float | None = None,
    scale_source: str = ScaleSource.NONE,
    data_bar_row: int | None = None,
    truth: StoredFile | None = None,
    material: str = "",
    shape: str = "",
    source: str = "",
    licence: str = "",
    split: str = Split.NONE,
) -> Image:
    """Add one image; the same bytes a second time raise `DuplicateImage`."""
    if split not in Split.values:
        raise Refused(f"There is no split named {split}; it is train, validation or test.")
    if data_bar_row is not None and not 0 < data_bar_row < height_px:
        data_bar_row = None  # a proposal that misses the image is none
    image = Image(
        dataset=dataset,
        name=clean_line(name, limit=200) or file.sha256[:12],
        file=file,
        view=view,
        thumbnail=thumbnail,
        width_px=width_px,
        height_px=height_px,
        phash=checked_phash(phash),
        nm_per_px=None if nm_per_px is None else checked_nm_per_px(nm_per_px),
        scale_source=scale_source if nm_per_px is not None else ScaleSource.NONE,
        data_bar_row=data_bar_row,
        truth=truth,
        split=split,
        added_by=added_by,
        material=clean_line(material, limit=TEXTS["material"]),
        shape=clean_line(shape, limit=TEXTS["shape"]),
        source=clean_line(source, limit=TEXTS["source"]),
        licence=clean_line(licence, limit=TEXTS["licence"]),
    )
    try:
        with transaction.atomic():
            image.save()
            Dataset.objects.filter(pk=dataset.pk).update(image_count=F("image_count") + 1)
            near_duplicates_note(image=image)
    except IntegrityError:
        existing = Image.objects.filter(dataset=dataset, file=file).first()
        if existing is None:
            raise
        raise DuplicateImage(existing) from None
    return image


def image_describe(*, image: Image, split: str, notes: str, **texts: str) -> Image:
    """Set what people say of one image: material, shape, source, licence, split, notes."""
    if split not in Split.values:
        raise Refused("Choose a split from the list.")
    for field, limit in TEXTS.items():
        if field in texts:
            setattr(image, field, clean_line(texts.pop(field), limit=limit))
    if texts:
        raise TypeError(f"an image has no {', '.join(texts)}")
    image.split = split
    image.notes = notes.replace("\x00", "").strip()
    image.save(update_fields=[*TEXTS, "split", "notes"])
    return image


def image_scale_set(*, image: Image, nm_per_px: float | None, scale_source: str) -> Image:
    """Set the size of a pixel, or say that it is not known."""
    if nm_per_px is None:
        image.nm_per_px, image.scale_source = None, ScaleSource.NONE
    else:
        if scale_source not in {ScaleSource.TYPED, ScaleSource.DRAWN}:
            raise Refused("A person types the pixel size, or draws it on the scale bar.")
        image.nm_per_px, image.scale_source = checked_nm_per_px(nm_per_px), scale_source
    image.save(update_fields=["nm_per_px", "scale_source"])
    return image


def image_bar_set(*, image: Image, data_bar_row: int | None) -> Image:
    """Confirm where the data bar begins, or that there is none."""
    if data_bar_row is not None and not 0 < data_bar_row < image.height_px:
        raise Refused(
            f"The data bar cannot begin in row {data_bar_row}: "
            f"the image has rows 0 to {image.height_px - 1}, and something must lie above."
        )
    image.data_bar_row, image.data_bar_confirmed = data_bar_row, True
    image.save(update_fields=["data_bar_row", "data_bar_confirmed"])
    return image


def image_exclude(*, image: Image, reason: str) -> Image:
    """Leave an image out of versions to come; a second time only changes the reason."""
    reason = required_line(reason, limit=200, what="The reason for excluding")
    with transaction.atomic():
        newly = Image.objects.filter(pk=image.pk, excluded_reason="").update(excluded_reason=reason)
        Image.objects.filter(pk=image.pk).update(excluded_reason=reason)
        _count_excluded(image.dataset_id, newly)
    image.excluded_reason = reason
    return image


def image_include(*, image: Image) -> Image:
    with transaction.atomic():
        found = Image.objects.filter(pk=image.pk).exclude(excluded_reason="")
        _count_excluded(image.dataset_id, -found.update(excluded_reason=""))
    image.excluded_reason = ""
    return image


def image_delete(*, image: Image, by: User) -> None:
    """Delete an image that nothing was made from."""
    if VersionItem.objects.filter(image=image).exists():
        raise InUse(
            f"{image.name} belongs to a frozen version, which must stay as it is. "
            "Nothing was deleted; exclude the image to leave it out of versions to come."
        )
    try:
        with transaction.atomic():
            noted(actor=by, action="image.deleted", subject=image, name=image.name)
            counted = {"image_count": F("image_count") - 1}
            if image.is_excluded:
                counted["excluded_count"] = F("excluded_count") - 1
            Dataset.objects.filter(pk=image.dataset_id).update(**counted)
            rows_delete(Image.objects.filter(pk=image.pk))
    except ProtectedError:
        raise InUse(
            f"{image.name} is used elsewhere, e.g. in a study or a review. Nothing was deleted."
        ) from None


def _count_excluded(dataset_pk: int, more: int) -> None:
    if more:
        counted = F("excluded_count") + more
        Dataset.objects.filter(pk=dataset_pk).update(excluded_count=counted)
