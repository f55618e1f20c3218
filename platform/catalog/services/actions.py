"""What can be done to many images: how its value is checked, and how a slice is changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F

from catalog.errors import Refused
from catalog.models import Action, BulkEdit, Dataset, Image, ScaleSource, Split, Tag
from catalog.scale import checked_nm_per_px
from catalog.services.random_split import checked_fractions, split_at_random
from catalog.text import clean_line, required_line

if TYPE_CHECKING:
    from django.db.models import QuerySet

Value = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    check: Callable[[Value], Value]  # raises Refused
    apply: Callable[[BulkEdit, QuerySet[Image], list[int]], int]  # returns how many changed


def checked_value(*, action: str, value: Value) -> Value:
    """Keep of `value` what the action needs, or say what is wrong with it."""
    if action not in ACTIONS:
        raise Refused("Choose what to do with the images.")
    return ACTIONS[action].check(value)


def number_of(value: Value, name: str, *, what: str) -> float:
    try:
        number = float(str(value.get(name, "")).strip().replace(",", "."))
    except ValueError:
        raise Refused(f"{what} must be a number.") from None
    if not math.isfinite(number):
        raise Refused(f"{what} must be a number.")
    return number


# ---- in use or not ------------------------------------------------------------------------------


def _check_reason(value: Value) -> Value:
    reason = str(value.get("reason", ""))
    return {"reason": required_line(reason, limit=200, what="The reason for excluding")}


def _exclude(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    reason = edit.value["reason"]
    newly = images.filter(excluded_reason="").update(excluded_reason=reason)
    other = images.exclude(excluded_reason=reason).update(excluded_reason=reason)
    _count_excluded(edit, newly)
    return newly + other


def _include(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    again = images.exclude(excluded_reason="").update(excluded_reason="")
    _count_excluded(edit, -again)
    return again


def _count_excluded(edit: BulkEdit, more: int) -> None:
    counted = F("excluded_count") + more
    Dataset.objects.filter(pk=edit.dataset_id).update(excluded_count=counted)


# ---- tags ---------------------------------------------------------------------------------------


def _check_tag(value: Value) -> Value:
    return {"tag": required_line(str(value.get("tag", "")), limit=60, what="The tag")}


def _tag(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    tag, _ = Tag.objects.get_or_create(dataset_id=edit.dataset_id, name=edit.value["tag"])
    through = Image.tags.through.objects
    tagged = set(through.filter(tag=tag, image_id__in=keys).values_list("image_id", flat=True))
    missing = [key for key in keys if key not in tagged]
    rows = [Image.tags.through(tag_id=tag.pk, image_id=key) for key in missing]
    through.bulk_create(rows, ignore_conflicts=True)
    return len(missing)


def _untag(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    tag = Tag.objects.filter(dataset_id=edit.dataset_id, name=edit.value["tag"]).first()
    if tag is None:
        return 0
    through = Image.tags.through.objects.filter(tag=tag)
    removed, _ = through.filter(image_id__in=keys).delete()
    if not through.exists():
        tag.delete()  # nobody looks for a tag that no image has
    return removed


# ---- values -------------------------------------------------------------------------------------


def _check_split(value: Value) -> Value:
    if value.get("split", "") not in Split.values:
        raise Refused("Choose a split from the list.")
    return {"split": value.get("split", "")}


def _check_scale(value: Value) -> Value:
    number = number_of(value, "nm_per_px", what="The pixel size in nanometres")
    return {"nm_per_px": checked_nm_per_px(number)}


def _check_text(name: str, limit: int) -> Callable[[Value], Value]:
    return lambda value: {name: clean_line(str(value.get(name, "")), limit=limit)}


def _set(name: str) -> Callable[[BulkEdit, QuerySet[Image], list[int]], int]:
    def apply(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
        value = edit.value[name]
        return images.exclude(**{name: value}).update(**{name: value})

    return apply


def _scale(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    return images.update(nm_per_px=edit.value["nm_per_px"], scale_source=ScaleSource.TYPED)


def _confirm_bars(edit: BulkEdit, images: QuerySet[Image], keys: list[int]) -> int:
    proposed = images.filter(data_bar_row__isnull=False, data_bar_confirmed=False)
    return proposed.update(data_bar_confirmed=True)


ACTIONS: dict[str, BulkAction] = {
    Action.EXCLUDE: BulkAction(check=_check_reason, apply=_exclude),
    Action.INCLUDE: BulkAction(check=lambda value: {}, apply=_include),
    Action.TAG: BulkAction(check=_check_tag, apply=_tag),
    Action.UNTAG: BulkAction(check=_check_tag, apply=_untag),
    Action.SPLIT: BulkAction(check=_check_split, apply=_set("split")),
    Action.RANDOM_SPLIT: BulkAction(check=checked_fractions, apply=split_at_random),
    Action.SCALE: BulkAction(check=_check_scale, apply=_scale),
    Action.MATERIAL: BulkAction(check=_check_text("material", 80), apply=_set("material")),
    Action.SHAPE: BulkAction(check=_check_text("shape", 40), apply=_set("shape")),
    Action.SOURCE: BulkAction(check=_check_text("source", 300), apply=_set("source")),
    Action.LICENCE: BulkAction(check=_check_text("licence", 120), apply=_set("licence")),
    Action.CONFIRM_BAR: BulkAction(check=lambda value: {}, apply=_confirm_bars),
}
